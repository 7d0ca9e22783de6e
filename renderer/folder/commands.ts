import type { ListedSnapshot, MenuCommand } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { HeldState } from '../../src/model/restore.ts';
import { wayBackFrom } from '../../words/held-state.ts';
import { isWritable } from '../ask/writable.ts';

/** The command that leads from what the database holds to the state before the newest step. */
export function wayBackCommand(holds: HeldState): 'undo' | 'redo' {
  return wayBackFrom(holds) === 'Redo' ? 'redo' : 'undo';
}

/** What the menu and its shortcuts can do with the open folder now; `single` is the one snapshot that is shown. */
export function possibleCommands(
  facts: FolderFacts,
  single: ListedSnapshot | undefined,
  noSnapshots: boolean,
): readonly MenuCommand[] {
  const readable = single !== undefined && single.health !== 'damaged' && single.health !== 'unreadable';
  const when = (condition: boolean, ...commands: MenuCommand[]) => (condition ? commands : []);
  const writable = isWritable(facts);
  return [
    'open',
    'reveal',
    ...when(writable, 'take'),
    ...when(writable && !noSnapshots, 'prune'),
    ...when(writable && readable, 'restore'),
    ...(writable && facts.restored !== null ? [wayBackCommand(facts.restored.holds)] : []),
    ...when(facts.trash.files > 0, 'put-back', 'empty-trash'),
  ];
}
