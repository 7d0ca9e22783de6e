import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, exactly, quote } from './sql.ts';

/** Everything of a database that counts as its content, judged without any code of the product. */
export type State = {
  readonly schema: readonly string[];
  readonly userVersion: number;
  /** Rows by table, in an order of their own, each value with storage class and bytes. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
};

/**
 * Reads a database's content through a connection of its own. `withRowids` adds them to the rows of tables that have some;
 * of virtual tables only those that are named there are read.
 */
export function readState(file: string, withRowids: readonly string[] = []): State {
  // What a killed writer left half done has to be rolled back first, as the next host would.
  const db = new Database(file, { readonly: !existsSync(`${file}-journal`) });
  try {
    const names = db
      .prepare<[], { name: string; type: string }>(
        "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')",
      )
      .all()
      .filter(({ name, type }) =>
        type === 'table' ? !name.startsWith('sqlite_') : withRowids.includes(name),
      )
      .map(({ name }) => name);
    return {
      schema: db
        .prepare<[], string>(
          "SELECT type || '|' || name || '|' || tbl_name || '|' || ifnull(sql, 'null') FROM sqlite_schema",
        )
        .pluck()
        .all()
        .sort(),
      userVersion: Number(db.pragma('user_version', { simple: true })),
      tables: Object.fromEntries(names.map((name) => [name, readTable(db, name, withRowids.includes(name))])),
    };
  } finally {
    db.close();
  }
}

function readTable(db: Database.Database, name: string, withRowid: boolean): readonly string[] {
  const columns = db
    .prepare<[string], string>("SELECT name FROM pragma_table_xinfo(?, 'main') WHERE hidden <> 1")
    .pluck()
    .all(name);
  const values = [...(withRowid ? ['rowid'] : []), ...columns.map(quote)].flatMap(exactly);
  return db
    .prepare<[], unknown[]>(`SELECT ${values.join(', ')} FROM ${quote(name)}`)
    .raw()
    .safeIntegers()
    .all()
    .map((row) => row.map(describe).join(' '))
    .sort();
}

/** What SQLite's own checks find wrong, including search indexes that disagree with their contents; empty where all is well. */
export function findFaults(file: string): readonly string[] {
  const db = new Database(file);
  try {
    const faults = db
      .prepare<[], string>('PRAGMA integrity_check')
      .pluck()
      .all()
      .filter((line) => line !== 'ok');
    const indexes = db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'")
      .pluck()
      .all();
    db.exec('BEGIN');
    for (const index of indexes) {
      try {
        db.exec(`INSERT INTO ${quote(index)}(${quote(index)}, rank) VALUES ('integrity-check', 1)`);
      } catch (error) {
        faults.push(`${index}: ${String(error)}`);
      }
    }
    db.exec('ROLLBACK');
    return faults;
  } finally {
    db.close();
  }
}

/** The rows of a search index that match, by rowid. */
export function findMatches(file: string, index: string, words: string): readonly number[] {
  const db = new Database(file, { readonly: true });
  try {
    return db
      .prepare<[string], number>(
        `SELECT rowid FROM ${quote(index)} WHERE ${quote(index)} MATCH ? ORDER BY rowid`,
      )
      .pluck()
      .all(words);
  } finally {
    db.close();
  }
}
