import type { RowChange } from '../model/rows.ts';
import type { StoredValue } from '../model/search.ts';
import { quoteName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { sameValue } from '../sqlite/same-values.ts';
import { tableInStage } from '../stage/staged-table.ts';
import { exactParts, exactValue, firstParts, takeCell } from './cell-values.ts';
import type { BothCells } from './cells.ts';
import type { ComparedColumn, ComparedStates } from './compared.ts';
import { changeOf, joinRows, type Lines, ownValue, sidesOf } from './lines.ts';

/** A row that differs, with all its values. A column that a state lacks is null there. */
export type ExactRow = {
  readonly change: RowChange;
  readonly before: readonly SqlValue[] | null;
  readonly after: readonly SqlValue[] | null;
};

/** A result of SQLite has at most 2,000 columns, and each value here takes several. */
const COLUMNS_AT_ONCE = 200;

/** The columns of a table: its key first, then the others in the order of the schema. */
export function columnsOf(lines: Lines): readonly ComparedColumn[] {
  const { columns, key } = lines.table;
  const isKey = ({ column }: ComparedColumn) => key.includes(column.name);
  const keys = key.flatMap((name) => columns.filter(({ column }) => column.name === name));
  return [...keys, ...columns.filter((column) => !isKey(column))];
}

/** Lines of a table: `selected` is SQL for their `place` and `line`. */
export type LineSource = { readonly lines: Lines; readonly selected: string };

/** Some values of a line. */
export type Read = {
  readonly line: number;
  readonly change: RowChange;
  readonly values: readonly BothCells[];
};

/** Reads some columns of lines, each value as `partsOf` says. */
export function* readLines(
  { db }: ComparedStates,
  { lines, selected: from }: LineSource,
  columns: readonly ComparedColumn[],
  partsOf: (value: string) => readonly string[],
): Generator<Read> {
  const none = partsOf('NULL');
  const selected = columns.flatMap((column) => {
    const { before, after } = sidesOf(lines, column);
    const isSame = before === null || after === null ? '1' : sameValue(before, after);
    return [
      ...(before === null ? none : partsOf(before)),
      ...(after === null ? none : partsOf(after)),
      isSame,
    ];
  });
  const rows = db
    .prepare<[], unknown[]>(
      `SELECT ${['l.n', 'l.change', ...selected].join(', ')} FROM (${from}) o
         CROSS JOIN ${lines.name} l ON l.n = o.line ${joinRows(lines)} ORDER BY o.place`,
    )
    .raw()
    .safeIntegers();
  for (const row of rows.iterate())
    yield {
      line: Number(row[0]),
      change: changeOf(row[1]),
      values: columns.map((_, index) => ({
        before: takeCell(row, 2 + index * 7),
        after: takeCell(row, 5 + index * 7),
        isSame: row[8 + index * 7] === 1n,
      })),
    };
}

/** Reads all columns of lines, exactly. */
export function* readExactLines(states: ComparedStates, source: LineSource): Generator<ExactRow> {
  const columns = columnsOf(source.lines);
  const blocks = Array.from({ length: Math.ceil(columns.length / COLUMNS_AT_ONCE) }, (_, at) =>
    columns.slice(at * COLUMNS_AT_ONCE, (at + 1) * COLUMNS_AT_ONCE),
  );
  const readers = blocks.map((block) => readLines(states, source, block, exactParts));
  try {
    for (;;) {
      const parts = readers.flatMap((reader) => {
        const { done, value } = reader.next();
        return done === true ? [] : [value];
      });
      const [first] = parts;
      if (first === undefined) return;
      const { change } = first;
      const values = parts.flatMap((part) => part.values);
      const [before, after] = (['before', 'after'] as const).map((side) =>
        values.map((value, index) => {
          // What the state after lacks stays as it is in a row that both have.
          const isKept = side === 'after' && change === 'changed' && columns[index]?.after === null;
          return exactValue(isKept ? value.before : value[side], states.encoding);
        }),
      );
      yield {
        change,
        before: change === 'added' ? null : (before ?? null),
        after: change === 'removed' ? null : (after ?? null),
      };
    }
  } finally {
    // SQLite cannot close the database while one of them is in the middle.
    for (const reader of readers) reader.return(undefined);
  }
}

/** A longer value of a key names no row for the window. */
const LONGEST_KEY_BYTES = 100_000;

/** The key of a line. */
export type ReadKey = Pick<Read, 'line' | 'change'> & { readonly key: readonly StoredValue[] | null };

/**
 * The values of the keys of lines, in the key's order. Null: the table has no key, or a value of it is NULL, is no valid
 * Unicode or is too long, so that it does not name the row exactly.
 */
export function* readKeys(states: ComparedStates, source: LineSource): Generator<ReadKey> {
  const { key } = source.lines.table;
  const columns = columnsOf(source.lines).slice(0, key.length);
  const parts = (value: string) => firstParts(value, LONGEST_KEY_BYTES);
  for (const { line, change, values: cells } of readLines(states, source, columns, parts)) {
    const values = cells.flatMap(({ before, after }) => {
      const cell = change === 'removed' ? before : after;
      const value = cell.bytes > LONGEST_KEY_BYTES ? null : exactValue(cell, states.encoding);
      const isExact = value !== null && (typeof value !== 'object' || value instanceof Uint8Array);
      return isExact ? [value] : [];
    });
    yield { line, change, key: key.length > 0 && values.length === key.length ? values : null };
  }
}

/** The places of the columns in which some changed row differs. It looks at every changed row. */
export function findChangedColumns({ db }: ComparedStates, lines: Lines): readonly number[] {
  const columns = columnsOf(lines);
  const found: number[] = [];
  for (let at = 0; at < columns.length; at += COLUMNS_AT_ONCE) {
    const differs = columns.slice(at, at + COLUMNS_AT_ONCE).map((column) => {
      const { before, after } = sidesOf(lines, column);
      return before === null || after === null ? '0' : `max(NOT ${sameValue(before, after)})`;
    });
    const row = db
      .prepare<[], unknown[]>(
        `SELECT ${differs.join(', ')} FROM ${lines.name} l ${joinRows(lines)} WHERE l.change = 1`,
      )
      .raw()
      .get();
    row?.forEach((value, index) => {
      if (value === 1) found.push(at + index);
    });
  }
  return found;
}

/**
 * How many lines come before the one that a key names. Null: it is not among them. Each state finds the row by its own key,
 * so that no other row is read, whatever the order of the lines.
 */
export function findPlace(
  { db }: ComparedStates,
  { lines, selected }: LineSource,
  key: readonly StoredValue[],
): number | null {
  if (key.length === 0 || key.length !== lines.table.key.length) return null;
  const columns = columnsOf(lines).slice(0, key.length);
  const isIt = columns.map((column) => `${ownValue(lines, column)} IS ? COLLATE BINARY`);
  const found = findKeyed(lines, columns, key);
  const place = db
    .prepare<StoredValue[], number>(
      `SELECT o.place FROM ${selected} o CROSS JOIN ${lines.name} l ON l.n = o.line ${joinRows(lines)}
         WHERE o.line IN (${found.sql}) AND ${isIt.join(' AND ')} LIMIT 1`,
    )
    .pluck()
    .get(...found.values, ...key);
  return place === undefined ? null : Number(place) - 1;
}

/**
 * SQL: the lines whose row has a key as the tables' keys compare it, with the values to bind. A column that a state lacks
 * does not count.
 */
function findKeyed(
  { name, table: { comparison } }: Lines,
  columns: readonly ComparedColumn[],
  key: readonly StoredValue[],
) {
  const { staged, identity } = comparison;
  const { live } = staged;
  const inState = (side: 'before' | 'after') => {
    const known = columns.flatMap((column, at) => {
      const sql = column[side];
      return sql === null ? [] : [{ sql, collation: column.column.keyCollation, value: key[at] ?? null }];
    });
    const has = known.map(({ sql, collation }) => `r.${sql} = ? COLLATE ${quoteName(collation)}`);
    return { where: ['true', ...has].join(' AND '), values: known.map(({ value }) => value) };
  };
  const [before, after] = [inState('before'), inState('after')];
  const line = identity.map((_, at) => `i${at}`).join(', ');
  const row = identity.map((column) => `r.${quoteName(column)}`).join(', ');
  const hint = live.rowid === null ? '' : live.scanHint;
  return {
    sql: `SELECT n FROM ${name} WHERE ord IN (SELECT r.rowid FROM ${tableInStage(staged)} r WHERE ${after.where})
      UNION ALL
      SELECT n FROM ${name} WHERE ord IS NULL
        AND (${line}) IN (SELECT ${row} FROM main.${quoteName(live.name)} r ${hint} WHERE ${before.where})`,
    values: [...after.values, ...before.values],
  };
}
