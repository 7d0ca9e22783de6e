import type { ListedSnapshot, MenuCommand } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { HeldState } from '../../src/model/receipt.ts';
import { wayBackFrom } from '../../words/held-state.ts';
import { isRestorable, isTidyable, isWritable } from '../ask/writable.ts';

/** The command that takes back the newest restore, undo or redo. */
function wayBackCommand(holds: HeldState): 'undo' | 'redo' {
  return wayBackFrom(holds) === 'Redo' ? 'redo' : 'undo';
}

/** The commands that the menu and its shortcuts offer now. `single` is the snapshot shown if exactly one is selected. */
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
    'open-backup',
    'reveal',
    'clear-cache',
    'find',
    'trash',
    'history',
    'protection',
    ...when(writable, 'take'),
    ...when(isTidyable(facts) && !noSnapshots, 'prune'),
    ...when(isRestorable(facts) && readable, 'restore'),
    ...(writable && facts.restored !== null ? [wayBackCommand(facts.restored.holds)] : []),
  ];
}
