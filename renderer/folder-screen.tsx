import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import { Button, type Key } from 'react-aria-components';
import type { Command, ListedSnapshot, OpenFolder, Theme } from '../electron/contract.ts';
import { call, listen } from './api.ts';
import { Banners } from './banners.tsx';
import { ErrorNote } from './error-note.tsx';
import { useFolderData } from './folder-data.ts';
import { FolderDialog, type OpenDialog } from './folder-dialog.tsx';
import { FolderHeader } from './header.tsx';
import { explain } from './messages.ts';
import { SelectionPage } from './selection-page.tsx';
import { SnapshotList } from './snapshot-list.tsx';
import { SnapshotPage } from './snapshot-page.tsx';
import { likelySnapshot } from './snapshot-words.ts';
import { Working } from './working.tsx';

export type FolderScreenProps = {
  readonly folder: OpenFolder;
  readonly theme: Theme;
  /** Something lies over the whole window, so commands from the menu must wait. */
  readonly covered: boolean;
  /** Told whether a dialog is open, which another folder must not take away. */
  readonly onDialog: (open: boolean) => void;
  readonly onTheme: (theme: Theme) => void;
  readonly onHelp: () => void;
  readonly onOpen: () => void;
  readonly onFreshDemo: () => void;
  readonly onClose: () => void;
};

/** The open folder: its snapshots on the left, the chosen one on the right, and the dialogs over both. */
export function FolderScreen(props: FolderScreenProps) {
  const { folder, covered } = props;
  const { folderId } = folder;
  const data = useFolderData(folder);
  const { facts, snapshots } = data;
  const [chosen, setChosen] = useState<ReadonlySet<Key>>(new Set());
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [notice, setNotice] = useState<string | null>(null);

  const shown = useMemo(() => snapshots?.filter(({ id }) => chosen.has(id)) ?? [], [snapshots, chosen]);
  const single = shown.length === 1 ? shown[0] : undefined;
  useEffect(() => {
    // Chosen once and then kept: what is being read must not change because something newer appears.
    const likely = shown.length > 0 || snapshots === null ? undefined : likelySnapshot(snapshots);
    if (likely !== undefined) setChosen(new Set([likely.id]));
  }, [shown, snapshots]);
  const { onDialog } = props;
  const inDialog = dialog !== null;
  useEffect(() => {
    onDialog(inDialog);
    return () => onDialog(false);
  }, [inDialog, onDialog]);

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

  const obey = (command: Command) => {
    if (!possible.includes(command)) return;
    if (command === 'restore' && single !== undefined)
      setDialog({ dialog: 'restore', snapshotId: single.id });
    else if (command === 'undo' && facts.restored !== null)
      setDialog({ dialog: 'undo', undoes: facts.restored.action });
    else if (command === 'take' || command === 'empty-trash') setDialog({ dialog: command });
    else if (command === 'prune')
      setDialog({ dialog: 'prune', chosen: shown.length > 1 ? shown.map(({ id }) => id) : [] });
    else if (command === 'reveal') void reveal(single);
  };
  const hear = useEffectEvent(obey);
  useEffect(() => listen((event) => event.type === 'command' && hear(event.command)), []);
  useEffect(() => void call('menu.enable', { commands: possible }), [possible]);
  useEffect(() => () => void call('menu.enable', { commands: ['open'] }), []);

  const reveal = async (snapshot: ListedSnapshot | undefined) => {
    const reply = await (snapshot === undefined
      ? call('folder.reveal', { folderId })
      : call('snapshot.reveal', { folderId, snapshotId: snapshot.id }));
    if (!reply.ok) setNotice(`${explain(reply.error).title}. ${explain(reply.error).happened}`);
  };
  const command = (name: Command) => {
    if (name === 'open') props.onOpen();
    else if (name === 'help') props.onHelp();
    else if (name === 'reveal') void reveal(undefined);
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
        onUndo={() => obey('undo')}
        onDismissCore={data.dismissCoreStopped}
        onDismissNotice={() => setNotice(null)}
      />
      <main className="panes">
        {snapshots !== null && (
          <SnapshotList
            snapshots={snapshots}
            facts={facts}
            selected={chosen}
            onSelect={setChosen}
            onEmptyTrash={() => obey('empty-trash')}
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
            onRestore={() => obey('restore')}
            onReveal={() => void reveal(single)}
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
      {dialog !== null && (
        <FolderDialog
          dialog={dialog}
          folderId={folderId}
          snapshots={snapshots ?? []}
          trash={facts.trash}
          databaseRevision={data.databaseRevision}
          onTaken={(id) => void data.refresh().then(() => setChosen(new Set([id])))}
          onClose={finish}
        />
      )}
    </div>
  );
}
