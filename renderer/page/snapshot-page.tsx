import { Button } from 'react-aria-components';
import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { Happened } from '../../src/model/happened.ts';
import type { Replay } from '../../src/model/restore.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { formatAge } from '../../words/ages.ts';
import { openedWords } from '../../words/backups.ts';
import { formatUtc } from '../../words/moments.ts';
import { isUnwell, titleWords } from '../../words/snapshots.ts';
import { differsFromNow } from '../../words/story.ts';
import { useExactness } from '../ask/exactness.ts';
import { useNow } from '../ask/now.ts';
import type { Revisions } from '../ask/revisions.ts';
import type { Sought } from '../ask/snapshot-view.ts';
import type { Followed } from '../ask/use-followed.ts';
import { isRestorable, isWritable } from '../ask/writable.ts';
import { SalvagePanel } from '../damage/salvage-panel.tsx';
import { RetentionLine } from '../keep/retention-line.tsx';
import { Icon } from '../parts/icons.tsx';
import { Working } from '../parts/working.tsx';
import { type HappenedActions, HappenedHero } from './happened-hero.tsx';
import { type News, NewsNote } from './news-note.tsx';
import { useComparison } from './use-comparison.ts';
import { ViewTabs } from './view-tabs.tsx';

export type SnapshotPageProps = {
  readonly folderId: FolderId;
  readonly snapshot: ListedSnapshot;
  readonly facts: FolderFacts;
  readonly revisions: Revisions;
  /** The id of the view that is shown; see `snapshotViews`. Null: the first. */
  readonly view: string | null;
  readonly onView: (id: string) => void;
  /** What is to be shown of it, until that is shown. */
  readonly sought: Sought | null;
  readonly onSoughtShown: () => void;
  /** The one that is kept from this one; null: none is. */
  readonly keptHere: ListedSnapshot | null;
  /** Makes a new database from it where the chat app's own is gone. */
  readonly onWorkingCopy: () => void;
  readonly onKeep: () => void;
  /** Closes a file that was opened from anywhere. */
  readonly onCloseFile: (id: SnapshotId) => void;
  /** What happened to the chats, if this is the snapshot that the answer is about; else null. */
  readonly happened: {
    readonly happened: Happened;
    readonly outdated: boolean;
    readonly followed: Followed;
  } | null;
  /** Null: nothing was lost meanwhile, or the person knows. */
  readonly news: News | null;
  readonly onNews: (id: SnapshotId) => void;
  /** What the chat app has not applied yet; null: nothing. */
  readonly waiting: Replay | null;
  readonly actions: HappenedActions;
};

/** One snapshot: what it is and how to get it back, and below that its views. */
export function SnapshotPage(props: SnapshotPageProps) {
  const { folderId, snapshot, facts, revisions } = props;
  const now = useNow();
  const exact = useExactness()(snapshot.takenAt);
  const title = titleWords(snapshot, now, exact);
  // Without a database there is nothing to compare with, and a snapshot known to be damaged is not read again.
  const comparable = facts.databaseProblem === null && !isUnwell(snapshot);
  const comparison = useComparison(folderId, comparable ? snapshot.id : null, revisions);
  const { diff } = comparison;
  const pointless = diff.value !== null && !differsFromNow(diff.value);
  const isPart = snapshot.salvagedFrom !== null;
  const isPossible = diff.error === null && !isUnwell(snapshot) && !pointless && isRestorable(facts);
  const possible = isPossible && !isPart;
  const inPlace = isWritable(facts);
  const isGone = facts.databaseProblem !== null || diff.error?.code === 'database-damaged';
  const { actions } = props;
  // What was known of the database is not true any more once that is gone.
  const told = isGone ? null : props.happened;
  const happened = told?.happened ?? null;
  const isOutdated = told?.outdated ?? false;
  const loss = happened !== null && 'loss' in happened ? happened.loss : null;
  return (
    <section className="page" aria-label={title}>
      {props.news !== null && !isGone && <NewsNote {...props.news} onShow={props.onNews} />}
      {isOutdated && (
        <div className="hero happened">
          <Working progress={null} words="Looking at how your chats are now" />
        </div>
      )}
      {props.happened !== null && happened !== null && !isOutdated && (
        <HappenedHero
          happened={happened}
          waiting={props.waiting}
          snapshot={snapshot}
          possible={inPlace}
          canGoIntoFile={isRestorable(facts)}
          followed={props.happened.followed}
          {...actions}
        />
      )}
      {!isOutdated && loss === null && happened?.state !== 'undone' && (
        <div className="hero">
          <div>
            <h2>{title}</h2>
            <p className="dim">
              {formatAge(snapshot.takenAt, now)} · {formatUtc(snapshot.takenAt)}
            </p>
          </div>
          <div className="hero-actions">
            <Button className="button" aria-label="Reveal in folder" onPress={actions.onReveal}>
              <Icon name="reveal" />
              <span className="roomy">Reveal in folder</span>
            </Button>
            {snapshot.opened !== undefined && (
              <Button className="button" onPress={() => props.onCloseFile(snapshot.id)}>
                Close file
              </Button>
            )}
            <Button
              className={isGone ? 'button' : 'button primary'}
              isDisabled={!possible || !inPlace}
              onPress={() => actions.onRestore(snapshot.id, 'keep')}
            >
              Restore…
            </Button>
            {possible && !inPlace && (
              <Button className="button" onPress={() => actions.onRestore(snapshot.id, 'keep')}>
                Into a new file…
              </Button>
            )}
            {isGone && (
              <Button
                className="button primary"
                isDisabled={isUnwell(snapshot) || isPart}
                onPress={props.onWorkingCopy}
              >
                Make a working copy…
              </Button>
            )}
          </div>
        </div>
      )}
      <RetentionLine
        folderId={props.folderId}
        snapshot={snapshot}
        keptHere={props.keptHere}
        onKeep={props.onKeep}
      />
      {snapshot.opened !== undefined &&
        openedWords(snapshot.opened).map((words) => (
          <p key={words} className="note">
            {words}
          </p>
        ))}
      {isPart && (
        <p className="note">
          This was saved from a damaged snapshot. You can look at it, but not restore it as a whole: what is
          missing here would be removed.
        </p>
      )}
      {snapshot.health === 'damaged' && <SalvagePanel folderId={folderId} snapshot={snapshot} />}
      <ViewTabs
        folderId={folderId}
        snapshot={snapshot}
        facts={facts}
        revisions={revisions}
        comparison={comparison}
        shown={props.view}
        onRestore={possible ? () => actions.onRestore(snapshot.id, 'keep') : null}
        onRestorePart={isPossible ? (part) => actions.onRestore(snapshot.id, 'keep', part) : null}
        onView={props.onView}
        sought={props.sought}
        onSoughtShown={props.onSoughtShown}
      />
    </section>
  );
}
