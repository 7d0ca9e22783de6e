import { type Comparison, compareTable, hasNoKey, joinLive } from '../compare/compare-table.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { MessageRow, RowsBeside } from '../model/conversation.ts';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import type { ReadDatabase, WriteDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { STAGE_SCHEMA, stageColumn } from '../stage/layout.ts';
import { createYielder } from '../system/yielder.ts';
import type { IndexWriter, TiedRow } from './message-index.ts';
import type { TiedTable } from './tied-tables.ts';

/*
 * The rows of projected tables that belong to events. Those that differ are noted in the index of the conversation, while
 * the moment lasts in which they were compared. All others are asked of the stage, a page at a time.
 */

/** The states of rows, as the index stores them. */
const STATES = ['kept', 'lost', 'newer', 'changed'] as const satisfies readonly MessageRow['state'][];

/** So many rows are shown beside one message, so many columns of each, and so many characters of a value. */
const MOST_ROWS = 10;
const MOST_COLUMNS = 12;
const LONGEST_VALUE = 200;

/** Compares the tied tables with the live ones, and notes the rows that differ. @throws as `compareTable`, but for what a table needs of the host */
export async function noteTiedRows(
  { db }: HostDatabase,
  tables: readonly TiedTable[],
  writer: Pick<IndexWriter, 'addRow'>,
  task: TaskOptions,
): Promise<void> {
  const yielder = createYielder(task);
  for (const [index, table] of tables.entries()) {
    const comparison = unlessHostIsNeeded(() => compareTable(db, table.staged, index + 1, 'differing'));
    await yielder.step();
    if (comparison === null) continue;
    for (const row of differing(db, table, comparison)) {
      writer.addRow({ ...row, table: index });
      await yielder.step();
    }
  }
}

/** Null where a table cannot be compared here. What differs in it is told beside the messages. */
function unlessHostIsNeeded(compare: () => Comparison): Comparison | null {
  try {
    return compare();
  } catch (error) {
    if (error instanceof SnapbackError && error.code === 'schema-needs-host') return null;
    throw error;
  }
}

function* differing(
  db: HostDatabase['db'],
  { staged, column, place }: TiedTable,
  comparison: Comparison,
): Generator<Omit<TiedRow, 'table'>> {
  const own = `s.${stageColumn(place)}`;
  const back = db
    .prepare<[], unknown[]>(
      `SELECT ${own}, p.ord, p.survivor FROM ${comparison.put} p
         CROSS JOIN ${STAGE_SCHEMA}.${staged.name} s ON s.rowid = p.ord WHERE p.differs AND ${own} IS NOT NULL`,
    )
    .raw()
    .safeIntegers();
  for (const [event, ord, survivor] of back.iterate())
    yield { event, ord, state: STATES.indexOf(survivor === 1n ? 'changed' : 'lost'), held: null };
  // An empty list does not say whether the table existed, so a restore leaves such a table alone.
  if (staged.emptyOrAbsent) return;
  const names = staged.live.columns.map(({ name }) => name);
  const isWhole = hasNoKey(staged.live);
  const source = (name: string) =>
    isWhole ? `n.i${comparison.identity.indexOf(name)}` : `l.${quoteName(name)}`;
  const shown = names.filter((name) => name !== column).slice(0, MOST_COLUMNS);
  const values = [column, ...shown].map((name, index) =>
    index === 0 ? source(name) : cutValue(source(name)),
  );
  const sql = `SELECT ${values.join(', ')} FROM ${comparison.gone} n ${isWhole ? '' : joinLive(comparison, 'n')}
    WHERE ${source(column)} IS NOT NULL`;
  const since = needingHost(staged.live.name, () => db.prepare<[], unknown[]>(sql).raw().safeIntegers());
  for (const [event, ...held] of since.iterate())
    yield { event, ord: null, state: STATES.indexOf('newer'), held: toJson(shown, held) };
}

/** SQL: a value, or the beginning of a long one. */
function cutValue(value: string): string {
  return `CASE typeof(${value}) WHEN 'text' THEN substr(${value}, 1, ${LONGEST_VALUE + 1}) WHEN 'blob' THEN '(bytes)' ELSE ${value} END`;
}

/** What a row holds as a JSON object, without what is NULL. */
function toJson(names: readonly string[], values: readonly unknown[]): string {
  const held = names.flatMap((name, index): readonly string[] => {
    const value = values[index];
    if (value === null || value === undefined) return [];
    return [`${JSON.stringify(name)}:${toJsonValue(value)}`];
  });
  return `{${held.join(',')}}`;
}

/** A number that a double cannot hold is its digits. */
function toJsonValue(value: unknown): string {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? String(value) : JSON.stringify(String(value));
  const isLong = typeof value === 'string' && value.length > LONGEST_VALUE;
  return JSON.stringify(isLong ? `${value.slice(0, LONGEST_VALUE).toWellFormed()}…` : value);
}

/** An event that rows may belong to. `isThere`: which of both logs have it. */
export type RowsOwner = {
  readonly id: unknown;
  readonly isThere: { readonly was: boolean; readonly now: boolean };
};

export type TiedRowReader = {
  readonly hasTables: boolean;
  /** The rows that belong to these events: first those that differ. `more`: how many others there are. */
  readonly rowsOf: (events: readonly RowsOwner[]) => {
    readonly rows: readonly MessageRow[];
    readonly more: number;
  };
  /** How many rows that differ belong to an event that is shown, by table. */
  readonly beside: () => readonly RowsBeside[];
};

