import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import { Button, type Key } from 'react-aria-components';
import type { Command, OpenFolder, Theme } from '../electron/contract.ts';
import type { SnapshotId } from '../src/model.ts';
import { call, listen } from './api.ts';
import { Banners } from './banners.tsx';
import { EmptyTrashDialog } from './empty-trash-dialog.tsx';
import { ErrorNote } from './error-note.tsx';
import { useFolderData } from './folder-data.ts';
import { FolderHeader } from './header.tsx';
import { PruneDialog } from './prune/prune-dialog.tsx';
import { RestoreDialog } from './restore/restore-dialog.tsx';
import { SelectionPage } from './selection-page.tsx';
import { SnapshotList } from './snapshot-list.tsx';
import { SnapshotPage } from './snapshot-page.tsx';
import { likelySnapshot } from './snapshot-words.ts';
import { TakeDialog } from './take-dialog.tsx';
import { Working } from './working.tsx';

export type FolderScreenProps = {
  readonly folder: OpenFolder;
  readonly theme: Theme;
  /** Something lies over the whole window, so commands from the menu must wait. */
  readonly covered: boolean;
  readonly onTheme: (theme: Theme) => void;
  readonly onHelp: () => void;
  readonly onOpen: () => void;
  readonly onFreshDemo: () => void;
  readonly onClose: () => void;
};

type OpenDialog =
  | { readonly dialog: 'restore'; readonly snapshotId: SnapshotId }
  | { readonly dialog: 'undo' | 'take' | 'empty-trash' }
  | { readonly dialog: 'prune'; readonly chosen: readonly SnapshotId[] };

/** The open folder: its snapshots on the left, the chosen one on the right, and the dialogs over both. */
export function FolderScreen(props: FolderScreenProps) {
  const { folder, covered } = props;
  const { folderId } = folder;
  const data = useFolderData(folder);
  const { facts, snapshots } = data;
  const [chosen, setChosen] = useState<ReadonlySet<Key>>(new Set());
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [notice, setNotice] = useState<string | null>(null);

  const shown = useMemo(() => {
    const present = snapshots?.filter(({ id }) => chosen.has(id)) ?? [];
    const likely = snapshots === null ? undefined : likelySnapshot(snapshots);
    return present.length === 0 && likely !== undefined ? [likely] : present;
  }, [snapshots, chosen]);
  const single = shown.length === 1 ? shown[0] : undefined;

  const possible = useMemo((): readonly Command[] => {
    if (dialog !== null || covered) return [];
    const readable = single !== undefined && single.health !== 'damaged' && single.health !== 'unreadable';
    const writable = !facts.viewingCopy;
    return [
      'open',
      'reveal',
      ...(writable ? (['take', 'prune'] as const) : []),
      ...(writable && readable ? (['restore'] as const) : []),
      ...(writable && facts.restored !== null ? (['undo'] as const) : []),
      ...(facts.trash.files > 0 ? (['empty-trash'] as const) : []),
    ];
  }, [dialog, covered, single, facts]);

  const obey = useEffectEvent((command: Command) => {
    if (!possible.includes(command)) return;
    if (command === 'restore' && single !== undefined)
      setDialog({ dialog: 'restore', snapshotId: single.id });
    else if (command === 'take' || command === 'undo' || command === 'empty-trash')
      setDialog({ dialog: command });
    else if (command === 'prune')
      setDialog({ dialog: 'prune', chosen: shown.length > 1 ? shown.map(({ id }) => id) : [] });
    else if (command === 'reveal') reveal();
  });
  useEffect(() => listen((event) => event.type === 'command' && obey(event.command)), []);
  useEffect(() => void call('menu.enable', { commands: possible }), [possible]);
  useEffect(() => () => void call('menu.enable', { commands: ['open'] }), []);

  const reveal = () =>
    void (single === undefined
      ? call('folder.reveal', { folderId })
      : call('snapshot.reveal', { folderId, snapshotId: single.id }));
  const command = (name: Command) => {
    if (name === 'open') props.onOpen();
    else if (name === 'help') props.onHelp();
    else if (name === 'reveal') void call('folder.reveal', { folderId });
    else obey(name);
  };
  const finish = (news: string | null) => {
    setDialog(null);
    if (news !== null) setNotice(news);
    void data.refresh();
  };

  return (
    <div className="frame">
      <FolderHeader
        folder={folder}
        facts={facts}
        theme={props.theme}
        onCommand={command}
        onTheme={props.onTheme}
        onFreshDemo={props.onFreshDemo}
        onClose={props.onClose}
      />
      <Banners
        facts={facts}
        place={folder.place}
        coreStopped={data.coreStopped}
        notice={notice}
        onUndo={() => setDialog({ dialog: 'undo' })}
        onDismissCore={data.dismissCoreStopped}
        onDismissNotice={() => setNotice(null)}
      />
      <main className="panes">
        {snapshots !== null && (
          <SnapshotList
            snapshots={snapshots}
            facts={facts}
            selected={shown.every(({ id }) => chosen.has(id)) ? chosen : new Set(shown.map(({ id }) => id))}
            onSelect={setChosen}
            onEmptyTrash={() => setDialog({ dialog: 'empty-trash' })}
          />
        )}
        {data.error !== null ? (
          <section className="page">
            <ErrorNote error={data.error}>
              <Button className="button" onPress={() => void data.refresh()}>
                Try again
              </Button>
            </ErrorNote>
          </section>
        ) : snapshots === null ? (
          <section className="page">
            <Working progress={null} words="Reading the folder" />
          </section>
        ) : single !== undefined ? (
          <SnapshotPage
            key={single.id}
            folderId={folderId}
            snapshot={single}
            facts={facts}
            databaseRevision={data.databaseRevision}
            onRestore={() => setDialog({ dialog: 'restore', snapshotId: single.id })}
            onReveal={reveal}
          />
        ) : shown.length > 1 ? (
          <SelectionPage
            snapshots={shown}
            onPrune={() => obey('prune')}
            onClear={() => setChosen(new Set(shown.slice(0, 1).map(({ id }) => id)))}
          />
        ) : (
          <section className="page" aria-label="No snapshot" />
        )}
      </main>
      {dialog?.dialog === 'restore' && (
        <RestoreDialog
          folderId={folderId}
          subject={{ action: 'restore', snapshotId: dialog.snapshotId }}
          databaseRevision={data.databaseRevision}
          onClose={() => finish(null)}
        />
      )}
      {dialog?.dialog === 'undo' && (
        <RestoreDialog
          folderId={folderId}
          subject={{ action: 'undo', undoes: facts.restored?.action ?? 'restore' }}
          databaseRevision={data.databaseRevision}
          onClose={() => finish(null)}
        />
      )}
      {dialog?.dialog === 'take' && (
        <TakeDialog
          folderId={folderId}
          onClose={() => setDialog(null)}
          onTaken={(id, news) => {
            setChosen(new Set([id]));
            finish(news);
          }}
        />
      )}
      {dialog?.dialog === 'prune' && (
        <PruneDialog
          folderId={folderId}
          snapshots={snapshots ?? []}
          chosen={dialog.chosen}
          onClose={() => setDialog(null)}
          onPruned={finish}
        />
      )}
      {dialog?.dialog === 'empty-trash' && (
        <EmptyTrashDialog
          folderId={folderId}
          trash={facts.trash}
          onClose={() => setDialog(null)}
          onEmptied={finish}
        />
      )}
    </div>
  );
}
