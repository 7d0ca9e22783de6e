import type { Profile } from '../host/profile.ts';
import type { Need, Retention, SnapshotId } from '../model/snapshots.ts';
import type { SnapshotFile } from '../snapshots/files.ts';
import { PERIODIC_KIND, REWIND_KIND, SAFETY_KIND, takenAt } from '../snapshots/kinds.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The moment from which on a snapshot is older than so many days. */
export function ageLimit(file: SnapshotFile, days: number): Date {
  // Beyond what a date can say lies the end of all dates.
  return new Date(Math.min(takenAt(file).getTime() + days * DAY_MS, 8.64e15));
}

/** Place among the snapshots of its kind by id, the newest name being 1. Every file counts, readable or not, as for the seed. */
export function rankSnapshots(files: readonly SnapshotFile[]): ReadonlyMap<SnapshotId, number> {
  const counts = new Map<string, number>();
  const ranks = new Map<SnapshotId, number>();
  for (const { id, kind } of files) {
    const rank = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, rank);
    ranks.set(id, rank);
  }
  return ranks;
}

/** Whether a safety copy is among the newest, or not old enough, so that no policy takes it. `rank` by `rankSnapshots`. */
export function isYoungCopy(file: SnapshotFile, rank: number, { restore }: Profile, now: Date): boolean {
  return rank <= restore.keep || now < ageLimit(file, restore.keepDays);
}

/**
 * Explains for every file which rule keeps it or takes it, and when. The rules are the seed's: the newest checkpoints
 * stay, and copies before a rewind stay for some days, counted from their name. Safety copies are never taken by a rule;
 * those beyond the newest and past their days are offered to prune. `files` as `listSnapshotFiles` gives them.
 */
export function explainRetention(
  files: readonly SnapshotFile[],
  profile: Profile,
  needed: ReadonlyMap<SnapshotId, Need>,
  now: Date,
): ReadonlyMap<SnapshotId, Retention> {
  const ranks = rankSnapshots(files);
  return new Map(files.map((file) => [file.id, explain(file, ranks.get(file.id) ?? 1)]));

  function explain(file: SnapshotFile, rank: number): Retention {
    const kept = { status: 'kept', goesAt: null, rank: null, keep: null } as const;
    const need = needed.get(file.id);
    if (need !== undefined) return { ...kept, reason: need };
    if (file.problem !== null) return { ...kept, reason: 'no-rule' };
    if (file.kind === SAFETY_KIND) {
      const { keep, keepDays } = profile.restore;
      if (rank <= keep) return { ...kept, reason: 'safety-copy', rank, keep };
      const passed = { goesAt: ageLimit(file, keepDays).toISOString(), rank, keep };
      return isYoungCopy(file, rank, profile, now)
        ? { ...kept, ...passed, reason: 'safety-copy' }
        : { ...passed, status: 'offered', reason: 'safety-copy-passed' };
    }
    if (file.kind === PERIODIC_KIND) {
      const { keep } = profile.periodic;
      if (rank > keep) return { ...kept, status: 'due', reason: 'beyond-newest', rank, keep };
      return { ...kept, status: rank === keep ? 'goes-next' : 'kept', reason: 'among-newest', rank, keep };
    }
    if (file.kind !== REWIND_KIND) return { ...kept, reason: 'no-rule' };
    const limit = ageLimit(file, profile.rewind.keepDays);
    const goesAt = limit.toISOString();
    return now < limit
      ? { ...kept, reason: 'within-age', goesAt }
      : { ...kept, status: 'due', reason: 'age-passed', goesAt };
  }
}
