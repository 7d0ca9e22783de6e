import type { HostDatabase } from '../host/host-database.ts';
import { quoteName } from '../sqlite/names.ts';
import { stageColumn } from '../stage/layout.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import type { LogSample } from './choose-fields.ts';

const SLICES = 24;
const ROWS_PER_SLICE = 12;
/** A larger cell says nothing more about what its field means. */
const LARGEST_CELL_BYTES = 256 * 1024;

/** Some events from all over a snapshot's log, and the newest of the live one. The stage is attached as `schemaName`. */
export function sampleLog({ db }: HostDatabase, log: StagedTable, schemaName: string): LogSample {
  const columns = log.columns;
  const staged = columns.map((_, place) => small(stageColumn(place)));
  const source = `${schemaName}.${log.name}`;
  const [first = 0n, last = 0n] =
    db.prepare<[], bigint[]>(`SELECT min(rowid), max(rowid) FROM ${source}`).raw().safeIntegers().get() ?? [];
  const slice = db
    .prepare<[bigint, bigint], unknown[]>(
      `SELECT ${staged.join(', ')} FROM ${source} WHERE rowid >= ? AND rowid < ? ORDER BY rowid LIMIT ${ROWS_PER_SLICE}`,
    )
    .raw()
    .safeIntegers();
  const rows: (readonly unknown[])[] = [];
  if (log.rows > 0 && typeof first === 'bigint' && typeof last === 'bigint')
    for (let at = 0n; at < BigInt(SLICES); at += 1n) {
      const width = last - first + 1n;
      const from = first + (width * at) / BigInt(SLICES);
      const to = first + (width * (at + 1n)) / BigInt(SLICES);
      rows.push(...slice.all(from, to));
    }
  const live = columns.map((name) => small(quoteName(name)));
  const { rowid, name, scanHint } = log.live;
  const newest = rowid === null ? '' : `ORDER BY ${quoteName(rowid)} DESC`;
  const recent = db
    .prepare<[], unknown[]>(
      `SELECT ${live.join(', ')} FROM main.${quoteName(name)} ${scanHint} ${newest} LIMIT ${ROWS_PER_SLICE * 2}`,
    )
    .raw()
    .safeIntegers();
  return { columns, rows: [...rows, ...recent.all()] };
}

function small(column: string): string {
  return `iif(octet_length(${column}) > ${LARGEST_CELL_BYTES}, NULL, ${column})`;
}
