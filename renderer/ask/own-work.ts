import type { RequestName } from '../../electron/contract.ts';

/** The requests that change the folder's files. */
const CHANGING: ReadonlySet<RequestName> = new Set([
  'snapshot.take',
  'snapshot.keep',
  'snapshot.let-go',
  'plan.apply',
  'prune.apply',
  'trash.put-back',
  'trash.empty',
  'profile.save-fields',
]);

export function changesFolder(name: RequestName): boolean {
  return CHANGING.has(name);
}

/** Our own actions that change the folder, from the request to the reply. */
export type OwnWork = {
  /** Runs one. Returns and throws what it does. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves as soon as none is running. */
  readonly idle: () => Promise<void>;
  /** How many were begun so far. */
  readonly begun: () => number;
};

export function createOwnWork(): OwnWork {
  let begun = 0;
  let running = 0;
  let waiting: (() => void)[] = [];
  return {
    async run(work) {
      begun += 1;
      running += 1;
      try {
        return await work();
      } finally {
        running -= 1;
        if (running === 0) {
          for (const tell of waiting) tell();
          waiting = [];
        }
      }
    },
    async idle() {
      while (running > 0) await new Promise<void>((tell) => waiting.push(tell));
    },
    begun: () => begun,
  };
}

/**
 * Returns a function that reads something from the folder again and shows it, resolving when that is done. It reads once
 * at a time, so that an older answer never replaces a newer one; all calls in the meantime share one more reading. What
 * was read before or during one of our own actions is read again after it: until the action's reply arrives, nobody here
 * knows which of the changes are its doing.
 */
export function createReader<T>(
  read: () => Promise<T>,
  show: (answer: T) => void,
  ownWork: Pick<OwnWork, 'idle' | 'begun'>,
): () => Promise<void> {
  let reading: Promise<void> | null = null;
  let again = false;
  async function readUntilSettled(): Promise<void> {
    try {
      while (again) {
        await ownWork.idle();
        again = false;
        const begun = ownWork.begun();
        const answer = await read();
        if (ownWork.begun() === begun) show(answer);
        else again = true;
      }
    } finally {
      reading = null;
    }
  }
  return () => {
    again = true;
    reading ??= readUntilSettled();
    return reading;
  };
}
