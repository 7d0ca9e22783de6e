import { randomUUID } from 'node:crypto';
import {
  type DataFolder,
  type Rows,
  type RowsSubject,
  SnapbackError,
  type TaskOptions,
  withRows,
} from '../../src/index.ts';
import type { FolderId } from '../contract.ts';

/** A comparison may hold a private copy of the database. The window shows one at a time and opens the next before it closes it. */
const MOST_OPEN = 2;

type OpenRows = { readonly folderId: FolderId; readonly rows: Rows; readonly close: () => void };

/** The comparisons that the window reads rows of, each by an id. */
export type RowsRegister = {
  /** Opens one and closes the oldest where there are too many. Its id is valid until then. @throws as `withRows` */
  readonly open: (
    of: { readonly folderId: FolderId; readonly folder: DataFolder; readonly subject: RowsSubject },
    task: TaskOptions,
  ) => Promise<{ readonly rowsId: string; readonly rows: Rows }>;
  /** @throws `core-stopped` for an id that is not open */
  readonly get: (rowsId: string) => Rows;
  readonly close: (rowsId: string) => void;
  readonly closeAll: (folderId: FolderId) => void;
};

export function createRowsRegister(): RowsRegister {
  const open = new Map<string, OpenRows>();
  const close = (rowsId: string) => {
    open.get(rowsId)?.close();
    open.delete(rowsId);
  };
  return {
    open({ folderId, folder, subject }, task) {
      return new Promise((resolve, reject) => {
        withRows(
          folder,
          subject,
          task,
          (rows) =>
            // What was compared stays open until somebody closes it.
            new Promise<void>((end) => {
              const rowsId = randomUUID();
              open.set(rowsId, { folderId, rows, close: end });
              for (const oldest of [...open.keys()].slice(0, -MOST_OPEN)) close(oldest);
              resolve({ rowsId, rows });
            }),
        ).catch(reject);
      });
    },
    get(rowsId) {
      const found = open.get(rowsId);
      if (found === undefined)
        throw new SnapbackError('core-stopped', 'This comparison is not open any more.', {});
      return found.rows;
    },
    close,
    closeAll(folderId) {
      for (const [rowsId, one] of open) if (one.folderId === folderId) close(rowsId);
    },
  };
}
