import { SnapbackError } from '../model/errors.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { explainNeed } from '../sqlite/needs-host.ts';
import { sqliteCode } from '../sqlite/result-codes.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import type { Column, Table } from '../sqlite/table.ts';

/** The stage is attached under this name beside `main`. */
export const STAGE_SCHEMA = 'snapback_stage';

/** The stage's name for a column, by its place among the shared columns. */
export function stageColumn(index: number): string {
  return `c${index}`;
}

/** Creates the stage's table and knows how to fill it. `targets` has the live column for each column of the file. */
export function createLayout(db: WriteDatabase, name: string, live: Table, fileColumns: readonly string[]) {
  const byName = new Map(live.columns.map((column) => [foldName(column.name), column]));
  const targets = fileColumns.map((column) => byName.get(foldName(column)));
  const shared = targets.flatMap((column) => column ?? []);
  const kept = targets.flatMap((column, index) => (column === undefined ? [] : [index]));
  const declared = shared.map((column, index) => {
    // Only the collation of a key matters here: rows are matched by it.
    const collation = live.key.includes(column.name) ? ` COLLATE ${quoteName(column.keyCollation)}` : '';
    return `${stageColumn(index)} ${affinityOf(column, live.strict)}${collation}`;
  });
  db.exec(`CREATE TABLE ${name} (${['ord INTEGER PRIMARY KEY', ...declared].join(', ')})`);
  const insert = db.prepare<SqlValue[]>(
    `INSERT INTO ${name} VALUES (${['?', ...shared.map(() => '?')].join(', ')})`,
  );
  // One statement for each column, however they combine in the rows.
  const toText = new Map<number, ReturnType<typeof prepareToText>>();
  function prepareToText(index: number) {
    const column = stageColumn(index);
    return db.prepare<[bigint]>(`UPDATE ${name} SET ${column} = CAST(${column} AS TEXT) WHERE rowid = ?`);
  }
  const indices = live.key.map((column) => shared.findIndex((one) => one.name === column));
  const keyAffinities = indices.flatMap((index) => {
    const column = shared[index];
    return column === undefined ? [] : [{ index, affinity: affinityOf(column, live.strict) }];
  });
  let keyConverted = false;
  /** Whether two rows have the same key, byte for byte. Once a key was converted, that is not known any more. */
  function isSameKeyTwice(): boolean {
    if (keyConverted) return false;
    const parts = indices
      .map(stageColumn)
      .flatMap((column) => [`typeof(${column})`, `${column} COLLATE BINARY`]);
    const whole = indices.map((index) => `${stageColumn(index)} IS NOT NULL`);
    const twice = db.prepare<[], unknown>(
      `SELECT 1 FROM ${name} WHERE ${whole.join(' AND ')} GROUP BY ${parts.join(', ')} HAVING count(*) > 1 LIMIT 1`,
    );
    return twice.get() !== undefined;
  }
  return {
    targets,
    shared: shared.map((column) => column.name),
    insert(ordinal: number, row: readonly SqlValue[]): void {
      const values = kept.map((index) => row[index] ?? null);
      keyConverted ||= keyAffinities.some(
        ({ index, affinity }) => conversionOf(values[index] ?? null, affinity) !== 'none',
      );
      insert.run(BigInt(ordinal), ...values.map((value) => (isRawText(value) ? value.rawText : value)));
      for (const [index, value] of values.entries()) {
        if (!isRawText(value)) continue;
        const statement = toText.get(index) ?? prepareToText(index);
        toText.set(index, statement);
        statement.run(BigInt(ordinal));
      }
    },
    /**
     * Indexes the key. Two rows with the very same key mean a damaged file, unless it is `proven` that the file holds what
     * was dumped: then the table had another key. Other rows that the live key takes for the same are refused.
     * @throws `row-refused`, `snapshot-damaged`, `schema-needs-host`
     */
    index(table: string, proven: boolean): void {
      if (indices.length === 0 || indices.includes(-1)) return;
      try {
        db.exec(`CREATE UNIQUE INDEX ${name}_key ON ${name} (${indices.map(stageColumn).join(', ')})`);
      } catch (error) {
        const code = sqliteCode(error);
        const refused = code?.startsWith('SQLITE_CONSTRAINT') === true;
        if (refused && (proven || !isSameKeyTwice()))
          throw new SnapbackError(
            'row-refused',
            `“${table}” has room for only one of two rows of the snapshot: it takes their keys for the same now.`,
            { table },
            error,
          );
        if (refused)
          throw new SnapbackError(
            'snapshot-damaged',
            `Two rows of “${table}” have the same key.`,
            { table, why: 'two rows have the same key' },
            error,
          );
        throw explainNeed(error, table);
      }
    },
  };
}

function isRawText(value: SqlValue): value is { readonly rawText: Uint8Array } {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

/** SQLite's rules for the affinity of a declared type; in STRICT tables ANY has none. */
export function affinityOf(
  column: Column,
  strict: boolean,
): 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC' {
  const type = column.declaredType.toUpperCase();
  if (type.includes('INT')) return 'INTEGER';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'TEXT';
  if (type === '' || type.includes('BLOB') || (strict && type === 'ANY')) return 'BLOB';
  return /REAL|FLOA|DOUB/.test(type) ? 'REAL' : 'NUMERIC';
}

/** A text that SQLite takes for a number. It ignores its own kinds of white space, and whatever follows a NUL. */
const NUMERIC_TEXT = /^[\t-\r ]*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[\t-\r ]*(?:\0|$)/i;

/**
 * What storing the value in a column of this affinity does to it. `none`: nothing. `kept`: it gets another storage class
 * but still says the same. `lost`: the original can't be told from it any more, as with the zeros of `007`.
 */
export function conversionOf(
  value: SqlValue,
  affinity: ReturnType<typeof affinityOf>,
): 'none' | 'kept' | 'lost' {
  const keptIf = (isSame: boolean) => (isSame ? 'kept' : 'lost');
  if (affinity === 'BLOB') return 'none';
  if (typeof value === 'string')
    return affinity === 'TEXT' || !NUMERIC_TEXT.test(value) ? 'none' : keptIf(isCanonical(value, affinity));
  if (typeof value === 'bigint') {
    if (affinity === 'REAL') return keptIf(BigInt(Number(value)) === value);
    return affinity === 'TEXT' ? 'kept' : 'none';
  }
  if (typeof value !== 'number') return 'none';
  // As text a real keeps 15 digits, and not always more.
  if (affinity === 'TEXT') return keptIf(Number(value.toPrecision(15)) === value);
  const becomesInteger = affinity !== 'REAL' && Number.isInteger(value) && Math.abs(value) < 2 ** 63;
  return becomesInteger ? keptIf(!Object.is(value, -0)) : 'none';
}

/** Whether the text is exactly how the number that it becomes would be written. */
function isCanonical(text: string, affinity: ReturnType<typeof affinityOf>): boolean {
  if (!/^-?(?:0|[1-9]\d*)$/.test(text)) return String(Number(text)) === text;
  const number = BigInt(text);
  if (text === '-0') return false;
  return affinity === 'REAL' ? BigInt(Number(number)) === number : BigInt.asIntN(64, number) === number;
}
