import { memo, startTransition, useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { ListedSnapshot, OpenFolder, Theme } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { ChosenPart } from '../../words/part.ts';
import { call } from '../ask/api.ts';
import { useSteady } from '../ask/use-steady.ts';
import { isWritable } from '../ask/writable.ts';
import { useFocusKeeper } from '../parts/focus-keeper.ts';
import { SearchBox } from '../search/search-box.tsx';
import { useSearchPanel } from '../search/use-search-panel.ts';
import { isOfFolder } from '../snapshots/snapshot-groups.ts';
import { SnapshotList } from '../snapshots/snapshot-list.tsx';
import { rememberHeld } from '../timeline/held.ts';
import { useTimeline } from '../timeline/use-timeline.ts';
import { FolderActions } from './actions.tsx';
import { Banners } from './banners.tsx';
import { findHome, findList } from './focus-home.ts';
import { useFolderData } from './folder-data.ts';
import type { OpenDialog } from './folder-dialog.tsx';
import { FolderPage } from './folder-page.tsx';
import { FolderWords } from './folder-words.tsx';
import { FolderHeader } from './header.tsx';
import { folderDialog, searchPage, timelineView, useLaterParts } from './later-parts.ts';
import { useCommands } from './use-commands.ts';
import { lossOf, useHappened } from './use-happened.ts';
import { useNotice } from './use-notice.ts';
import { useWaiting } from './use-waiting.ts';

const NO_SNAPSHOTS: readonly ListedSnapshot[] = [];

// What is behind a dialog is not drawn again when one opens or closes: only if what it shows has changed.
const Header = memo(FolderHeader);
const List = memo(SnapshotList);
const Page = memo(FolderPage);
const Search = memo(SearchBox);

export type FolderScreenProps = {
  readonly folder: OpenFolder;
  readonly theme: Theme;
  /** True while something covers the whole window. Commands from the menu are disabled meanwhile. */
  readonly covered: boolean;
  /** Reports whether a dialog is open. Opening another folder must not close it. */
  readonly onDialog: (open: boolean) => void;
  readonly onTheme: (theme: Theme) => void;
  readonly onHelp: () => void;
  readonly onOpen: () => void;
  readonly onOpenBackup: () => void;
  readonly onFreshDemo: () => void;
  readonly onClose: () => void;
};

/** The open folder: its snapshots on the left, the chosen one on the right, and the dialogs over both. */
export function FolderScreen(props: FolderScreenProps) {
  const { folder } = props;
  const { folderId } = folder;
  const data = useFolderData(folder);
  const { facts } = data;
  const { snapshots, chosen } = data.listing;
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  // In slices: a dialog with lists and fields takes too long to be drawn in one go.
  const openDialog = (next: OpenDialog) => startTransition(() => setDialog(next));
  const notices = useNotice(folder, facts.restored?.finishedAt ?? null);
  const { notice, setNotice } = notices;

  // What was opened from anywhere is in the list, and in nothing that tells about the folder.
  const own = useMemo(() => snapshots?.filter(isOfFolder) ?? null, [snapshots]);
  const shown = useMemo(() => snapshots?.filter(({ id }) => chosen.has(id)) ?? [], [snapshots, chosen]);
  const single = shown.length === 1 ? shown[0] : undefined;
  // Chosen once and then kept: the page must not change under the reader because a snapshot appears or disappears.
  const looking = chosen.size === 0 && snapshots !== null && snapshots.length > 0;
  const happened = useHappened({
    folderId,
    facts,
    revisions: data.revisions,
    chosen,
    snapshots: own ?? NO_SNAPSHOTS,
    onChoose: data.propose,
  });
  const waiting = useWaiting(folderId, facts, data.revisions);
  const turn = chosen.size > 0 ? 'now' : looking ? 'soon' : 'not-yet';
  const { known, isRenewing } = useTimeline(folderId, data.revisions.database, turn);
  // The list first. The timeline of thousands of snapshots is drawn after it, in a task of its own.
  const drawnSnapshots = useDeferredValue(own ?? NO_SNAPSHOTS, NO_SNAPSHOTS);
  const drawnTimeline = useDeferredValue(known);
  const hasLaterParts = useLaterParts();
  const panel = useSearchPanel();
  const [heldBy] = useState(rememberHeld);
  const held = useMemo(() => heldBy(known.timeline, snapshots ?? []), [heldBy, known, snapshots]);
  const { onDialog } = props;
  const inDialog = dialog !== null;
  useEffect(() => {
    onDialog(inDialog);
    return () => onDialog(false);
  }, [inDialog, onDialog]);

  useFocusKeeper(() => (chosen.size === 0 ? null : findHome(shown.length > 0)));

  const noSnapshots = own?.length === 0;
  const { obey, command, act, restore, takeBack, putBack, chooseAgain, compared, setCompared } = useCommands(
    props,
    { data, own, shown, dialog, openDialog, notices, panel },
  );
  const steady = {
    obey: useSteady(obey),
    act: useSteady(act),
    restore: useSteady(restore),
    restorePart: useSteady((snapshotId: SnapshotId, part: ChosenPart) =>
      openDialog({ dialog: 'restore', snapshotId, newer: 'keep', part }),
    ),
    showSpace: useSteady(() => openDialog({ dialog: 'space' })),
    workingCopy: useSteady(
      () => single !== undefined && openDialog({ dialog: 'working-copy', snapshot: single }),
    ),
    keep: useSteady(() => single !== undefined && openDialog({ dialog: 'keep', snapshot: single })),
    closeFile: useSteady(async (snapshotId: SnapshotId) => {
      const reply = await call('backup.close', { folderId, snapshotId });
      if (reply.ok) chooseAgain();
    }),
    chooseOne: useSteady((id: SnapshotId) => data.choose(new Set([id]))),
    closeSearch: useSteady(() => panel.close('back')),
  };
  const finish = (news: string | null, trashName: string | null = null) => {
    setDialog(null);
    data.endOwnWork();
    if (news !== null) setNotice({ text: news, failed: false, trashName });
    void data.refresh();
  };

  return (
    <FolderWords facts={facts} snapshots={snapshots} onRestorePart={steady.restorePart}>
      <div className="frame">
        <Header folder={folder} facts={facts} snapshots={own} onSpace={steady.showSpace} />
        <Banners
          facts={facts}
          waiting={waiting}
          place={folder.place}
          coreStopped={data.coreStopped}
          notice={notice}
          onUndo={takeBack}
          onPutBack={(trashName) => void putBack(trashName)}
          onDismissCore={data.dismissCoreStopped}
          onDismissNotice={() => setNotice(null)}
        />
        {own !== null &&
          own.length > 0 &&
          (hasLaterParts ? (
            <timelineView.View
              known={drawnTimeline}
              snapshots={drawnSnapshots}
              chosen={chosen}
              onChoose={steady.chooseOne}
            />
          ) : (
            <div className="timeline" />
          ))}
        <main className={isRenewing ? 'panes old-list' : 'panes'}>
          {snapshots !== null && (
            <List
              snapshots={snapshots}
              facts={facts}
              held={held}
              selected={chosen}
              onSelect={data.choose}
              onAction={steady.act}
              onCommand={steady.obey}
            />
          )}
          {panel.isOpen && (
            <searchPage.View
              folderId={folderId}
              phrase={panel.phrase}
              loss={lossOf(happened)}
              isEntering={panel.isEntering}
              onEntered={panel.endEntering}
              onOpen={(hit) => {
                data.choose(new Set([hit.snapshotId]));
                panel.close('stays');
                panel.chooseHit(hit);
                findList()?.focus();
              }}
              onClose={() => panel.close('back')}
            />
          )}
          {/* What a person has chosen and read there is still theirs after a search. */}
          <div className="page-place" hidden={panel.isOpen}>
            <Page
              key={panel.hits}
              folderId={folderId}
              data={data}
              shown={shown}
              looking={looking}
              hit={panel.chosenHit}
              onHit={panel.chooseHit}
              happened={happened}
              waiting={waiting}
              onRestore={steady.restore}
              onWorkingCopy={steady.workingCopy}
              onKeep={steady.keep}
              onCloseFile={steady.closeFile}
              compared={compared}
              onCompare={setCompared}
              onCommand={steady.obey}
            />
          </div>
        </main>
        <Search
          phrase={panel.phrase}
          onPhrase={panel.setPhrase}
          onOpen={panel.open}
          onClose={steady.closeSearch}
          onEnter={panel.enter}
        />
        <FolderActions
          facts={facts}
          noSnapshots={noSnapshots}
          theme={props.theme}
          hasMenu={hasLaterParts}
          onCommand={command}
          onTheme={props.onTheme}
          onFreshDemo={props.onFreshDemo}
          onClose={props.onClose}
        />
        {dialog !== null && (
          <folderDialog.View
            dialog={dialog}
            folderId={folderId}
            snapshots={snapshots ?? []}
            databaseRevision={data.revisions.database}
            canUndo={isWritable(facts)}
            prune={data.prune}
            onOpen={openDialog}
            onTaken={(id) => void data.refresh().then(() => data.choose(new Set([id])))}
            onPutBack={(news) => {
              finish(news);
              chooseAgain();
            }}
            onUndo={(from) => {
              finish(null);
              setDialog({ dialog: 'undo', from });
            }}
            onClose={finish}
          />
        )}
      </div>
    </FolderWords>
  );
}
