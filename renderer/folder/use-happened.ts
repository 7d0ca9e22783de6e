import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { Happened, Loss } from '../../src/model/happened.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { afterDrawing } from '../ask/after-drawing.ts';
import { call, ownWork } from '../ask/api.ts';
import { createReader } from '../ask/own-work.ts';
import { restoresMade, useRestoresMade } from '../ask/restores-made.ts';
import { type Revisions, waitsForPerson } from '../ask/revisions.ts';
import type { Followed } from '../ask/use-followed.ts';
import { fallbackSnapshot } from '../snapshots/snapshot-groups.ts';
import { snapshotPage } from './later-parts.ts';

type Asking = {
  readonly folderId: FolderId;
  readonly facts: FolderFacts;
  readonly revisions: Revisions;
  /** A new empty set asks for another choice, even while one is being looked for. */
  readonly chosen: ReadonlySet<unknown>;
  readonly snapshots: readonly ListedSnapshot[];
  readonly onChoose: (id: SnapshotId) => void;
};

/** What happened to the chats, and the snapshot on whose page that is told. */
export type HappenedOf = {
  readonly happened: Happened;
  readonly snapshotId: SnapshotId;
  /** It is from before a restore, and is being asked again. */
  readonly outdated: boolean;
  /** Whether it is from before a change of the database. */
  readonly followed: Followed;
  /** Another loss than the one that a person has read of last: a rewind since then, or one that is left after a restore. */
  readonly isNews: boolean;
};

/** What was answered, how long that took, and which restores and changes of the database it knows of. */
type Answer = {
  readonly happened: Happened | null;
  readonly made: number;
  readonly database: number;
  readonly tookMs: number;
};

/**
 * What happened to the chats, asked again when the database or the list of snapshots changes; null while it is not known.
 * While no snapshot is chosen, the one that brings back what was lost is chosen, and where nothing seems lost the best
 * remaining one (see `fallbackSnapshot`). If the last answer took long, a change by another program waits until the user asks.
 */
export function useHappened(asking: Asking): HappenedOf | null {
  const { folderId, facts, revisions, chosen, snapshots, onChoose } = asking;
  const [{ happened, made, database, tookMs }, setAnswer] = useState<Answer>({
    happened: null,
    made: 0,
    database: revisions.database,
    tookMs: 0,
  });
  const outdated = useRestoresMade() !== made;
  const [proposed, setProposed] = useState<SnapshotId | null>(null);
  const wish = useRef(chosen);
  const newest = useRef(revisions.database);
  const show = useEffectEvent((answer: Answer, asked: ReadonlySet<unknown>) => {
    setAnswer(answer);
    if (asked !== wish.current) return;
    const named = answer.happened === null ? null : snapshotOf(answer.happened);
    const found = snapshots.find(({ id }) => id === named) ?? fallbackSnapshot(snapshots, facts.lastEventId);
    if (found === undefined) return;
    setProposed(found.id);
    onChoose(found.id);
  });
  const hasDatabase = facts.databaseProblem === null;
  const ask = useMemo(
    () =>
      createReader(
        async () => {
          const asked = wish.current;
          const before = { made: restoresMade(), database: newest.current };
          const beganAt = performance.now();
          // The page on which it is told is fetched meanwhile.
          const isPageHere = snapshotPage.fetch();
          const reply = hasDatabase ? await call('folder.happened', { folderId }) : null;
          const took = performance.now() - beganAt;
          await isPageHere;
          return { answer: { ...before, happened: reply?.ok ? reply.value : null, tookMs: took }, asked };
        },
        ({ answer, asked }) => show(answer, asked),
        ownWork,
      ),
    [folderId, hasDatabase],
  );

  const empty = chosen.size === 0 ? chosen : null;
  const { length } = snapshots;
  const [wanted, setWanted] = useState<number | null>(null);
  const waits = empty === null && wanted !== revisions.database && waitsForPerson(revisions, tookMs);
  useEffect(() => {
    newest.current = revisions.database;
    if (empty !== null) wish.current = empty;
    if (length === 0 || waits) return;
    // The list first: it can be used while this is being found out.
    return afterDrawing(() => void ask());
  }, [ask, revisions, length, empty, waits]);
  const behind = database !== revisions.database;
  const followed = useMemo(
    () => ({
      outdated: behind && waits,
      renewing: behind && !waits,
      again: () => setWanted(revisions.database),
    }),
    [behind, waits, revisions.database],
  );
  const snapshotId = happened === null ? null : (snapshotOf(happened) ?? proposed);
  const [readOf, setReadOf] = useState<SnapshotId | null>(null);
  if (snapshotId !== null && snapshotId !== readOf && chosen.size === 1 && chosen.has(snapshotId))
    setReadOf(snapshotId);
  const isNews = happened !== null && 'loss' in happened && readOf !== null && readOf !== snapshotId;
  return useMemo(
    () =>
      happened === null || snapshotId === null || !hasDatabase
        ? null
        : { happened, snapshotId, outdated, followed, isNews },
    [happened, snapshotId, outdated, followed, isNews, hasDatabase],
  );
}

/** What was lost, if that is known, still true, and anything was. */
export function lossOf(answer: HappenedOf | null): Loss | null {
  return answer !== null && !answer.outdated && 'loss' in answer.happened ? answer.happened.loss : null;
}

/** The snapshot that the answer is about; null if it is about none. */
function snapshotOf(happened: Happened): SnapshotId | null {
  switch (happened.state) {
    case 'nothing':
      return null;
    case 'unplaced':
      return happened.way?.snapshotId ?? null;
    case 'undone':
      return happened.holds.snapshotId;
    case 'recorded':
      return happened.way.snapshotId;
    default:
      return happened.loss.snapshotId;
  }
}
