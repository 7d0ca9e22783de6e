import fc from 'fast-check';
import { quote } from './sql.ts';

type ColumnSpec = { readonly name: string; readonly type: string };

export type TableSpec = {
  readonly name: string;
  readonly kind: (typeof KINDS)[number] | 'log';
  readonly columns: readonly ColumnSpec[];
  readonly key: readonly string[];
  readonly withoutRowid: boolean;
  readonly generated: 'none' | 'VIRTUAL' | 'STORED';
  readonly unique: boolean;
  readonly parent: { readonly table: string; readonly column: string; readonly action: string } | null;
};

/** What hangs on a table besides its rows. `table` counts from 0. */
export type Tie = { readonly type: 'index' | 'audit' | 'bystander' | 'search'; readonly table: number };

const KINDS = [
  'keyless',
  'integer',
  'autoincrement',
  'any-key',
  'composite',
  'without-rowid',
  'without-rowid-pair',
  'nocase',
  'strict',
  'strict-without-rowid',
] as const;

const TYPES = ['', 'INTEGER', 'TEXT', 'REAL', 'BLOB', 'NUMERIC', 'VARCHAR(9)', 'DATETIME'];
const STRICT_TYPES = ['ANY', 'INTEGER', 'TEXT', 'REAL', 'BLOB', 'ANY', 'TEXT', 'INT'];
const ODD_NAMES = [
  'select',
  'B b',
  'q"u\'o',
  '__proto__',
  'constructor',
  'naïve',
  '日本',
  '`t',
  '[br]',
  'a;--',
  'ord',
];
const NAMES = [...ODD_NAMES, 'content', 'i0', 'c0', 'x0', 'survivor', 'oid', 'rank', 'l', 's', 'p', 'value'];
/** Names that SQLite calls the same: ASCII letters only are folded. */
const fold = (name: string) => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const tableNames = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom(...ODD_NAMES, 'bots', 'Main', 'temp', 't0', 'sqlitemaster'),
    fc.string({ minLength: 1, maxLength: 8 }),
  ),
  { minLength: 1, maxLength: 4, selector: fold },
);
const columnNames = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 2, maxLength: 4, selector: fold });

type Draft = {
  readonly kind: (typeof KINDS)[number];
  readonly columns: readonly string[];
  readonly types: readonly number[];
  readonly generated: TableSpec['generated'];
  readonly unique: boolean;
  readonly parent: number | null;
  readonly action: string;
};

const drafts: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom(...KINDS),
  columns: columnNames,
  types: fc.array(fc.nat({ max: TYPES.length - 1 }), { minLength: 4, maxLength: 4 }),
  generated: fc.constantFrom('none' as const, 'VIRTUAL' as const, 'STORED' as const),
  unique: fc.boolean(),
  parent: fc.option(fc.nat({ max: 9 })),
  action: fc.constantFrom('CASCADE', 'SET NULL', 'NO ACTION'),
});

/** The log, then one to four projected tables. */
export const tableSpecs: fc.Arbitrary<readonly TableSpec[]> = tableNames
  .filter((names) => names.every((name) => isPlainEnough(name)))
  .chain((names) =>
    fc
      .tuple(fc.boolean(), fc.array(drafts, { minLength: names.length, maxLength: names.length }))
      .map(([strictLog, list]) => {
        const plain = [logSpec(strictLog), ...list.map((draft, index) => specOf(names[index] ?? '', draft))];
        return plain.map((spec, index) => withParent(spec, list[index - 1] ?? null, plain));
      }),
  );

function isPlainEnough(name: string): boolean {
  return (
    !/^sqlite_/i.test(name) &&
    !/\p{Cc}/u.test(name) &&
    fold(name) !== 'event_log' &&
    !/^(audit|by |find )/i.test(name)
  );
}

function logSpec(strict: boolean): TableSpec {
  const names = ['id', 'branch_id', 'ts', 'kind', 'payload_json', 'superseded_by', 'hidden'];
  const types = strict
    ? ['INTEGER', 'ANY', 'ANY', 'TEXT', 'TEXT', 'INTEGER', 'INTEGER']
    : ['INTEGER', '', 'TEXT', 'TEXT', 'TEXT', '', 'INTEGER'];
  const columns = names.map((name, index) => ({ name, type: types[index] ?? '' }));
  return {
    name: 'event_log',
    kind: 'log',
    columns,
    key: ['id'],
    withoutRowid: false,
    generated: 'none',
    unique: false,
    parent: null,
  };
}

function specOf(name: string, draft: Draft): TableSpec {
  const strict = draft.kind.startsWith('strict');
  const rowidKey = ['integer', 'autoincrement', 'strict'].includes(draft.kind);
  const pair = draft.kind === 'composite' || draft.kind === 'without-rowid-pair';
  const columns = draft.columns.map((column, index) => {
    const type = (strict ? STRICT_TYPES : TYPES)[draft.types[index] ?? 0] ?? '';
    return {
      name: column,
      type: index > 0 ? type : rowidKey ? 'INTEGER' : draft.kind === 'nocase' ? 'TEXT' : type,
    };
  });
  const key = draft.kind === 'keyless' ? [] : draft.columns.slice(0, pair ? 2 : 1);
  const withoutRowid = draft.kind.includes('without-rowid');
  return {
    name,
    kind: draft.kind,
    columns,
    key,
    withoutRowid,
    generated: draft.generated,
    unique: draft.unique,
    parent: null,
  };
}