type Noted = {
  readonly tbl: bigint;
  readonly ord: bigint;
  readonly state: bigint;
  readonly held: string | null;
};

/** Makes the reader of the rows of a complete index. `db` is a connection of its own to the stage. */
export function createTiedRowReader(
  index: WriteDatabase,
  db: ReadDatabase,
  tables: readonly TiedTable[],
): TiedRowReader {
  if (tables.length === 0)
    return { hasTables: false, rowsOf: () => ({ rows: [], more: 0 }), beside: () => [] };
  db.pragma('temp_store = FILE');
  db.exec('CREATE TEMP TABLE tied (event, tbl INTEGER, ord INTEGER)');
  for (const [table, { staged, place }] of tables.entries()) {
    const column = stageColumn(place);
    db.exec(
      `INSERT INTO temp.tied SELECT ${column}, ${table}, rowid FROM main.${staged.name} WHERE ${column} IS NOT NULL`,
    );
  }
  db.exec('CREATE INDEX temp.tied_event ON tied (event)');
  const inStage = db
    .prepare<unknown[], Pick<Noted, 'tbl' | 'ord'>>(
      'SELECT tbl, ord FROM temp.tied WHERE event IN (?, ?) ORDER BY tbl, ord LIMIT ?',
    )
    .safeIntegers();
  const countInStage = db
    .prepare<unknown[], number>('SELECT count(*) FROM temp.tied WHERE event IN (?, ?)')
    .pluck();
  const noted = index
    .prepare<unknown[], Noted>(
      'SELECT tbl, ord, state, held FROM tied WHERE event IN (?, ?) AND (ord IS NULL) = ? ORDER BY tbl, ord, rowid LIMIT ?',
    )
    .safeIntegers();
  const countNoted = index
    .prepare<unknown[], number>('SELECT count(*) FROM tied WHERE event IN (?, ?) AND (ord IS NULL) = ?')
    .pluck();
  const stateOf = index
    .prepare<unknown[], number>('SELECT state FROM tied WHERE tbl = ? AND ord = ?')
    .pluck();
  const readers = tables.map((table) => createRowReader(db, table));

  const inSnapshot = ({ tbl, ord, state }: Noted): MessageRow => ({
    table: nameOf(tbl),
    payload: readers[Number(tbl)]?.(ord) ?? '{}',
    state: STATES[Number(state)] ?? 'kept',
  });
  const nameOf = (tbl: bigint | number) => tables[Number(tbl)]?.staged.live.name ?? '';

  function rowsInSnapshot(forms: readonly unknown[]): readonly MessageRow[] {
    const differing = noted.all(...forms, 0, MOST_ROWS);
    const others = inStage
      .all(...forms, MOST_ROWS * 2)
      .filter(({ tbl, ord }) => stateOf.get(tbl, ord) === undefined)
      .map((row): Noted => ({ ...row, state: 0n, held: null }));
    return [...differing, ...others].slice(0, MOST_ROWS).map(inSnapshot);
  }

  return {
    hasTables: true,
    rowsOf(events) {
      const rows: MessageRow[] = [];
      let all = 0;
      for (const { id, isThere } of events) {
        const forms = [id, String(id)];
        if (id === null) continue;
        if (isThere.was) {
          all += countInStage.get(...forms) ?? 0;
          rows.push(...rowsInSnapshot(forms));
        }
        if (isThere.now) {
          all += countNoted.get(...forms, 1) ?? 0;
          for (const { tbl, held } of noted.all(...forms, 1, MOST_ROWS))
            rows.push({ table: nameOf(tbl), payload: held ?? '{}', state: 'newer' });
        }
      }
      const isKept = ({ state }: MessageRow) => state === 'kept';
      const shown = [...rows.filter((row) => !isKept(row)), ...rows.filter(isKept)].slice(0, MOST_ROWS);
      return { rows: shown, more: all - shown.length };
    },
    beside() {
      if (index.prepare('SELECT 1 FROM tied').get() === undefined) return [];
      const counts = index
        .prepare<[], { readonly tbl: number; readonly rows: number }>(
          `SELECT tbl, count(*) AS rows FROM tied t WHERE EXISTS (
             SELECT 1 FROM event e INDEXED BY event_id WHERE e.id IN (t.event, CAST(t.event AS TEXT))
               AND (e.was = 2 OR e.now = 2) AND iif(t.ord IS NULL, e.now, e.was) > 0) GROUP BY tbl`,
        )
        .all();
      return counts.map(({ tbl, rows }) => ({ table: nameOf(tbl), rows }));
    },
  };
}

/** Reads a row of the stage by its rowid, as a JSON object. */
function createRowReader(db: ReadDatabase, { staged, place }: TiedTable): (ord: bigint) => string {
  const places = staged.columns
    .map((_, index) => index)
    .filter((index) => index !== place)
    .slice(0, MOST_COLUMNS);
  const names = places.map((index) => staged.columns[index] ?? '');
  const values = places.map((index) => cutValue(stageColumn(index)));
  const read = db
    .prepare<[bigint], unknown[]>(
      `SELECT ${values.join(', ') || 'NULL'} FROM main.${staged.name} WHERE rowid = ?`,
    )
    .raw()
    .safeIntegers();
  return (ord) => toJson(names, read.get(ord) ?? []);
}
