import { joinBalanced } from '../sqlite/balanced.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { sameKey, sameValue } from '../sqlite/same-values.ts';
import type { Table } from '../sqlite/table.ts';
import { columnInStage, type StagedTable, tableInStage } from '../stage/staged-table.ts';
import { rowText } from './row-content.ts';
import { sameStored } from './same-stored.ts';

/**
 * What restoring one table means, held in two temporary tables of the connection. `put` has a line for each row of the
 * snapshot that is to be written: `ord`, its rowid in the stage; `survivor`, whether the live table has the row; `differs`;
 * the live row's identity (`i0`…), and its values in columns that the snapshot lacks (`x0`…). `gone` has the identities of
 * live rows that the snapshot lacks.
 */
export type Comparison = {
  readonly staged: StagedTable;
  readonly put: string;
  readonly gone: string;
  /**
   * The columns by which live rows are found again: the rowid where it can be reached, else the key, else all columns, which
   * tell apart all rows except equal ones. Empty where no row will be written.
   */
  readonly identity: readonly string[];
  /** Live columns that the snapshot does not have. */
  readonly liveOnly: readonly string[];
  /** Whether rows were matched by their key; else the n-th of equal rows here with the n-th of equal rows there. */
  readonly isKeyed: boolean;
  readonly liveRows: number;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
};

/** How many rows are written: those that differ, or all. It never changes the result. */
export type Rewrite = 'differing' | 'all';

/**
 * Compares one staged table with the live one: by primary key where both sides have it whole, else as a multiset of
 * rows. Values are equal if storage class and bytes are. Writes temporary tables only; the caller has a transaction or
 * a private copy.
 * @throws `schema-needs-host` where the comparison itself needs a function or collation of the host
 */
export function compareTable(
  db: AnyDatabase,
  staged: StagedTable,
  index: number,
  rewrite: Rewrite,
): Comparison {
  const { live } = staged;
  const identity = identityOf(live);
  const shared = new Set(staged.columns.map(foldName));
  const liveOnly = live.columns.map((column) => column.name).filter((name) => !shared.has(foldName(name)));
  const [put, gone] = [`snapback_put_${index}`, `snapback_gone_${index}`];
  const names: Names = { staged, put: `temp.${put}`, gone: `temp.${gone}`, identity, liveOnly, index };
  return needingHost(live.name, () => {
    db.exec(`DROP TABLE IF EXISTS ${names.put}; DROP TABLE IF EXISTS ${names.gone}`);
    const liveRows = countRows(db, `main.${quoteName(live.name)} ${live.scanHint}`);
    const isKeyed = hasWholeKey(db, staged);
    const { added, changed } = isKeyed
      ? compareByKey(db, names, { liveRows, rewrite })
      : compareAsMultiset(db, names, rewrite);
    const removed = countRows(db, names.gone);
    return {
      staged,
      put: names.put,
      gone: names.gone,
      identity,
      liveOnly,
      isKeyed,
      liveRows,
      added,
      removed,
      changed,
    };
  });
}

function countRows(db: AnyDatabase, source: string): number {
  return Number(db.prepare<[], unknown>(`SELECT count(*) FROM ${source}`).pluck().get());
}

type PutCounts = Pick<Comparison, 'added' | 'changed'>;

function countPut(db: AnyDatabase, put: string): PutCounts {
  const counted = db
    .prepare<[], PutCounts>(
      `SELECT count(*) FILTER (WHERE NOT survivor) AS added,
         count(*) FILTER (WHERE survivor AND differs) AS changed FROM ${put}`,
    )
    .get();
  return counted ?? { added: 0, changed: 0 };
}

function identityOf({ readOnly, rowid, key, columns }: Table): readonly string[] {
  if (readOnly !== null) return [];
  if (rowid !== null) return [rowid];
  return key.length > 0 ? key : columns.map(({ name }) => name);
}

/** Whether rows of the table are found by all their values, so that equal ones can't be told apart. */
export function hasNoKey({ readOnly, rowid, key }: Table): boolean {
  return readOnly === null && rowid === null && key.length === 0;
}