function withParent(spec: TableSpec, draft: Draft | null, all: readonly TableSpec[]): TableSpec {
  const parent = draft?.parent == null ? undefined : all[draft.parent % all.length];
  const [column] = parent?.key ?? [];
  if (draft === null || parent === undefined || column === undefined || parent.key.length !== 1) return spec;
  return { ...spec, parent: { table: parent.name, column, action: draft.action } };
}

/** Indexes, triggers that write elsewhere, tables that no snapshot knows, search indexes. */
export function ties(tables: readonly TableSpec[]): fc.Arbitrary<readonly Tie[]> {
  const table = fc.nat({ max: tables.length - 1 });
  const type = fc.constantFrom('index' as const, 'audit' as const, 'bystander' as const, 'search' as const);
  return fc
    .uniqueArray(fc.record({ type, table }), { maxLength: 4, selector: (tie) => `${tie.type} ${tie.table}` })
    .map((list) => list.filter((tie) => tie.type !== 'search' || isSearchable(tables[tie.table])));
}

/** FTS5 reserves some names of columns, and needs an integer to find a row by. */
function isSearchable(spec: TableSpec | undefined): boolean {
  return (
    spec !== undefined &&
    !spec.withoutRowid &&
    /^[a-z]/.test(spec.name) &&
    !spec.columns.some(({ name }) => /rank|oid|l$/.test(name))
  );
}

export function tableDdl(spec: TableSpec): string {
  const [first] = spec.columns;
  const parts = spec.columns.map(({ name, type }) => {
    if (name !== first?.name || spec.key.length !== 1) return `${quote(name)} ${type}`;
    if (spec.kind === 'autoincrement') return `${quote(name)} INTEGER PRIMARY KEY AUTOINCREMENT`;
    return `${quote(name)} ${type} ${spec.kind === 'nocase' ? 'COLLATE NOCASE ' : ''}PRIMARY KEY`;
  });
  const last = spec.columns.at(-1)?.name ?? '';
  if (spec.generated !== 'none') parts.push(`"made up" TEXT AS (typeof(${quote(last)})) ${spec.generated}`);
  if (spec.key.length > 1) parts.push(`PRIMARY KEY (${spec.key.map(quote).join(', ')})`);
  if (spec.unique) parts.push(`UNIQUE (${quote(last)})`);
  const { parent } = spec;
  if (parent !== null)
    parts.push(
      `FOREIGN KEY (${quote(last)}) REFERENCES ${quote(parent.table)} (${quote(parent.column)}) ON DELETE ${parent.action}`,
    );
  const strict = spec.kind.startsWith('strict') || spec.columns.some(({ type }) => type === 'ANY');
  const options = [...(strict ? ['STRICT'] : []), ...(spec.withoutRowid ? ['WITHOUT ROWID'] : [])];
  return `CREATE TABLE ${quote(spec.name)} (${parts.join(', ')}) ${options.join(', ')}`;
}

export function tieDdl({ type, table }: Tie, tables: readonly TableSpec[]): string {
  const spec = tables[table];
  if (spec === undefined) return '';
  const name = quote(spec.name);
  const last = quote(spec.columns.at(-1)?.name ?? '');
  if (type === 'index')
    return `CREATE INDEX ${quote(`by ${table}`)} ON ${name} (length(${last})) WHERE ${last} IS NOT NULL`;
  if (type === 'audit')
    return `CREATE TABLE IF NOT EXISTS audit (what, n);
      CREATE TRIGGER ${quote(`audit ${table} i`)} AFTER INSERT ON ${name} BEGIN INSERT INTO audit VALUES ('i', ${table}); END;
      CREATE TRIGGER ${quote(`audit ${table} d`)} BEFORE DELETE ON ${name} BEGIN INSERT INTO audit VALUES ('d', old.${last}); END`;
  if (type === 'bystander') {
    if (spec.key.length !== 1) return '';
    const key = quote(spec.key[0] ?? '');
    return `CREATE TABLE ${quote(`by ${table} stander`)} (ref REFERENCES ${name} (${key}) ON DELETE CASCADE);
      CREATE TRIGGER ${quote(`by ${table} filled`)} AFTER UPDATE ON ${name} BEGIN INSERT INTO ${quote(`by ${table} stander`)} VALUES (new.${key}); END`;
  }
  const rowid =
    spec.kind === 'keyless' || !['integer', 'autoincrement', 'strict', 'log'].includes(spec.kind)
      ? 'rowid'
      : (spec.key[0] ?? '');
  const index = `"find ${table}"`;
  const put = (row: 'new' | 'old') => `${row}.${quote(rowid)}, ${row}.${last}`;
  const remove = `INSERT INTO ${index} (${index}, rowid, ${last}) VALUES ('delete', ${put('old')});`;
  const add = `INSERT INTO ${index} (rowid, ${last}) VALUES (${put('new')});`;
  return `CREATE VIRTUAL TABLE ${index} USING fts5(${last}, content=${quote(spec.name)}, content_rowid=${quote(rowid)});
    CREATE TRIGGER "find ${table} i" AFTER INSERT ON ${name} BEGIN ${add} END;
    CREATE TRIGGER "find ${table} d" AFTER DELETE ON ${name} BEGIN ${remove} END;
    CREATE TRIGGER "find ${table} u" AFTER UPDATE ON ${name} BEGIN ${remove} ${add} END`;
}
