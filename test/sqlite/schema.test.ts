import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { WriteDatabase } from '../../src/sqlite/database.ts';
import { foldName } from '../../src/sqlite/names.ts';
import { readSchema, readSchemaOf } from '../../src/sqlite/schema.ts';

test.each([
  ['a table', 'Log'],
  ['its name in other letters', 'LOG'],
  ['a STRICT table without rowids', 'strict'],
  ['a view', 'seen'],
  ['a search index', 'words'],
  ['a part of one', 'words_data'],
  ['the table that an index reads', 'words_content'],
  ["SQLite's own", 'sqlite_sequence'],
  ['nothing', 'absent'],
])('one table is read as it is among all: %s', (_, name) => {
  const db: WriteDatabase = Object.assign(new Database(':memory:'), { access: 'write' } as const);
  try {
    db.exec(`
      CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, ts, payload TEXT, size INT AS (length(payload)));
      CREATE TABLE strict (a TEXT COLLATE NOCASE, b INT, PRIMARY KEY (b, a)) STRICT, WITHOUT ROWID;
      CREATE VIEW seen AS SELECT id FROM log;
      CREATE TABLE words_content (id INTEGER PRIMARY KEY, word);
      CREATE VIRTUAL TABLE words USING fts5(word, content=words_content);
      CREATE TEMP TABLE absent (x);`);
    const [all, one] = [readSchema(db), readSchemaOf(db, name)];
    expect(one.tables.get(foldName(name))).toEqual(all.tables.get(foldName(name)));
    expect(one.encoding).toBe(all.encoding);
  } finally {
    db.close();
  }
});
