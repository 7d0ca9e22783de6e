import { useMemo, useState } from 'react';
import type { ListedSnapshot, MenuCommand, OpenFolder } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { Newer } from '../../words/newer.ts';
import type { ChosenPart } from '../../words/part.ts';
import { putBackWords } from '../../words/prune.ts';
import { call } from '../ask/api.ts';
import { pairOf } from '../parts/pair.ts';
import { focusSearchBox } from '../search/search-box.tsx';
import type { SearchPanel } from '../search/use-search-panel.ts';
import type { LineAction } from '../snapshots/line-actions.tsx';
import { isOfFolder } from '../snapshots/snapshot-groups.ts';
import { possibleCommands } from './commands.ts';
import type { FolderData } from './folder-data.ts';
import type { OpenDialog } from './folder-dialog.tsx';
import { useMenu } from './use-menu.ts';
import type { useNotice } from './use-notice.ts';

const LOOKING: readonly MenuCommand[] = ['reveal', 'find', 'history', 'protection', 'trash'];

/** What the window does itself. */
type WindowProps = {
  readonly folder: OpenFolder;
  readonly covered: boolean;
  readonly onHelp: () => void;
  readonly onOpen: () => void;
  readonly onOpenBackup: () => void;
};

/** What the commands of an open folder act on. */
type Scene = {
  readonly data: FolderData;
  /** Those of the folder itself; null while they are not known. */
  readonly own: readonly ListedSnapshot[] | null;
  /** Those that are chosen. */
  readonly shown: readonly ListedSnapshot[];
  readonly dialog: OpenDialog | null;
  readonly openDialog: (next: OpenDialog) => void;
  readonly notices: ReturnType<typeof useNotice>;
  readonly panel: SearchPanel;
};

/** What menus, shortcuts and buttons do in an open folder. Enables in the menu what is possible. */
export function useCommands(
  { folder: { folderId }, covered, onHelp, onOpen, onOpenBackup }: WindowProps,
  { data, own, shown, dialog, openDialog, notices, panel }: Scene,
) {
  const { facts } = data;
  const { notice, setNotice, reveal, clearCache } = notices;
  const [compared, setCompared] = useState<string | null>(null);
  const pruned = shown.filter(isOfFolder).map(({ id }) => id);
  /** What Undo puts back; null: it undoes the newest restore. */
  const undoable = notice?.trashName ?? null;
  const single = shown.length === 1 ? shown[0] : undefined;
  const noSnapshots = own?.length === 0;
  const possible = useMemo((): readonly MenuCommand[] => {
    if (dialog !== null || covered) return [];
    const commands = possibleCommands(facts, single, noSnapshots);
    return undoable === null ? commands : [...new Set([...commands, 'undo' as const])];
  }, [dialog, covered, single, facts, noSnapshots, undoable]);

  const restore = (snapshotId: SnapshotId, newer: Newer, part: ChosenPart | null = null) => {
    if (possible.includes('restore')) openDialog({ dialog: 'restore', snapshotId, newer, part });
  };
  /** Undoes the newest restore, or does it again. */
  const takeBack = () => {
    if (facts.restored !== null) openDialog({ dialog: 'undo', from: facts.restored.holds });
  };
  const obey = (command: MenuCommand) => {
    if (!possible.includes(command)) return;
    const undoes = command === 'undo' ? undoable : null;
    // A new command makes the notice of the last one outdated, unless it only looks.
    if (!LOOKING.includes(command)) setNotice(null);
    if (undoes !== null) void putBack(undoes);
    else if (command === 'find') {
      panel.open();
      focusSearchBox();
    } else if (command === 'restore' && single !== undefined) restore(single.id, 'keep');
    else if (command === 'undo' || command === 'redo') takeBack();
    else if (command === 'take' || command === 'history' || command === 'protection' || command === 'trash')
      openDialog({ dialog: command });
    else if (command === 'prune')
      openDialog({
        dialog: 'prune',
        chosen: pruned.length > 1 ? pruned : [],
        rule: null,
      });
    else if (command === 'reveal') void reveal(single);
    else if (command === 'clear-cache') void clearCache();
  };
  useMenu(possible, obey);

  const putBack = async (trashName: string) => {
    const reply = await call('trash.put-back', { folderId, choices: [{ trashName, ids: null }] });
    setNotice({ text: putBackWords(reply), failed: !reply.ok, trashName: null });
    if (reply.ok) chooseAgain();
  };
  /** Chooses again, because the best snapshot may be among those that were put back. */
  const chooseAgain = () => void data.refresh().then(() => data.choose(new Set()));
  const command = (name: MenuCommand) => {
    if (name === 'open') onOpen();
    else if (name === 'open-backup') onOpenBackup();
    else if (name === 'help') onHelp();
    else if (name === 'reveal') void reveal(undefined);
    else obey(name);
  };
  const act = (action: LineAction) => {
    if (action === 'compare') {
      setCompared(pairOf(shown)?.name ?? null);
      panel.close('stays');
    } else if (action !== 'prune') obey(action);
    else if (possible.includes('prune') && pruned.length > 0)
      openDialog({ dialog: 'prune', rule: null, chosen: pruned });
  };
  return { obey, command, act, restore, takeBack, putBack, chooseAgain, compared, setCompared };
}
