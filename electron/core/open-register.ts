import { randomUUID } from 'node:crypto';
import { SnapbackError } from '../../src/index.ts';
import type { FolderId } from '../contract.ts';

/** What is open may hold a private copy of the database. The window shows one at a time and opens the next before it closes it. */
const MOST_OPEN = 2;

type Open<T> = { readonly folderId: FolderId; readonly value: T; readonly close: () => void };

/** What the window reads in pages, such as the rows of a comparison. Each has an id. */
export type OpenRegister<T> = {
  /**
   * Opens one, and closes the oldest where there are too many. Its id is valid until it is closed. `begin` lets go of what it
   * gives to `use` when that ends. @throws as `begin`
   */
  readonly open: (
    folderId: FolderId,
    begin: (use: (value: T) => Promise<void>) => Promise<void>,
  ) => Promise<{ readonly id: string; readonly value: T }>;
  /** @throws `core-stopped` for an id that is not open */
  readonly get: (id: string) => T;
  readonly close: (id: string) => void;
  readonly closeAll: (folderId: FolderId) => void;
};

export function createOpenRegister<T>(): OpenRegister<T> {
  const open = new Map<string, Open<T>>();
  const close = (id: string) => {
    open.get(id)?.close();
    open.delete(id);
  };
  return {
    open(folderId, begin) {
      return new Promise((resolve, reject) => {
        begin(
          (value) =>
            // What was opened stays open until somebody closes it.
            new Promise<void>((end) => {
              const id = randomUUID();
              open.set(id, { folderId, value, close: end });
              for (const oldest of [...open.keys()].slice(0, -MOST_OPEN)) close(oldest);
              resolve({ id, value });
            }),
        ).catch(reject);
      });
    },
    get(id) {
      const found = open.get(id);
      if (found === undefined)
        throw new SnapbackError('core-stopped', 'What was open here has been closed meanwhile.', {});
      return found.value;
    },
    close,
    closeAll(folderId) {
      for (const [id, one] of open) if (one.folderId === folderId) close(id);
    },
  };
}
