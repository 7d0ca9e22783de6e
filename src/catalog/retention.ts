import type { Profile } from '../host/profile.ts';
import type { Need, Retention, SnapshotId } from '../model/snapshots.ts';
import type { SnapshotFile } from '../snapshots/files.ts';
import { isUnderRule, PERIODIC_KIND, REWIND_KIND, SAFETY_KIND, takenAt } from '../snapshots/kinds.ts';
import { BACKUP_KIND, KEPT_KIND } from '../snapshots/names.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The moment at which a snapshot becomes this many days old. */
export function ageLimit(file: SnapshotFile, days: number): Date {
  // No later than the latest moment that a Date can hold.
  return new Date(Math.min(takenAt(file).getTime() + days * DAY_MS, 8.64e15));
}

/** The rank of each snapshot within its kind: the newest name is 1. Unreadable files count too, as they do for the host. */
export function rankSnapshots(files: readonly SnapshotFile[]): ReadonlyMap<SnapshotId, number> {
  const counts = new Map<string, number>();
  const ranks = new Map<SnapshotId, number>();
  for (const file of files) {
    const { id, kind } = file;
    if (!isUnderRule(file)) continue;
    const rank = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, rank);
    ranks.set(id, rank);
  }
  return ranks;
}

/** Whether a safety copy is among the newest or too young, so that no policy prunes it. `rank` as in `rankSnapshots`. */
export function isYoungCopy(file: SnapshotFile, rank: number, { restore }: Profile, now: Date): boolean {
  return rank <= restore.keep || now < ageLimit(file, restore.keepDays);
}

/**
 * Explains for every file which rule keeps or prunes it, and when. The rules are the host's: the newest checkpoints stay,
 * and copies from before a rewind stay for some days, counted from the time in their name. No rule prunes safety copies;
 * old ones beyond the newest are offered for pruning. `files` as `listSnapshotFiles` returns them.
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
    if (file.kind === KEPT_KIND) return { ...kept, reason: 'kept-by-hand' };
    if (file.kind === BACKUP_KIND) return { ...kept, reason: 'elsewhere' };
    if (file.problem !== null || !isUnderRule(file)) return { ...kept, reason: 'no-rule' };
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
