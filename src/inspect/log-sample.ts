import type { HostDatabase } from '../host/host-database.ts';
import type { Profile } from '../host/profile.ts';
import { liveEventColumns } from '../log/event-columns.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import type { Table } from '../sqlite/table.ts';
import { stagedEventColumns } from '../stage/staged-events.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import type { LogSample } from './choose-fields.ts';

const SLICES = 24;
const ROWS_PER_SLICE = 12;
/** A larger cell says nothing more about what its field means. */
const LARGEST_CELL_BYTES = 256 * 1024;
/** A slice ends with the row that reaches this size. */
const MOST_BYTES_PER_SLICE = 1024 * 1024;

type Rows = readonly (readonly unknown[])[];

/** Some events from all over a snapshot's log, and the newest of the live one. The stage is attached as `schemaName`. */
export function sampleLog({ db, profile }: HostDatabase, log: StagedTable, schemaName: string): LogSample {
  const { names, sqlOf } = stagedEventColumns(profile, log, { alias: log.name, schemaName });
  const columns = names.map(sqlOf);
  const staged = readSlices(db, { from: `${schemaName}.${log.name}`, columns, rowid: 'rowid' });
  const live = liveEventColumns(db, profile, { names: log.columns, prefix: quoteName(log.live.name) });
  return { columns: names, rows: [...staged, ...readNewest(db, log.live, names.map(live.sqlOf))] };
}

/** Some rows from all over a live table; of the log with `profile`, the events. Each read is a short one. */
export function sampleTable(db: AnyDatabase, table: Table, profile: Profile | null = null): LogSample {
  const own = table.columns.map((column) => column.name);
  const { names: columns, sqlOf } =
    profile === null
      ? { names: own, sqlOf: quoteName }
      : liveEventColumns(db, profile, { names: own, prefix: quoteName(table.name) });
  const { name, rowid, scanHint } = table;
  const sql = columns.map(sqlOf);
  if (rowid === null) return { columns, rows: readNewest(db, table, sql) };
  const from = `main.${quoteName(name)} ${scanHint}`;
  return {
    columns,
    rows: readSlices(db, { from, columns: sql, rowid: quoteName(rowid) }),
  };
}

/** Where rows are read from, in SQL. */
type Source = { readonly from: string; readonly columns: readonly string[]; readonly rowid: string };

/** The first rows of each part of a table. */
function readSlices(db: AnyDatabase, { from, columns, rowid }: Source): Rows {
  const [first = null, last = null] =
    db
      .prepare<[], unknown[]>(
        `SELECT (SELECT min(${rowid}) FROM ${from}), (SELECT max(${rowid}) FROM ${from})`,
      )
      .raw()
      .safeIntegers()
      .get() ?? [];
  if (typeof first !== 'bigint' || typeof last !== 'bigint') return [];
  const slice = db
    .prepare<[bigint, bigint], unknown[]>(
      `SELECT ${columns.map(small).join(', ')} FROM ${from} WHERE ${rowid} BETWEEN ? AND ? ORDER BY ${rowid} LIMIT ${ROWS_PER_SLICE}`,
    )
    .raw()
    .safeIntegers();
  const width = last - first + 1n;
  const startOf = (index: number) => first + (width * BigInt(index)) / BigInt(SLICES);
  // Up to the one before the next start: the highest rowid has no successor.
  return Array.from({ length: SLICES }, (_, index) =>
    takeSlice(slice.iterate(startOf(index), startOf(index + 1) - 1n)),
  ).flat();
}

/** As many of the rows as are not too large together, and at least one. */
function takeSlice(rows: Iterable<readonly unknown[]>): Rows {
  const taken: (readonly unknown[])[] = [];
  let bytes = 0;
  for (const row of rows) {
    taken.push(row);
    for (const cell of row) if (typeof cell === 'string' || cell instanceof Uint8Array) bytes += cell.length;
    if (bytes >= MOST_BYTES_PER_SLICE) break;
  }
  return taken;
}

/** The rows with the highest rowids; some, where there is no rowid. `columns` in SQL. */
function readNewest(db: AnyDatabase, { rowid, name, scanHint }: Table, columns: readonly string[]): Rows {
  const newest = rowid === null ? '' : `ORDER BY ${quoteName(rowid)} DESC`;
  const rows = db
    .prepare<[], unknown[]>(
      `SELECT ${columns.map(small).join(', ')} FROM main.${quoteName(name)} ${scanHint} ${newest} LIMIT ${ROWS_PER_SLICE * 2}`,
    )
    .raw()
    .safeIntegers();
  return takeSlice(rows.iterate());
}

function small(column: string): string {
  return `iif(octet_length(${column}) > ${LARGEST_CELL_BYTES}, NULL, ${column})`;
}
