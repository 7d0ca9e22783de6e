import type { WriteStream } from 'node:tty';
import { phaseWords, progressWords } from '../../words/phases.ts';
import type { Progress } from '../model/task.ts';

/** One line on a terminal that says where a long task is; silent where the stream is no terminal. */
export type ProgressLine = {
  readonly show: (progress: Progress) => void;
  /** Takes the line away, so that what is printed next starts clean. */
  readonly clear: () => void;
};

const MS_BETWEEN = 100;
const CLEAR_LINE = '\r\u001b[K';

/** Makes the progress line of a stream; it is drawn at most ten times a second. */
export function createProgressLine(stream: WriteStream): ProgressLine {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    show(progress) {
      if (!stream.isTTY || performance.now() - drawnAt < MS_BETWEEN) return;
      const far = progressWords(progress);
      stream.write(`${CLEAR_LINE}${phaseWords(progress.phase)}${far === '' ? '' : `: ${far}`}`);
      drawnAt = performance.now();
      drawn = true;
    },
    clear() {
      if (drawn) stream.write(CLEAR_LINE);
      drawn = false;
    },
  };
}
