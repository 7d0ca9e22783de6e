import { joinLive } from '../compare/compare-table.ts';
import { rowText } from '../compare/row-content.ts';
import { sameStored } from '../compare/same-stored.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { joinBalanced } from '../sqlite/balanced.ts';
import { placeOfName, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { sameKey, sameValue } from '../sqlite/same-values.ts';
import { columnInStage, type StagedTable, tableInStage } from '../stage/staged-table.ts';
import type { ChosenTable } from './chosen-rows.ts';

/*
 * Which side is taken of each row that the snapshot and the database have otherwise. A row that only one side has otherwise
 * than the base is taken from that side; one that both have otherwise is a conflict. Without a base, everything counts as
 * written on both sides: what only one of them has is taken, and what both have is a conflict. A live row is never taken for
 * the base’s because of the columns that both have, if it holds something in a column that was added since.
 */

/** The base is attached under this name, beside the snapshot and the database. */
export const BASE_SCHEMA = 'snapback_base';

/** A comparison, with the side that is taken of each of its lines. */
export type MergedTable = ChosenTable & {
  /** The base’s rows of this table, with all columns that are compared; null: it tells nothing about them. */
  readonly base: StagedTable | null;
  /**
   * A temporary table with a line for each row that differs: `side` and `line`, as `put` or `gone` of the comparison have it;
   * `based`, whether the base has the row; `take`, the side that is taken, or NULL; `open`, whether it is a conflict.
   */
  readonly sides: string;
};

/** Finds the base’s rows of a table. An older base may lack a column: then it cannot tell whether a row has changed. */
export function findBaseTable(
  staged: StagedTable,
  tables: readonly StagedTable[] | undefined,
): StagedTable | null {
  const found = tables?.find(({ live }) => live.name === staged.live.name);
  const isWhole = staged.columns.every((column) => found?.columns.includes(column) === true);
  return found === undefined || !isWhole ? null : { ...found, schemaName: BASE_SCHEMA };
}

/** Takes the side of each row that only one side has changed. Writes temporary tables only. @throws `schema-needs-host`, database errors */
export function takeSides(
  { db }: HostDatabase,
  chosen: ChosenTable,
  { base, index }: { readonly base: StagedTable | null; readonly index: number },
): MergedTable {
  const name = `snapback_sides_${index}`;
  const table: MergedTable = { ...chosen, base, sides: `temp.${name}` };
  const { isKeyed, staged } = chosen.comparison;
  needingHost(staged.live.name, () =>
    db.exec(`DROP TABLE IF EXISTS temp.${name};
      CREATE TEMP TABLE ${name} (side TEXT, line INTEGER, based INTEGER, take TEXT, open INTEGER DEFAULT 0, PRIMARY KEY (side, line));
      ${isKeyed ? sidesByKey(table) : sidesByContent(table)}`),
  );
  return table;
}

/**
 * Whether a row that is taken from the snapshot has the key of a live row that stays. That is so only where rows are not
 * matched by the key that they have, because it is NULL in one of them: then both sides count as rows of their own.
 */
export function collides({ db }: HostDatabase, { comparison, sides }: MergedTable): boolean {
  const { staged, isKeyed, identity, gone } = comparison;
  const { live } = staged;
  const places = live.key.map((column) => placeOfName(staged.columns, column));
  if (isKeyed || places.length === 0 || places.includes(-1)) return false;
  const sameRow = live.key.map((column, index) =>
    sameKey(live, column, `l.${quoteName(column)}`, `s.${columnInStage(staged, places[index] ?? 0)}`),
  );
  const same = identity.map((column, index) => `g.i${index} = l.${quoteName(column)}`);
  const found = needingHost(live.name, () =>
    db
      .prepare<[], number>(
        `SELECT EXISTS (SELECT 1 FROM ${sides} x CROSS JOIN ${tableInStage(staged)} s ON s.rowid = x.line
           CROSS JOIN main.${quoteName(live.name)} l ON ${sameRow.join(' AND ')}
           WHERE x.side = 'put' AND x.take = 'theirs' AND NOT EXISTS (SELECT 1 FROM ${gone} g
             CROSS JOIN ${sides} y ON y.side = 'gone' AND y.line = g.rowid AND y.take = 'theirs' WHERE ${same.join(' AND ')}))`,
      )
      .pluck()
      .get(),
  );
  return found === 1;
}

/** Marks what has no side yet as a conflict. */
export function markConflicts({ db }: HostDatabase, { sides }: MergedTable): void {
  db.exec(`UPDATE ${sides} SET open = take IS NULL`);
}

/** SQL: the rows `p` of the snapshot that differ, each with the snapshot’s (`s`), the live (`l`) and the base’s row (`b`). */
export function fromPut(table: MergedTable): string {
  const { comparison } = table;
  const { staged, put } = comparison;
  return `${put} p CROSS JOIN ${tableInStage(staged)} s ON s.rowid = p.ord ${joinLive(comparison, 'p', 'LEFT')}
    ${joinBase(table, (column) => `s.${columnInStage(staged, staged.columns.indexOf(column))}`)}`;
}

/** SQL: the live rows `g` that the snapshot lacks, each with the live (`l`) and the base’s row (`b`). */
export function fromGone(table: MergedTable): string {
  const { comparison } = table;
  return `${comparison.gone} g ${joinLive(comparison, 'g')}
    ${joinBase(table, (column) => `l.${quoteName(column)}`)}`;
}

/** SQL: the base’s row with the key. */
function joinBase({ base, comparison }: MergedTable, key: (column: string) => string): string {
  if (base === null) return '';
  const { live } = comparison.staged;
  const same = live.key.map((column) =>
    sameKey(live, column, key(column), `b.${columnInStage(base, base.columns.indexOf(column))}`),
  );
  return `LEFT JOIN ${tableInStage(base)} b ON ${same.join(' AND ')}`;
}

function sidesByKey(table: MergedTable): string {
  const { base, comparison, sides } = table;
  const { live, columns } = comparison.staged;
  const inBase = (column: string) =>
    base === null ? 'NULL' : `b.${columnInStage(base, placeOfName(base.columns, column))}`;
  const all = (which: readonly string[], same: (column: string, index: number) => string) =>
    base === null ? 'false' : joinBalanced(which.map(same), 'AND', 'true');
  const based = base === null ? 'false' : 'b.rowid IS NOT NULL';
  const inStage = (index: number) => `s.${columnInStage(comparison.staged, index)}`;
  const asTheirs = all(columns, (column, index) => sameValue(inBase(column), inStage(index)));
  const asMine = (column: string) => sameStored(live, column, `l.${quoteName(column)}`, inBase(column));
  const added = live.columns.filter(({ name }) => base !== null && !base.columns.includes(name));
  const holdsMore = holdsAny(added.map(({ name }) => `l.${quoteName(name)}`));
  return `
    INSERT INTO ${sides} (side, line, based, take) SELECT 'put', p.ord, ${based},
      CASE WHEN NOT p.survivor THEN CASE WHEN NOT ${based} THEN 'theirs' WHEN ${asTheirs} THEN 'mine' END
        WHEN ${based} THEN CASE WHEN ${all(columns, asMine)} THEN 'theirs' WHEN ${asTheirs} THEN 'mine' END END
      FROM ${fromPut(table)};
    INSERT INTO ${sides} (side, line, based, take) SELECT 'gone', g.rowid, ${based},
      CASE WHEN NOT ${based} THEN 'mine' WHEN ${all(base?.columns ?? [], asMine)} AND NOT ${holdsMore} THEN 'theirs' END
      FROM ${fromGone(table)}`;
}

function holdsAny(values: readonly string[]): string {
  const some = values.map((value) => `${value} IS NOT NULL`);
  return `(${joinBalanced(some, 'OR', 'false')})`;
}

/**
 * Rows without a key cannot be changed, only added and removed. So each side’s additions and removals since the base are
 * counted among equal rows, and there is no conflict.
 */
function sidesByContent({ base, comparison, sides }: MergedTable): string {
  const { staged, identity, liveOnly, put, gone } = comparison;
  const { columns } = staged;
  const counts = `${sides}_counts`;
  const inStage = (alias: string) =>
    rowText(columns.map((_, index) => `${alias}.${columnInStage(staged, index)}`));
  const inBase =
    base === null
      ? ''
      : `UNION ALL SELECT ${rowText(columns.map((column) => `b.${columnInStage(base, placeOfName(base.columns, column))}`))}, 0, 1
          FROM ${tableInStage(base)} b`;
  const isInLine = columns.every((column) => identity.includes(column));
  const live = (column: string) => (isInLine ? `g.i${identity.indexOf(column)}` : `l.${quoteName(column)}`);
  const take = (side: 'put' | 'gone', lines: string, excess: string) => `
    INSERT INTO ${sides} (side, line, based, take)
      SELECT '${side}', line, coalesce(c.base, 0) > 0, iif(nth <= ${excess} AND NOT more, 'theirs', 'mine')
      FROM (SELECT line, content, more, row_number() OVER (PARTITION BY content ORDER BY more, line) AS nth FROM (${lines})) x
        LEFT JOIN ${counts} c ON c.content = x.content`;
  return `
    DROP TABLE IF EXISTS ${counts};
    CREATE TEMP TABLE ${counts.replace(/^temp\./, '')} AS
      SELECT content, sum(then_) AS there, sum(base_) AS base FROM (
        SELECT ${inStage('s')} AS content, 1 AS then_, 0 AS base_ FROM ${tableInStage(staged)} s ${inBase}) GROUP BY content;
    CREATE INDEX ${counts}_content ON ${counts.replace(/^temp\./, '')} (content);
    ${take(
      'put',
      `SELECT p.ord AS line, ${inStage('s')} AS content, false AS more FROM ${put} p CROSS JOIN ${tableInStage(staged)} s ON s.rowid = p.ord`,
      'coalesce(c.there, 0) - coalesce(c.base, 0)',
    )};
    ${take(
      'gone',
      `SELECT g.rowid AS line, ${rowText(columns.map(live))} AS content, ${holdsAny(liveOnly.map(live))} AS more FROM ${gone} g ${isInLine ? '' : joinLive(comparison, 'g')}`,
      'coalesce(c.base, 0) - coalesce(c.there, 0)',
    )}`;
}
