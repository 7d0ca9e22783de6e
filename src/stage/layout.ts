import { SnapbackError } from '../model/errors.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { explainNeed } from '../sqlite/needs-host.ts';
import { sqliteCode } from '../sqlite/result-codes.ts';
import { isRawText, type SqlValue } from '../sqlite/row-hash.ts';
import type { Column, Table } from '../sqlite/table.ts';
import { affinityOf, conversionOf } from './affinity.ts';
import { createBinaryWriter } from './binary-rows.ts';

/** The stage is attached under this name beside `main`. */
export const STAGE_SCHEMA = 'snapback_stage';

/** The stage's name for a column, by its place among the shared columns. */
export function stageColumn(index: number): string {
  return `c${index}`;
}

/** A table of the stage: its name there, the live table that it is laid out for, and the columns of the file. */
export type LayoutPlan = {
  readonly name: string;
  readonly live: Table;
  readonly fileColumns: readonly string[];
  /** What a row's rowid is: its place in the file, or its key where the live table and the file have an INTEGER PRIMARY KEY. */
  readonly rowid: 'place' | 'key';
};

export type Layout = {
  /** The live column for each column of the file. */
  readonly targets: readonly (Column | undefined)[];
  /** The columns that file and live table share, by their live names. */
  readonly shared: readonly string[];
  /** The column of the stage that is the rowid; null where a row's rowid is its place in the file. */
  readonly keyColumn: string | null;
  /** Adds a row, given by its place and its values in the file. False if its key cannot be its rowid, or is taken. */
  readonly insert: (place: number, row: readonly SqlValue[]) => boolean;
  /**
   * Adds rows as they stand in the file, `{…}, {…}`, from the given place on. They must be plain, and no value may need
   * a conversion. `spans` has the place of each value. False as with `insert`; then some of them may have been added.
   */
  readonly insertText: (place: number, text: Buffer, spans: Uint32Array) => boolean;
  /**
   * Indexes the key where it isn't the rowid. Two rows with the very same key mean a damaged file, unless it is `proven`
   * that the file holds what was dumped: then the table had another key. Other rows that the live key takes for the same
   * are refused. @throws `row-refused`, `snapshot-damaged`, `schema-needs-host`
   */
  readonly index: (table: string, proven: boolean) => void;
};

/** Creates the stage's table and knows how to fill it. */
export function createLayout(db: WriteDatabase, { name, live, fileColumns, rowid }: LayoutPlan): Layout {
  const byName = new Map(live.columns.map((column) => [foldName(column.name), column]));
  const targets = fileColumns.map((column) => byName.get(foldName(column)));
  const shared = targets.flatMap((column) => column ?? []);
  const kept = targets.flatMap((column, index) => (column === undefined ? [] : [index]));
  const keyAt = rowid === 'key' ? shared.findIndex((column) => column.name === live.rowidColumn) : -1;
  const isKeyed = keyAt !== -1;
  const declared = shared.map((column, index) => {
    if (index === keyAt) return `${stageColumn(index)} INTEGER PRIMARY KEY`;
    // Only the collation of a key matters here: rows are matched by it.
    const collation = live.key.includes(column.name) ? ` COLLATE ${quoteName(column.keyCollation)}` : '';
    return `${stageColumn(index)} ${affinityOf(column, live.strict)}${collation}`;
  });
  const ord = isKeyed ? [] : ['ord INTEGER PRIMARY KEY'];
  db.exec(`CREATE TABLE ${name} (${[...ord, ...declared].join(', ')})`);
  const insert = db.prepare<SqlValue[]>(
    `INSERT INTO ${name} VALUES (${[...ord, ...shared].map(() => '?').join(', ')})`,
  );
  const toBinary = createBinaryWriter(fileColumns.length);
  let insertAll: ReturnType<typeof prepareInsertAll> | null = null;
  function prepareInsertAll() {
    const values = kept.map((index) => `value ->> '$[${index}]'`);
    const place = isKeyed ? [] : ['? + key'];
    return db.prepare<SqlValue[]>(
      `INSERT INTO ${name} SELECT ${[...place, ...values].join(', ')} FROM jsonb_each(?)`,
    );
  }
  // One statement for each column, however they combine in the rows.
  const toText = new Map<number, ReturnType<typeof prepareToText>>();
  function prepareToText(index: number) {
    const column = stageColumn(index);
    return db.prepare<[SqlValue]>(`UPDATE ${name} SET ${column} = CAST(${column} AS TEXT) WHERE rowid = ?`);
  }
  const indices = isKeyed ? [] : live.key.map((column) => shared.findIndex((one) => one.name === column));
  const keyAffinities = indices.flatMap((index) => {
    const column = shared[index];
    return column === undefined ? [] : [{ index, affinity: affinityOf(column, live.strict) }];
  });
  let keyConverted = false;
  /** Whether two rows have the same key, byte for byte. After a key was converted, this is no longer known. */
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
    keyColumn: isKeyed ? stageColumn(keyAt) : null,
    insert(place, row) {
      const values = kept.map((index) => row[index] ?? null);
      const id = isKeyed ? (values[keyAt] ?? null) : BigInt(place);
      // A key that is not an integer would get another rowid, or none.
      if (typeof id !== 'bigint') return false;
      keyConverted ||= keyAffinities.some(
        ({ index, affinity }) => conversionOf(values[index] ?? null, affinity) !== 'none',
      );
      const bound = values.map((value) => (isRawText(value) ? value.rawText : value));
      if (!runUnlessTaken(() => insert.run(...(isKeyed ? bound : [id, ...bound])))) return false;
      for (const [index, value] of values.entries()) {
        if (!isRawText(value)) continue;
        const statement = toText.get(index) ?? prepareToText(index);
        toText.set(index, statement);
        statement.run(id);
      }
      return true;
    },
    insertText(place, text, spans) {
      insertAll ??= prepareInsertAll();
      const statement = insertAll;
      return runUnlessTaken(() => statement.run(...(isKeyed ? [] : [BigInt(place)]), toBinary(text, spans)));
    },
    index(table, proven) {
      if (indices.length === 0 || indices.includes(-1)) return;
      try {
        db.exec(`CREATE UNIQUE INDEX ${name}_key ON ${name} (${indices.map(stageColumn).join(', ')})`);
      } catch (error) {
        const refused = sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT') === true;
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

/** False if a rowid was taken already. */
function runUnlessTaken(write: () => unknown): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT') === true) return false;
    throw error;
  }
}
