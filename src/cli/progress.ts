import type { WriteStream } from 'node:tty';
import { phaseWords, progressWords } from '../../words/phases.ts';
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
