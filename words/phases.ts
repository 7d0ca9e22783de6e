import type { Progress } from '../src/model/progress.ts';
import { formatBytes, formatNumber, formatSeconds } from './numbers.ts';
import { count } from './plurals.ts';

type Phase = Progress['phase'];

const PHASES: { readonly [P in Phase]: string } = {
  'copy-database': 'Copying the database',
  'read-snapshot': 'Reading the snapshot',
  search: 'Searching',
  compare: 'Comparing the snapshot with the database',
  rehearse: 'Trying it out on a copy',
  'safety-copy': 'Writing and checking the safety copy',
  'wait-for-lock': 'Waiting for another program to unlock the database',
  apply: 'Restoring',
  verify: 'Verifying',
  checkpoint: 'Writing a fresh checkpoint',
  commit: 'Finishing',
  'check-snapshots': 'Checking snapshots',
  move: 'Moving files',
  take: 'Writing the snapshot',
  build: 'Building the demo',
};

/** The label of a phase. */
export function phaseWords(phase: Phase): string {
  return PHASES[phase];
}

/**
 * The progress of a phase in its own unit: `61 MB of 182 MB`, `3 of 11 tables`. Empty for `steps`, which mean nothing to
 * a reader.
 */
export function progressWords({ done, total, unit }: Progress): string {
  if (unit === 'steps') return '';
  if (unit === 'bytes')
    return total === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`;
  const noun = unit.slice(0, -1);
  return total === null ? count(done, noun) : `${formatNumber(done)} of ${count(total, noun)}`;
}

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

/** The time left: `about 20 seconds left`, `about 3 minutes left`. Empty while it is not known. */
export function timeLeftWords({ overall }: Progress): string {
  if (overall === undefined || overall.leftMs === null) return '';
  const seconds = overall.leftMs / 1000;
  if (seconds < 5) return 'a few seconds left';
  const step = seconds < 0.9 * MINUTE_S ? 5 : seconds < 0.9 * HOUR_S ? MINUTE_S : HOUR_S;
  return `about ${formatSeconds(step * Math.max(1, Math.round(seconds / step)))} left`;
}

/** How far a task is, from 0 to 1: over all phases where that is known, otherwise in this phase; null if neither is. */
export function doneFraction({ overall, done, total }: Progress): number | null {
  if (overall !== undefined) return overall.fraction;
  return total === null || total === 0 ? null : Math.min(1, done / total);
}
