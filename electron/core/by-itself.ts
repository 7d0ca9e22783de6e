import {
  createGuard,
  type DataFolder,
  type Guard,
  type Protection,
  type ProtectionState,
} from '../../src/index.ts';
import { fetchBackground } from './fetch-background.ts';

/** How often it is looked what is to be kept, taken or tidied up. */
const LOOK_EVERY_MS = 60_000;
/** Whoever kept it from looking is done soon. */
const AGAIN_AFTER_MS = 10_000;

export type ByItself = {
  readonly guard: Guard;
  readonly state: () => ProtectionState;
  /** Allows this from now on, and looks at once. */
  readonly allow: (allowed: Protection) => void;
  /** Looks whether something is to be kept. */
  readonly look: () => void;
  /** Resolves once what was held is let go. */
  readonly end: () => Promise<void>;
};

/** What is done in an open folder by itself. `isFree` is false while a person waits for something: that goes first. */
export function createByItself(folder: DataFolder, isFree: () => boolean): ByItself {
  const guard = createGuard(folder);
  const stop = new AbortController();
  let allowed: Protection = { take: false, tidy: false };
  let last: ProtectionState['last'] = null;
  let busy = false;
  let again: ReturnType<typeof setTimeout> | undefined;

  async function protect(): Promise<void> {
    if (busy || stop.signal.aborted || !(allowed.take || allowed.tidy)) return;
    if (!isFree()) return later();
    busy = true;
    try {
      const { protectOnce } = await fetchBackground();
      last = await protectOnce(folder, allowed, new Date(), { signal: stop.signal });
      if (last.busy) later();
    } finally {
      busy = false;
    }
  }

  function later(): void {
    clearTimeout(again);
    again = setTimeout(() => void protect().catch(console.error), AGAIN_AFTER_MS).unref();
  }

  const look = () => void guard.look(new Date()).catch(console.error);
  const timer = setInterval(() => {
    look();
    void protect().catch(console.error);
  }, LOOK_EVERY_MS).unref();

  return {
    guard,
    look,
    state: () => ({ ...allowed, last }),
    allow(next) {
      allowed = next;
      void protect().catch(console.error);
    },
    async end() {
      stop.abort();
      clearInterval(timer);
      clearTimeout(again);
      await guard.end();
    },
  };
}