type Names = Pick<Comparison, 'staged' | 'put' | 'gone' | 'identity' | 'liveOnly'> & {
  readonly index: number;
};

/** Whether rows can be matched by primary key. In an ordinary table that may hold NULL, which matches nothing. */
function hasWholeKey(db: AnyDatabase, staged: StagedTable): boolean {
  const { live, columns } = staged;
  const places = live.key.map((column) => columns.indexOf(column));
  if (places.length === 0 || places.includes(-1)) return false;
  const anyNull = (columns: readonly string[]) => columns.map((column) => `${column} IS NULL`).join(' OR ');
  const nulls = db
    .prepare<[], number>(
      `SELECT EXISTS (SELECT 1 FROM main.${quoteName(live.name)} ${live.scanHint} WHERE ${anyNull(live.key.map(quoteName))})
         OR EXISTS (SELECT 1 FROM ${tableInStage(staged)} WHERE ${anyNull(places.map((place) => columnInStage(staged, place)))})`,
    )
    .pluck()
    .get();
  return nulls === 0;
}

function compareByKey(
  db: AnyDatabase,
  names: Names,
  { liveRows, rewrite }: { readonly liveRows: number; readonly rewrite: Rewrite },
): PutCounts {
  const { staged } = names;
  const { live, columns, rows } = staged;
  const there = tableInStage(staged);
  const match = live.key
    .map((column) =>
      sameKey(live, column, `l.${quoteName(column)}`, `s.${columnInStage(staged, columns.indexOf(column))}`),
    )
    .join(' AND ');
  const found = `l.${quoteName(live.key[0] ?? '')} IS NOT NULL`;
  // A rowid is an integer on both sides, so rows that match have the same.
  const matched = staged.rowid === 'key' ? live.rowidColumn : null;
  const equal = joinBalanced(
    columns.flatMap((column, index) =>
      column === matched
        ? []
        : sameStored(live, column, `l.${quoteName(column)}`, `s.${columnInStage(staged, index)}`),
    ),
    'AND',
    'true',
  );
  const differs = `NOT (${found} AND ${equal})`;
  const table = `main.${quoteName(live.name)} l`;
  // A lookup by rowid needs no index.
  const lookedUp = live.rowidColumn === null ? table : `${table} ${live.scanHint}`;
  const isAll = rewrite === 'all';
  db.exec(`
    CREATE TEMP TABLE ${bare(names.put)} AS
      SELECT s.rowid AS ord, ${found} AS survivor, ${isAll ? differs : 'true'} AS differs${liveParts(names, 'l.')}
      FROM ${there} s LEFT JOIN ${lookedUp} ON ${match}
      ${isAll ? '' : `WHERE ${differs}`} ORDER BY s.rowid`);
  const counts = countPut(db, names.put);
  // Each key has at most one row on either side. So the counts tell how many live rows have no partner. The newest rows
  // are looked at first, because mostly they are the ones. SQLite makes an index for a join, but none for NOT EXISTS, where
  // nobody declared the key.
  const newestFirst = live.rowid === null ? '' : `ORDER BY l.${quoteName(live.rowid)} DESC`;
  db.exec(`
    CREATE TEMP TABLE ${bare(names.gone)} AS
      SELECT ${identityParts(names, 'l.')} FROM ${table} ${live.scanHint} LEFT JOIN ${there} s ON ${match}
      WHERE s.rowid IS NULL
      ${newestFirst} LIMIT ${Math.max(0, liveRows - rows + counts.added)}`);
  return counts;
}

