import type { Progress } from '../src/model/progress.ts';
import { formatBytes, formatNumber } from './numbers.ts';
import { count } from './plurals.ts';

type Phase = Progress['phase'];

const PHASES: { readonly [P in Phase]: string } = {
  'copy-database': 'Copying the database',
  'read-snapshot': 'Reading the snapshot',
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
