import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/*
 * V8 keeps new values in a space of its own and doubles it whenever enough of them have survived since, up to 128 MB. So a
 * task that takes minutes gets there however few values it holds at a time, and the system never gets the space back.
 */

/** Both halves of the space. With a larger one, the tasks here are not faster. */
const ENOUGH_BYTES = 32 * 1024 * 1024;
const DEFAULT_FACTOR = 2;

/** A long task that is to stay small. */
export type SmallTask = {
  /** Keeps the space from growing any further once it is large enough. To be called at the border of each batch. */
  readonly step: () => void;
  /** To be called when the task has ended, whatever its end. */
  readonly end: () => void;
};

export function beginSmallTask(): SmallTask {
  let isHeld = false;
  return {
    step() {
      if (isHeld) return;
      const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
      if ((young?.space_size ?? 0) < ENOUGH_BYTES) return;
      setFlagsFromString('--semi-space-growth-factor=1');
      isHeld = true;
    },
    end() {
      if (isHeld) setFlagsFromString(`--semi-space-growth-factor=${DEFAULT_FACTOR}`);
      isHeld = false;
    },
  };
}
