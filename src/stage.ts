import { join } from 'node:path';
import { isCompileError, openPrivateDatabase, sqliteCode, type WriteDatabase } from './database.ts';
import { SnapbackError } from './errors.ts';
import type { SchemaDrift, TaskOptions } from './model.ts';
import type { PrivateFolder } from './private-folder.ts';
import type { Profile } from './profile.ts';
import { parseBytesRepr } from './python-text.ts';
import { createTableHasher, type SqlValue } from './row-hash.ts';
import type { Column, Schema, Table } from './schema.ts';
import type { SnapshotBytes } from './snapshot-bytes.ts';
import type { SnapshotAbout } from './snapshot-format.ts';
import { readSnapshot } from './snapshot-reader.ts';
import { foldName, quoteName } from './sql.ts';
import { readRows } from './table-rows.ts';

/** A snapshot's table, laid out in a private database with the live table's columns, affinities and collations. */
export type StagedTable = {
  readonly live: Table;
  /** Its name in the stage; `ord` is the place of a row in the file, `c0`… are `columns`. */
  readonly name: string;
  readonly role: 'log' | 'projected';
  /** Columns that snapshot and live table share, by their live names. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** Content over `columns`: what the live table must have after a restore. */
  readonly hash: string;
  /** An empty list in a file that can't tell "empty" from "not yet existing". */
  readonly emptyOrAbsent: boolean;
};

export type Stage = {
  readonly file: string;
  readonly tables: readonly StagedTable[];
  readonly drift: readonly SchemaDrift[];
  readonly guessedBlobs: readonly {
    readonly table: string;
    readonly column: string;
    readonly values: number;
  }[];
  readonly sha256: string;
  readonly about: SnapshotAbout | null;
  readonly lastEventId: bigint | null;
  readonly hasLog: boolean;
  /** The schema it was laid out for. Another schema needs another stage. */
  readonly schemaHash: string;
};

/** A live column as the stage declares it. */
export function stageColumn(index: number): string {
  return `c${index}`;
}

/**
 * Reads a whole snapshot into a private SQLite file, so that comparing and applying are SQL on both sides and memory
 * stays flat. Values get the affinity of the live column, as they would when stored there; in files of the host, a text
 * that is the repr of bytes counts as a BLOB in columns declared BLOB, and is counted as a guess.
 * @throws `snapshot-damaged`, `schema-needs-host` (a key needs a collation of the host), `cancelled`, `disk-full`
 */
export async function stageSnapshot(
  file: SnapshotBytes,
  schema: Schema,
  profile: Profile,
  place: { readonly folder: PrivateFolder; readonly nativeBinding: string | undefined },
  task: TaskOptions,
): Promise<Stage> {
  const path = join(place.folder.path, 'snapshot.db');
  const db = openPrivateDatabase(path, { nativeBinding: place.nativeBinding });
  try {
    db.pragma('journal_mode = OFF');
    db.pragma(`encoding = '${schema.encoding}'`);
    const known = new Map([
      [foldName(profile.log.table), 'log'] as const,
      ...profile.tables.map((name) => [foldName(name), 'projected'] as const),
    ]);
    const loaders: TableLoader[] = [];
    const drift: SchemaDrift[] = [];
    let about: SnapshotAbout | null = null;
    let lastEventId: bigint | null = null;
    let sha256 = '';
    let loader: TableLoader | null = null;
    db.exec('BEGIN');
    for await (const part of readSnapshot(file, new Set(known.keys()), task)) {
      if (part.type === 'start') about = part.about;
      else if (part.type === 'last-event-id') lastEventId = part.value;
      else if (part.type === 'unknown')
        drift.push({ kind: 'table-unknown', table: part.name, column: null, loses: part.elements });
      else if (part.type === 'end') sha256 = part.sha256;
      else if (part.type === 'table') {
        loader = createLoader(
          db,
          `t${loaders.length}`,
          part.name,
          schema.tables.get(foldName(part.name)) ?? null,
          about,
        );
        if (about?.absent.includes(part.name) !== true) loaders.push(loader);
      } else loader?.add(part.columns, part.rows);
    }
    db.exec('COMMIT');
    const tables = loaders.flatMap(
      (one) => one.finish(known.get(foldName(one.table)) ?? 'projected', schema) ?? [],
    );
    return {
      file: path,
      tables,
      drift: [...drift, ...loaders.flatMap((one) => one.drift())].filter(
        ({ kind, loses }) => kind !== 'table-unknown' || loses > 0,
      ),
      guessedBlobs: loaders.flatMap((one) => one.guesses()),
      sha256,
      about,
      lastEventId,
      hasLog: loaders.some((one) => foldName(one.table) === foldName(profile.log.table)),
      schemaHash: schema.hash,
    };
  } finally {
    db.close();
  }
}

