import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { FolderId, ListedSnapshot, MenuCommand } from '../../electron/contract.ts';
import type { Replay } from '../../src/model/restore.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { afterDrawing } from '../ask/after-drawing.ts';
import type { HappenedActions } from '../page/happened-hero.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Working } from '../parts/working.tsx';
import type { ChosenHit } from '../search/use-search-panel.ts';
import { findList } from './focus-home.ts';
import type { FolderData } from './folder-data.ts';
import { selectionPage, snapshotPage } from './later-parts.ts';
import type { HappenedOf } from './use-happened.ts';

export type FolderPageProps = {
  readonly folderId: FolderId;
  readonly data: FolderData;
  /** The chosen snapshots that still exist. */
  readonly shown: readonly ListedSnapshot[];
  /** True while nothing is chosen and Snapback is still searching for the best snapshot to show. */
  readonly looking: boolean;
  /** What a search found, until it is shown. */
  readonly hit: ChosenHit | null;
  readonly onHit: (hit: ChosenHit | null) => void;
  readonly happened: HappenedOf | null;
  /** What the chat app has not applied yet; null: nothing. */
  readonly waiting: Replay | null;
  readonly onRestore: HappenedActions['onRestore'];
  readonly onWorkingCopy: () => void;
  readonly onKeep: () => void;
  readonly onCloseFile: (id: SnapshotId) => void;
  /** The pair of snapshots whose comparison is shown. */
  readonly compared: string | null;
  readonly onCompare: (pair: string) => void;
  readonly onCommand: (command: MenuCommand) => void;
};

/** The page beside the list: the chosen snapshots, or why there is nothing to show. */
export function FolderPage(props: FolderPageProps) {
  const { folderId, data, shown, hit, onCommand } = props;
  const { snapshots, leaving } = data.listing;
  const [first] = shown;
  // Kept here, so that choosing another snapshot does not change the view.
  const [view, setView] = useState<string | null>(hit?.sought.view ?? null);
  if (data.error !== null)
    return (
      <section className="page" aria-label="Not readable">
        <ErrorNote error={data.error}>
          <Button className="button" onPress={() => void data.refresh()}>
            Try again
          </Button>
        </ErrorNote>
      </section>
    );
  if (snapshots === null) return <Busy name="Reading the folder" />;
  if (snapshots.length === 0)
    return (
      <section className="page" aria-label="No snapshot">
        <div className="empty">
          <p className="empty-title">Nothing to compare yet</p>
          <p>
            Once there is a snapshot, this page shows what restoring it would bring back, change and remove.
          </p>
          <p>“Take snapshot” makes one now.</p>
        </div>
      </section>
    );
  if (props.looking) return <Busy name="Looking for what was lost" />;
  if (first === undefined)
    return (
      <section className="page" aria-label="Snapshot gone">
        <ErrorNote error={{ code: 'snapshot-missing', message: '', detail: {} }}>
          <Button className="button" onPress={() => data.choose(new Set())}>
            Show another one
          </Button>
        </ErrorNote>
      </section>
    );
  const news = newsOn(shown, props.happened, snapshots);
  const onNews = (id: SnapshotId) => data.choose(new Set([id]));
  if (shown.length > 1)
    return (
      <selectionPage.View
        folderId={folderId}
        snapshots={shown}
        compared={props.compared}
        onCompare={props.onCompare}
        onPrune={() => onCommand('prune')}
        onClear={() => data.choose(new Set([first.id]))}
        news={news}
        onNews={onNews}
      />
    );
  // Not compared meanwhile: its file may disappear at any moment.
  if (leaving.has(first.id)) return <Busy name="Moving to the trash" words="Moving it to the trash" />;
  return (
    <snapshotPage.View
      key={first.id}
      folderId={folderId}
      snapshot={first}
      facts={data.facts}
      revisions={data.revisions}
      view={view}
      onView={setView}
      sought={hit?.snapshotId === first.id ? hit.sought : null}
      onSoughtShown={() => props.onHit(null)}
      keptHere={snapshots.find(({ kept }) => kept?.from === first.id) ?? null}
      onWorkingCopy={props.onWorkingCopy}
      onKeep={props.onKeep}
      onCloseFile={props.onCloseFile}
      happened={props.happened?.snapshotId === first.id ? props.happened : null}
      news={news}
      onNews={onNews}
      waiting={props.waiting}
      actions={{
        onRestore: props.onRestore,
        onTake: () => onCommand('take'),
        onReveal: () => onCommand('reveal'),
        // The menu that closes first gives the focus back to its button.
        onChooseOther: () => afterDrawing(() => findList()?.focus()),
      }}
    />
  );
}

/**
 * What a person who reads this page does not know yet: what was lost, unless the page is of the one snapshot that brings it
 * back. Only once that one is in the list, which may be read later: else there would be nothing to lead to.
 */
function newsOn(
  shown: readonly ListedSnapshot[],
  answer: HappenedOf | null,
  snapshots: readonly ListedSnapshot[],
): HappenedOf | null {
  if (answer === null || answer.outdated || !answer.isNews) return null;
  if (shown.length === 1 && shown[0]?.id === answer.snapshotId) return null;
  return snapshots.some((one) => one.id === answer.snapshotId) ? answer : null;
}

/** The page while something takes a moment. `words`: what is said, if it is not the name of the page. */
function Busy({ name, words = name }: { readonly name: string; readonly words?: string }) {
  return (
    <section className="page" aria-label={name}>
      <Working progress={null} words={words} />
    </section>
  );
}
