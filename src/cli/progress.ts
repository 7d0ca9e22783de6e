import type { WriteStream } from 'node:tty';
import type { Progress } from '../model/task.ts';
import { formatBytes, formatNumber } from './text.ts';

/** One line on a terminal that says where a long task is; silent where the stream is no terminal. */
export type ProgressLine = {
  readonly show: (progress: Progress) => void;
  /** Takes the line away, so that what is printed next starts clean. */
  readonly clear: () => void;
};

const MS_BETWEEN = 100;
const CLEAR_LINE = '\r\u001b[K';

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  'copy-database': 'copying the database',
  'read-snapshot': 'reading the snapshot',
  compare: 'comparing',
  rehearse: 'trying it on a copy',
  'safety-copy': 'writing the safety copy',
  'wait-for-lock': 'waiting for another program',
  apply: 'writing rows',
  verify: 'verifying',
  checkpoint: 'writing a fresh checkpoint',
  commit: 'committing',
  'check-snapshots': 'checking snapshots',
  move: 'moving files',
  build: 'building',
};

/** Makes the progress line of a stream; it is drawn at most ten times a second. */
export function createProgressLine(stream: WriteStream): ProgressLine {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    show({ phase, done, total, unit }) {
      if (!stream.isTTY || performance.now() - drawnAt < MS_BETWEEN) return;
      const [format, noun] = unit === 'bytes' ? [formatBytes, ''] : [formatNumber, ` ${unit}`];
      const of = total === null ? '' : ` of ${format(total)}`;
      stream.write(`${CLEAR_LINE}${PHASES[phase]}: ${format(done)}${of}${noun}`);
      drawnAt = performance.now();
      drawn = true;
    },
    clear() {
      if (drawn) stream.write(CLEAR_LINE);
      drawn = false;
    },
  };
}
