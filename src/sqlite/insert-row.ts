import type { WriteDatabase } from './database.ts';
import { nameList, quoteName } from './names.ts';
import { isRawText, type SqlValue } from './row-hash.ts';

/**
 * Makes a function that adds rows to a table of `main`, as exactly as `readRows` reads them: text that is not valid in the
 * database's encoding is bound as its bytes. @throws what SQLite throws, when a row is added
 */
export function createRowInsert(
  db: WriteDatabase,
  table: string,
  columns: readonly string[],
): (row: readonly SqlValue[]) => void {
  const prepare = (values: string) =>
    db.prepare<SqlValue[]>(`INSERT INTO main.${quoteName(table)} (${nameList(columns)}) VALUES (${values})`);
  // One statement for each choice of values that are such texts.
  const statements = new Map<string, ReturnType<typeof prepare>>();
  return (row) => {
    const values = row.map((value) => (isRawText(value) ? 'CAST(? AS TEXT)' : '?')).join(', ');
    const statement = statements.get(values) ?? prepare(values);
    statements.set(values, statement);
    statement.run(...row.map((value) => (isRawText(value) ? value.rawText : value)));
  };
}