type TableLoader = {
  readonly table: string;
  readonly add: (columns: readonly string[], rows: readonly (readonly SqlValue[])[]) => void;
  readonly finish: (role: StagedTable['role'], schema: Schema) => StagedTable | null;
  readonly drift: () => readonly SchemaDrift[];
  readonly guesses: () => Stage['guessedBlobs'];
};

function createLoader(
  db: WriteDatabase,
  name: string,
  table: string,
  live: Table | null,
  about: SnapshotAbout | null,
): TableLoader {
  const dumped = about?.tables.find((one) => one.name === table)?.columns;
  let columns: readonly string[] | null = dumped ?? null;
  let layout = columns === null || live === null ? null : createLayout(db, name, live, columns);
  let rows = 0;
  const lost = new Map<string, number>();
  const guessed = new Map<string, number>();
  const converted = new Map<string, number>();

  function add(found: readonly string[], batch: readonly (readonly SqlValue[])[]): void {
    columns ??= found;
    if (live !== null) layout ??= createLayout(db, name, live, columns);
    for (const row of batch) {
      if (layout !== null)
        layout.insert(
          rows,
          row.map((value, index) => normalise(value, index)),
        );
      rows += 1;
    }
  }

  function normalise(value: SqlValue, index: number): SqlValue {
    const column = layout?.targets[index];
    const name = columns?.[index] ?? '';
    if (column === undefined) {
      if (value !== null) count(lost, name);
      return value;
    }
    if (typeof value === 'string' && about === null && /blob/i.test(column.declaredType)) {
      const bytes = parseBytesRepr(value);
      if (bytes !== null) {
        count(guessed, name);
        return bytes;
      }
    }
    if (isConverted(value, affinityOf(column, live?.strict ?? false))) count(converted, name);
    return value;
  }

  return {
    table,
    add,
    finish(role, schema) {
      if (live === null) return null;
      layout ??= createLayout(
        db,
        name,
        live,
        live.columns.map((column) => column.name),
      );
      layout.index(table);
      const shared = layout.shared;
      const hasher = createTableHasher(shared);
      const source = {
        schemaName: 'main',
        table: name,
        columns: shared.map((_, index) => stageColumn(index)),
        order: 'ORDER BY ord',
      };
      for (const row of readRows(db, { ...source, encoding: schema.encoding })) hasher.add(row);
      return {
        live,
        name,
        role,
        columns: shared,
        rows,
        hash: hasher.finish().hash,
        emptyOrAbsent: about === null && rows === 0,
      };
    },
    drift() {
      if (live === null)
        return rows === 0 ? [] : [{ kind: 'table-missing-live', table, column: null, loses: rows }];
      const missing =
        rows === 0 ? [] : live.columns.filter((column) => layout?.shared.includes(column.name) === false);
      return [
        ...[...lost].map(
          ([column, loses]) => ({ kind: 'column-missing-live', table, column, loses }) as const,
        ),
        ...missing.map(
          ({ name: column }) => ({ kind: 'column-missing-in-snapshot', table, column, loses: 0 }) as const,
        ),
        ...[...converted].map(([column]) => ({ kind: 'value-converted', table, column, loses: 0 }) as const),
      ];
    },
    guesses: () => [...guessed].map(([column, values]) => ({ table, column, values })),
  };
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Creates the stage's table and knows how to fill it. `targets` has the live column for each column of the file. */
function createLayout(db: WriteDatabase, name: string, live: Table, fileColumns: readonly string[]) {
  const byName = new Map(live.columns.map((column) => [foldName(column.name), column]));
  const targets = fileColumns.map((column) => byName.get(foldName(column)));
  const shared = targets.flatMap((column) => column ?? []);
  const kept = targets.flatMap((column, index) => (column === undefined ? [] : [index]));
  const declared = shared.map((column, index) => {
    // Only a key's collation decides anything here: it is what rows are matched by.
    const collation = live.key.includes(column.name) ? ` COLLATE ${quoteName(column.collation)}` : '';
    return `${stageColumn(index)} ${affinityOf(column, live.strict)}${collation}`;
  });
  db.exec(`CREATE TABLE ${name} (${['ord INTEGER PRIMARY KEY', ...declared].join(', ')})`);
  const statements = new Map<string, ReturnType<typeof prepare>>();
  function prepare(raw: string) {
    const values = [...raw].map((flag) => (flag === '1' ? 'CAST(? AS TEXT)' : '?'));
    return db.prepare<SqlValue[]>(`INSERT INTO ${name} VALUES (${['?', ...values].join(', ')})`);
  }
  const indices = live.key.map((column) => shared.findIndex((one) => one.name === column));
  return {
    targets,
    shared: shared.map((column) => column.name),
    insert(ordinal: number, row: readonly SqlValue[]): void {
      const values = kept.map((index) => row[index] ?? null);
      const raw = values.map((value) => (isRawText(value) ? '1' : '0')).join('');
      const statement = statements.get(raw) ?? prepare(raw);
      statements.set(raw, statement);
      statement.run(BigInt(ordinal), ...values.map((value) => (isRawText(value) ? value.rawText : value)));
    },
    /** Indexes the key; two rows with one key are damage, since no table can have held both. */
    index(table: string): void {
      if (indices.length === 0 || indices.includes(-1)) return;
      try {
        db.exec(`CREATE UNIQUE INDEX ${name}_key ON ${name} (${indices.map(stageColumn).join(', ')})`);
      } catch (error) {
        const code = sqliteCode(error);
        if (code?.startsWith('SQLITE_CONSTRAINT') === true)
          throw new SnapbackError(
            'snapshot-damaged',
            `Two rows of “${table}” have the same key.`,
            { table, why: 'two rows have the same key' },
            error,
          );
        if (isCompileError(error))
          throw new SnapbackError(
            'schema-needs-host',
            `“${table}” needs something that only the chat application has.`,
            { table, reason: String(error) },
            error,
          );
        throw error;
      }
    },
  };
}

function isRawText(value: SqlValue): value is { readonly rawText: Uint8Array } {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

/** SQLite's rules for the affinity of a declared type; in STRICT tables ANY has none. */
function affinityOf(column: Column, strict: boolean): 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC' {
  const type = column.declaredType.toUpperCase();
  if (type.includes('INT')) return 'INTEGER';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'TEXT';
  if (type === '' || type.includes('BLOB') || (strict && type === 'ANY')) return 'BLOB';
  return /REAL|FLOA|DOUB/.test(type) ? 'REAL' : 'NUMERIC';
}

const NUMERIC_TEXT = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** Whether storing the value in a column of this affinity gives it another storage class than it had. */
function isConverted(value: SqlValue, affinity: ReturnType<typeof affinityOf>): boolean {
  if (affinity === 'BLOB') return false;
  if (typeof value === 'string') return affinity !== 'TEXT' && NUMERIC_TEXT.test(value);
  if (typeof value === 'bigint') return affinity === 'TEXT' || affinity === 'REAL';
  if (typeof value !== 'number') return false;
  return affinity === 'TEXT' || (affinity !== 'REAL' && Number.isInteger(value) && Math.abs(value) < 2 ** 63);
}
