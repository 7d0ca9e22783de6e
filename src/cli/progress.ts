import type { WriteStream } from 'node:tty';
import { formatPercent } from '../../words/numbers.ts';
import { doneFraction, phaseWords, progressWords, timeLeftWords } from '../../words/phases.ts';
import type { Progress } from '../model/task.ts';

/** One line on a terminal that shows the progress of a long task. Prints nothing if the stream is not a terminal. */
export type ProgressLine = {
  readonly show: (progress: Progress) => void;
  /** Removes the line, so that the next output starts on an empty one. */
  readonly clear: () => void;
};

const MS_BETWEEN = 100;
const CLEAR_LINE = '\r\u001b[K';

/** Makes the progress line of a stream. It is drawn at most ten times a second. */
export function createProgressLine(stream: WriteStream): ProgressLine {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    show(progress) {
      if (!stream.isTTY || performance.now() - drawnAt < MS_BETWEEN) return;
      stream.write(`${CLEAR_LINE}${lineOf(progress)}`);
      drawnAt = performance.now();
      drawn = true;
    },
    clear() {
      if (drawn) stream.write(CLEAR_LINE);
      drawn = false;
    },
  };
}

/** `42%  Verifying: 3 of 11 tables, about 20 seconds left`; what is not known is left out. */
function lineOf(progress: Progress): string {
  const fraction = doneFraction(progress);
  const percent = fraction === null ? '' : `${formatPercent(fraction).padStart(4)}  `;
  const far = [progressWords(progress), timeLeftWords(progress)].filter((words) => words !== '').join(', ');
  return `${percent}${phaseWords(progress.phase)}${far === '' ? '' : `: ${far}`}`;
}
