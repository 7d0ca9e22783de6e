import { type Rows, type SqlValue, type TaskOptions, withRows } from '../../src/index.ts';
import type { ArgsOf, ResultOf, RowsRequests } from '../contract.ts';
import type { OpenFolders } from './open-folders.ts';
import type { OpenRegister } from './open-register.ts';

/** Larger pictures are not shown. */
const LARGEST_PICTURE = 8_000_000;
/** Where a text is longer, only its beginning is copied. */
const LONGEST_COPY = 20_000_000;

type RowsHandlers = {
  readonly [N in keyof RowsRequests | 'private.copy']: (
    args: ArgsOf<N>,
    task: TaskOptions,
  ) => Promise<ResultOf<N>>;
};

/** Answers the requests about rows. */
export function createRowsHandlers(folders: OpenFolders, register: OpenRegister<Rows>): RowsHandlers {
  return {
    async 'rows.open'({ folderId, snapshotId, otherId }, task) {
      const subject = { snapshotId, otherId };
      const { id, value } = await folders.inFront(folderId, ({ folder }) =>
        register.open(folderId, (use) => withRows(folder, subject, task, use)),
      );
      return { rowsId: id, overview: value.overview };
    },
    async 'rows.close'({ rowsId }) {
      register.close(rowsId);
      return null;
    },
    async 'rows.shape'({ rowsId, request }) {
      return register.get(rowsId).shape(request);
    },
    async 'rows.page'({ rowsId, request, window }) {
      return register.get(rowsId).page(request, window);
    },
    async 'rows.changed-columns'({ rowsId, table }) {
      return register.get(rowsId).changedColumns(table);
    },
    async 'rows.key'({ rowsId, table, line }) {
      return register.get(rowsId).key(table, line);
    },
    async 'rows.named'({ rowsId, request, range }) {
      return register.get(rowsId).named(request, range);
    },
    async 'rows.place'({ rowsId, request, key }) {
      return register.get(rowsId).place(request, key);
    },
    async 'rows.cell'({ rowsId, table, line, column }) {
      return register.get(rowsId).detail(table, line, column);
    },
    async 'rows.picture'({ rowsId, table, line, column, side }) {
      const rows = register.get(rowsId);
      const shown = rows.detail(table, line, column)?.[side];
      if (shown?.type !== 'blob' || shown.picture === null || shown.bytes > LARGEST_PICTURE) return null;
      const value = rows.row(table, line)?.[side]?.[column];
      if (!(value instanceof Uint8Array)) return null;
      return `data:${shown.picture};base64,${Buffer.from(value).toString('base64')}`;
    },
    async 'private.copy'({ rowsId, table, line, column, side }) {
      const rows = register.get(rowsId);
      const values = rows.row(table, line)?.[side];
      if (values == null) return '';
      if (column !== null) return plainText(values[column] ?? null).slice(0, LONGEST_COPY);
      const { columns } = rows.shape({ table, change: null, filter: null, sort: null });
      return columns
        .map(({ name }, index) => `${name}\t${plainText(values[index] ?? null).replace(/[\t\r\n]+/g, ' ')}`)
        .join('\n')
        .slice(0, LONGEST_COPY);
    },
  };
}

/** A value as a person would paste it: text as it is, numbers without grouping, bytes in hex, and nothing for NULL. */
function plainText(value: SqlValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return Buffer.from(value instanceof Uint8Array ? value : value.rawText).toString('hex');
}
