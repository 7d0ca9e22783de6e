import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { SchemaObject } from '../../src/sqlite/schema.ts';
import { describeVirtualTable } from '../../src/sqlite/virtual-table.ts';
import { describeTrigger } from '../../src/write/parse-schema.ts';

/** The parts of a definition that SQLite itself records. */
function define(sql: string, type: 'table' | 'trigger'): SchemaObject {
  const db = new Database(':memory:');
  try {
    db.exec('CREATE TABLE t (a, b); CREATE TABLE "odd ""name" (a); CREATE VIRTUAL TABLE f USING fts5(a);');
    db.exec(sql);
    const last = db
      .prepare<[string], SchemaObject>(
        'SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema WHERE type = ? AND rootpage = 0 ORDER BY rowid DESC',
      )
      .get(type);
    if (last === undefined) throw new Error('Nothing was defined.');
    return last;
  } finally {
    db.close();
  }
}

describe('a virtual table', () => {
  test.each([
    ['CREATE VIRTUAL TABLE x USING fts5(a, b)', 'fts5', 'own', null],
    ["CREATE VIRTUAL TABLE x USING FTS5(a, content='t', content_rowid='id')", 'fts5', 'external', 't'],
    ['CREATE VIRTUAL TABLE x USING fts5(a, content = "odd ""name")', 'fts5', 'external', 'odd "name'],
    ["CREATE VIRTUAL TABLE x USING fts5(a, content='')", 'fts5', 'none', null],
    [
      "CREATE VIRTUAL TABLE IF NOT EXISTS main.x USING fts5(a, content = t) -- content='no'",
      'fts5',
      'external',
      't',
    ],
    ['CREATE VIRTUAL TABLE "USING" /* USING x */ USING fts5(content)', 'fts5', 'own', null],
    ['CREATE VIRTUAL TABLE x USING rtree(id, a, b)', 'rtree', 'own', null],
  ])('is parsed for its module and for where its contents are: %s', (sql, module, contents, contentTable) => {
    const found = describeVirtualTable(define(sql, 'table'));
    expect(found).toMatchObject({ module, contents, contentTable });
  });
});

describe('a trigger', () => {
  test.each([
    ['AFTER INSERT ON t BEGIN INSERT INTO f VALUES (new.a); END', 'INSERT', ['f']],
    ['AFTER DELETE ON t BEGIN DELETE FROM f WHERE rowid = 1; UPDATE t SET a = 1; END', 'DELETE', ['f', 't']],
    ['UPDATE OF a ON t BEGIN INSERT OR REPLACE INTO f VALUES (1); END', 'UPDATE', ['f']],
    [
      'BEFORE INSERT ON t WHEN new.a > 1 BEGIN REPLACE INTO "odd ""name" VALUES (1); END',
      'INSERT',
      ['odd "name'],
    ],
    ["DELETE ON t BEGIN UPDATE OR IGNORE t SET a = 'x; DELETE FROM t'; END", 'DELETE', ['t']],
    ['INSERT ON t BEGIN INSERT INTO f SELECT CASE WHEN 1 THEN 2 END; END', 'INSERT', ['f']],
    ['INSERT ON t /* BEGIN */ BEGIN /* ; */ INSERT INTO [t] VALUES (1, 2); -- ; \n END', 'INSERT', ['t']],
  ])('is parsed for when it runs and what it writes to: %s', (sql, event, writes) => {
    const found = describeTrigger(define(`CREATE TRIGGER x ${sql}`, 'trigger'));
    expect([found.event, found.statements.map(({ target }) => target)]).toEqual([event, writes]);
  });

  test('that does more than plain writes may write anything', () => {
    const sql = "CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM f; SELECT raise(ABORT, 'no'); END";
    const { statements } = describeTrigger(define(sql, 'trigger'));
    expect(statements).toEqual([
      { sql: 'DELETE FROM f', target: 'f', effect: 'takes', query: null, columns: [] },
      { sql: "SELECT raise(ABORT, 'no')", target: null, effect: 'puts', query: null, columns: [] },
    ]);
  });

  test.each([
    ['INSERT INTO f(a) VALUES (new.a)', 'puts', null],
    ['INSERT INTO f(a) SELECT new.a WHERE new.a > 1', 'puts', 'SELECT new.a WHERE new.a > 1'],
    ['INSERT INTO f(a) VALUES ((SELECT max(a) FROM t))', 'puts', null],
    ["INSERT INTO f(F, rowid, a) VALUES ('delete', 1, 2)", 'takes', null],
    ["INSERT INTO f(f, rowid, a) SELECT 'delete', 1, 2", 'takes', "SELECT 'delete', 1, 2"],
    ['DELETE FROM f WHERE rowid = (SELECT 1)', 'takes', null],
    ['UPDATE f SET a = new.a', 'changes', null],
  ])('is parsed for whether it adds or removes something: %s', (statement, effect, query) => {
    const sql = `CREATE TRIGGER x AFTER INSERT ON t BEGIN ${statement}; END`;
    expect(describeTrigger(define(sql, 'trigger')).statements).toMatchObject([
      { target: 'f', effect, query },
    ]);
  });

  test.each([
    ['', null],
    ['WHEN new.a > 1', 'new.a > 1'],
    ['FOR EACH ROW WHEN CASE WHEN new.a THEN 1 END', 'CASE WHEN new.a THEN 1 END'],
  ])('is parsed for which rows it skips: %s', (when, condition) => {
    const sql = `CREATE TRIGGER x AFTER INSERT ON t ${when} BEGIN DELETE FROM f; END`;
    expect(describeTrigger(define(sql, 'trigger')).condition).toBe(condition);
  });

  test('is not parsed if BEGIN may be the name of a column', () => {
    const sql = 'CREATE TRIGGER x UPDATE OF begin ON odd BEGIN DELETE FROM f; END';
    const { head, statements } = describeTrigger(define(`CREATE TABLE odd (begin); ${sql}`, 'trigger'));
    expect([head, statements.every(({ target }) => target === null)]).toEqual([null, true]);
  });

  test('keeps the words that tell when it runs', () => {
    const sql =
      'CREATE TRIGGER IF NOT EXISTS main."a b" AFTER INSERT ON t WHEN new.a > 1 BEGIN DELETE FROM f; END';
    expect(describeTrigger(define(sql, 'trigger')).head).toBe(' AFTER INSERT ON t WHEN new.a > 1 BEGIN');
  });

  test.each(['"delete"', '[on]', '`begin`', "'insert'", '"after delete on x"'])(
    'may be named like a keyword: %s',
    (name) => {
      const sql = `CREATE TRIGGER ${name} AFTER UPDATE ON t BEGIN DELETE FROM f; END`;
      expect(describeTrigger(define(sql, 'trigger'))).toMatchObject({
        event: 'UPDATE',
        statements: [{ target: 'f' }],
      });
    },
  );

  test('is parsed for every table that it could reach', () => {
    const sql =
      'CREATE TRIGGER x INSERT ON t BEGIN INSERT INTO f SELECT a FROM "odd ""name" WHERE EXISTS (SELECT 1 FROM T); END';
    const { names } = describeTrigger(define(sql, 'trigger'));
    for (const name of ['t', 'f', 'odd "name']) expect(names).toContain(name);
  });
});
