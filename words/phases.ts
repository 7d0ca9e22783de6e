import type { Progress } from '../src/model/progress.ts';
import { formatBytes, formatNumber } from './numbers.ts';
import { count } from './plurals.ts';

type Phase = Progress['phase'];

const PHASES: { readonly [P in Phase]: string } = {
  'copy-database': 'Copying the database',
  'read-snapshot': 'Reading the snapshot',
  compare: 'Comparing it with the database',
  rehearse: 'Test run',
  'safety-copy': 'Writing and checking the safety copy',
  'wait-for-lock': 'Waiting for another program to unlock the database',
  apply: 'Restoring',
  verify: 'Verifying',
  checkpoint: 'Writing a fresh checkpoint',
  commit: 'Committing',
  'check-snapshots': 'Checking snapshots',
  move: 'Moving files',
  take: 'Writing the snapshot',
  build: 'Building the demo',
};

/** What a phase does, in words. */
export function phaseWords(phase: Phase): string {
  return PHASES[phase];
}

/** How far a phase is, in its own unit: `61 MB of 182 MB`, `3 of 11 tables`. Empty where it only counts steps. */
export function progressWords({ done, total, unit }: Progress): string {
  if (unit === 'steps') return '';
  if (unit === 'bytes')
    return total === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`;
  const noun = unit.slice(0, -1);
  return total === null ? count(done, noun) : `${formatNumber(done)} of ${count(total, noun)}`;
}