/** Pairs equal rows one by one: the n-th of equal ones here with the n-th of equal ones there. */
function compareAsMultiset(db: AnyDatabase, names: Names, rewrite: Rewrite): PutCounts {
  const { live, columns } = names.staged;
  const [here, there] = [`snapback_here_${names.index}`, `snapback_there_${names.index}`];
  const numbered = (values: readonly string[], order: string) =>
    `${rowText(values)} AS content, row_number() OVER (PARTITION BY ${rowText(values)} ${order}) AS nth`;
  const inOrder =
    live.rowid !== null || live.key.length > 0 ? `ORDER BY ${names.identity.map(quoteName).join(', ')}` : '';
  const identity = names.identity.map((_, index) => `h.i${index} AS i${index}`);
  const from = `main.${quoteName(live.name)} ${live.scanHint}`;
  // A column with the application's own collation is read before anything is numbered: SQLite would ask for the collation.
  const rowsHere =
    live.scanHint === ''
      ? `SELECT ${numbered(columns.map(quoteName), inOrder)}${liveParts(names, '')} FROM ${from}`
      : `WITH c AS MATERIALIZED (SELECT ${rowText(columns.map(quoteName))} AS content${liveParts(names, '')} FROM ${from})
         SELECT content, row_number() OVER (PARTITION BY content) AS nth${carriedParts(names, 'c.')} FROM c`;
  db.exec(`
    CREATE TEMP TABLE ${here} AS ${rowsHere};
    CREATE INDEX temp.${here}_content ON ${here} (content, nth);
    CREATE TEMP TABLE ${there} AS
      SELECT rowid AS ord, ${numbered(
        columns.map((_, index) => columnInStage(names.staged, index)),
        'ORDER BY rowid',
      )} FROM ${tableInStage(names.staged)};
    CREATE INDEX temp.${there}_content ON ${there} (content, nth);
    CREATE TEMP TABLE ${bare(names.put)} AS
      SELECT t.ord AS ord, h.content IS NOT NULL AS survivor, h.content IS NULL AS differs${carriedParts(names, 'h.')}
      FROM temp.${there} t LEFT JOIN temp.${here} h ON h.content = t.content AND h.nth = t.nth
      ${rewrite === 'all' ? '' : 'WHERE h.content IS NULL'} ORDER BY t.ord;
    CREATE TEMP TABLE ${bare(names.gone)} AS
      SELECT ${['h.nth AS nth', ...identity].join(', ')} FROM temp.${here} h
      WHERE NOT EXISTS (SELECT 1 FROM temp.${there} t WHERE t.content = h.content AND t.nth = h.nth);
    DROP TABLE temp.${here};
    DROP TABLE temp.${there}`);
  return countPut(db, names.put);
}

function bare(name: string): string {
  return name.replace(/^temp\./, '');
}

function identityParts(names: Names, prefix: string): string {
  return names.identity.map((column, index) => `${prefix}${quoteName(column)} AS i${index}`).join(', ');
}

function liveParts(names: Names, prefix: string): string {
  const columns = [
    ...names.identity.map((column, index) => `${prefix}${quoteName(column)} AS i${index}`),
    ...names.liveOnly.map((column, index) => `${prefix}${quoteName(column)} AS x${index}`),
  ];
  return columns.map((column) => `, ${column}`).join('');
}

function carriedParts(names: Names, prefix: string): string {
  const carried = [
    ...names.identity.map((_, index) => `i${index}`),
    ...names.liveOnly.map((_, index) => `x${index}`),
  ];
  return carried.map((column) => `, ${prefix}${column} AS ${column}`).join('');
}

/**
 * SQL: joins to each line of the table with this alias the live row (`l`) whose identity (`i0`…) the line has. `LEFT`: a line
 * without such a row stays.
 */
export function joinLive(
  { staged: { live }, identity }: Comparison,
  alias: string,
  join: 'CROSS' | 'LEFT' = 'CROSS',
): string {
  const same = hasNoKey(live)
    ? sameValue
    : (a: string, b: string, column: string) => sameKey(live, column, a, b);
  const on = identity.map((column, index) => same(`l.${quoteName(column)}`, `${alias}.i${index}`, column));
  const hint = live.rowid === null ? '' : live.scanHint;
  return `${join} JOIN main.${quoteName(live.name)} l ${hint} ON ${on.join(' AND ')}`;
}
