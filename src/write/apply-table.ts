import { type Comparison, hasNoKey } from '../compare/compare-table.ts';
import { SnapbackError } from '../model/errors.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { nameList, quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { sameKey, sameValue } from '../sqlite/same-values.ts';
import { STAGE_SCHEMA, stageColumn } from '../stage/layout.ts';
import type { Yielder } from '../system/yielder.ts';

/** The statements that make a live table what its comparison says, in the order in which they run. Each is bound to `Lines`. */
type ApplyStatements = {
  readonly removeGone: string;
  readonly removeSurvivors: string;
  readonly putSurvivors: string;
  readonly putNew: string;
};

/** The lines of `put` or `gone` that a statement handles, both ends included. */
type Lines = { readonly first: number; readonly last: number };

const LINES_PER_STEP = 2000;

/** Without a rowid each row is looked up on its own, by its whole key or all its columns: a list of keys cannot be matched by collation and index. */
function linesAtOnce({ staged }: Comparison): number {
  return staged.live.rowid === null ? 1 : LINES_PER_STEP;
}

/**
 * Rows are only deleted and inserted, never updated, and all deletes come first. So two rows may exchange a UNIQUE value,
 * and foreign keys, which are off, may point anywhere in between. A surviving row keeps its rowid and its values in columns
 * that the snapshot lacks; a new one gets their defaults.
 */
function applyStatements({ staged, put, gone, identity, liveOnly }: Comparison): ApplyStatements {
  const { live, name, columns } = staged;
  const table = `main.${quoteName(live.name)}`;
  const lines = 'rowid BETWEEN @first AND @last';
  const found = (from: string) => {
    if (live.rowid !== null) return `${quoteName(live.rowid)} IN (SELECT i0 FROM ${from} AND ${lines})`;
    const parts = identity.map((column, index) => {
      const sought = `(SELECT i${index} FROM ${from} AND ${lines})`;
      return hasNoKey(live)
        ? sameValue(quoteName(column), sought)
        : sameKey(live, column, quoteName(column), sought);
    });
    if (!hasNoKey(live)) return parts.join(' AND ');
    // One line stands for one of several equal rows. Without a line nothing may be found, not even a row of NULLs.
    return `EXISTS (SELECT 1 FROM ${from} AND ${lines}) AND ${parts.join(' AND ')} LIMIT 1`;
  };
  const values = columns.map((_, index) => `s.${stageColumn(index)}`);
  const source = `FROM ${put} p CROSS JOIN ${STAGE_SCHEMA}.${name} s ON s.rowid = p.ord`;
  const keptRowid = live.rowid !== null && live.rowidColumn === null ? [live.rowid] : [];
  const keptColumns = [...keptRowid, ...columns, ...liveOnly];
  const keptValues = [
    ...keptRowid.map(() => 'p.i0'),
    ...values,
    ...liveOnly.map((_, index) => `p.x${index}`),
  ];
  return {
    removeGone: `DELETE FROM ${table} WHERE ${found(`${gone} WHERE true`)}`,
    removeSurvivors: `DELETE FROM ${table} WHERE ${found(`${put} WHERE survivor`)}`,
    putSurvivors: `INSERT INTO ${table} (${nameList(keptColumns)}) SELECT ${keptValues.join(', ')} ${source} WHERE p.survivor AND p.${lines}`,
    putNew: `INSERT INTO ${table} (${nameList(columns)}) SELECT ${values.join(', ')} ${source} WHERE NOT p.survivor AND p.${lines}`,
  };
}

/** Whether SQLite removes all rows of a table together, as it does where no trigger has to see each of them. */
function isEmptiedAtOnce(db: WriteDatabase, table: string): boolean {
  const explained = needingHost(table, () =>
    db.prepare<[], { readonly opcode: string }>(`EXPLAIN ${removeAll(table)}`),
  );
  return explained.all().some(({ opcode }) => opcode === 'Clear');
}

function removeAll(table: string): string {
  return `DELETE FROM main.${quoteName(table)}`;
}

/** @throws `verification-failed` where a step met other rows than were compared */
function requireRows(table: string, expected: number, got: number): void {
  if (got === expected) return;
  const message = 'The database did not do what the plan says; nothing was changed.';
  throw new SnapbackError('verification-failed', message, { table, expected, got });
}

/**
 * Applies one table's comparison inside the caller's transaction. A cancel arrives every few thousand rows.
 * @throws `schema-needs-host`, `row-refused` and other database errors, `cancelled`, and `verification-failed` where a
 * step met other rows than were compared; the caller rolls back
 */
export async function applyTable(
  db: WriteDatabase,
  comparison: Comparison,
  yielder: Yielder,
  onRows: (rows: number) => void,
): Promise<void> {
  const table = comparison.staged.live.name;
  const statements = applyStatements(comparison);
  const count = (sql: string) => Number(db.prepare<[], unknown>(sql).pluck().get());
  const goneLines = count(`SELECT count(*) FROM ${comparison.gone}`);
  const putLines = count(`SELECT count(*) FROM ${comparison.put}`);
  const survivors = count(`SELECT count(*) FROM ${comparison.put} WHERE survivor`);
  const run = async (sql: string, atOnce: number, lines: number, expected: number): Promise<void> => {
    // A statement that has nothing to do need not compile here.
    if (lines === 0) return;
    const statement = needingHost(table, () => db.prepare<[Lines]>(sql));
    let rows = 0;
    let reported = 0;
    for (let first = 1; first <= lines; first += atOnce) {
      const last = first + atOnce - 1;
      rows += statement.run({ first, last }).changes;
      if (last % LINES_PER_STEP !== 0 && last < lines) continue;
      onRows(rows - reported);
      reported = rows;
      await yielder.step();
    }
    requireRows(table, expected, rows);
  };
  const removed = goneLines + survivors;
  if (removed > 0 && removed === comparison.liveRows && isEmptiedAtOnce(db, table)) {
    requireRows(table, removed, db.prepare(removeAll(table)).run().changes);
    onRows(removed);
  } else {
    await run(statements.removeGone, linesAtOnce(comparison), goneLines, goneLines);
    await run(statements.removeSurvivors, linesAtOnce(comparison), putLines, survivors);
  }
  await run(statements.putSurvivors, LINES_PER_STEP, putLines, survivors);
  await run(statements.putNew, LINES_PER_STEP, putLines, putLines - survivors);
}
