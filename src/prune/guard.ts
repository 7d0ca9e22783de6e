import type { DataFolder } from '../host/data-folder.ts';
import type { Happened } from '../model/happened.ts';
import type { PruneReceipt } from '../model/prune.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { tidy } from '../system/durable.ts';
import { fetchPart } from '../system/fetch-part.ts';
import { holdSnapshot } from './kept.ts';
import { releaseSnapshot } from './release.ts';
import { waysOf } from './ways.ts';

/*
 * As long as a folder is open, what would bring something back is not lost to the host's own rule: it is held, as it is
 * while a restore of it is being decided on. A hold that was not needed ends with the guard and leaves nothing behind.
 */

export type Guard = {
  /**
   * Looks once, and holds what has to be held by now. What is no longer in danger, or would bring nothing back any more, is
   * let go. A refusal of the system is passed over: the next look tries again. Looks do not overlap.
   */
  readonly look: (now: Date) => Promise<void>;
  /** What is missing, as far as that was found out: it says which snapshots would bring it back. */
  readonly tell: (happened: Happened) => void;
  /** Whether the snapshot is held now, or is what another one is held as. */
  readonly holds: (id: SnapshotId) => boolean;
  /** Lets a snapshot go, and holds it no more. @throws as `releaseSnapshot` */
  readonly letGo: (id: SnapshotId) => Promise<void>;
  /**
   * Does what moves snapshots to the trash because a person wants it. Those that were moved are held no more: their second
   * name would keep the space. Where it is refused, what was held stays held. Returns or throws what the work does.
   */
  readonly whileMoving: (move: () => Promise<PruneReceipt>) => Promise<PruneReceipt>;
  /** Lets all go. Whatever is gone from its own place stays kept. */
  readonly end: () => Promise<void>;
};

/** Guards an open folder. It does nothing by itself: whoever made it calls `look`. */
export function createGuard(folder: DataFolder): Guard {
  const held = new Map<SnapshotId, SnapshotId>();
  const unwanted = new Set<SnapshotId>();
  let happened: Happened | null = null;
  let seen: string | null = null;
  let turn: Promise<void> = Promise.resolve();
  let ended = false;

  /** One step at a time, in the order in which they were asked for. */
  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = turn.then(step);
    turn = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  async function lookOnce(now: Date): Promise<void> {
    if (ended) return;
    const { findEndangered, findWorthKeeping } = await fetchPart(() => import('./endangered.ts'));
    const endangered = await findEndangered(folder, now);
    // Nothing that the answer depends on has changed.
    const key = `${endangered.key}\n${endangered.ids.join('\n')}\n${mark(happened)}`;
    if (seen === key) return;
    const isAny = endangered.ids.length > 0;
    const worth = isAny ? await findWorthKeeping(folder, endangered, happened) : { ids: [], whole: true };
    const wanted = worth.ids.filter((id) => !unwanted.has(id));
    for (const id of wanted) if (!held.has(id)) held.set(id, (await holdSnapshot(folder, id)).id);
    // What is held already may be among those that could not be looked at. The next look tries again.
    if (!worth.whole) return;
    for (const [id, keptId] of held) if (!wanted.includes(id)) await release(id, keptId);
    seen = key;
  }

  async function release(id: SnapshotId, keptId: SnapshotId, trashFolder?: string): Promise<void> {
    await releaseSnapshot(folder, keptId, trashFolder);
    held.delete(id);
  }

  return {
    look: (now) => inTurn(() => tidy(() => lookOnce(now))),
    tell(found) {
      happened = found;
    },
    holds: (id) => held.has(id) || [...held.values()].includes(id),
    letGo: (id) =>
      inTurn(async () => {
        unwanted.add(id);
        const keptId = held.get(id);
        if (keptId !== undefined) await release(id, keptId);
      }),
    whileMoving: (move) =>
      inTurn(async () => {
        const receipt = await move();
        for (const id of receipt.moved) {
          unwanted.add(id);
          const keptId = held.get(id);
          if (keptId !== undefined) await tidy(() => release(id, keptId, receipt.trashFolder));
        }
        return receipt;
      }),
    end: () =>
      inTurn(async () => {
        ended = true;
        for (const [id, keptId] of held) await tidy(() => release(id, keptId));
      }),
  };
}

/** What of the answer matters here. */
function mark(happened: Happened | null): string {
  return [`${happened?.state}`, ...waysOf(happened)].join(' ');
}
