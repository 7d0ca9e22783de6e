import { describe, test } from 'vitest';
import { makeRoot } from '../support/place.ts';
import { type Story, tell } from '../support/story.ts';

/** Kinds of tables and values that a restore must bring back exactly, and its undo must take away again. */
const root = makeRoot();

const stories: Readonly<Record<string, Story>> = {
  'rows of a table with a composite key': {
    schema: 'CREATE TABLE edges (a TEXT, b INTEGER, w REAL, PRIMARY KEY (a, b));',
    before: "INSERT INTO edges VALUES ('x', 1, 0.5), ('x', 2, 1.5), ('y', 1, 2.5);",
    since:
      "UPDATE edges SET w = 9 WHERE b = 1; DELETE FROM edges WHERE b = 2; INSERT INTO edges VALUES ('z', 3, 1);",
  },
  'rows of a WITHOUT ROWID table': {
    schema: 'CREATE TABLE edges (a TEXT, b TEXT, w, PRIMARY KEY (b, a)) WITHOUT ROWID;',
    before: "INSERT INTO edges VALUES ('x', 'p', 1), ('y', 'p', x'00'), ('x', 'q', NULL);",
    since:
      "DELETE FROM edges WHERE a = 'x'; UPDATE edges SET w = 'now'; INSERT INTO edges VALUES ('n', 'n', 0);",
  },
  'rows whose NOCASE key changed its case': {
    schema: 'CREATE TABLE bots (name TEXT COLLATE NOCASE PRIMARY KEY, mood TEXT);',
    before: "INSERT INTO bots VALUES ('Ada', 'calm'), ('BO', 'odd');",
    since:
      "UPDATE bots SET name = 'ADA' WHERE name = 'ada'; DELETE FROM bots WHERE name = 'bo'; INSERT INTO bots VALUES ('bo', 'new');",
  },
  'rows whose NOCASE key in a WITHOUT ROWID table changed its case': {
    schema: 'CREATE TABLE bots (name TEXT COLLATE NOCASE PRIMARY KEY, mood TEXT) WITHOUT ROWID;',
    before: "INSERT INTO bots VALUES ('Ada', 'calm'), ('BO', 'odd');",
    since: "UPDATE bots SET name = upper(name), mood = mood || '!';",
  },
  'rows that their key tells apart though their columns do not': {
    schema: `CREATE TABLE bots (name TEXT COLLATE NOCASE, mood TEXT, PRIMARY KEY (name COLLATE BINARY));
      CREATE TABLE edges (a TEXT COLLATE NOCASE, b TEXT COLLATE NOCASE, w, PRIMARY KEY (a COLLATE BINARY, b COLLATE RTRIM)) WITHOUT ROWID;`,
    before: `INSERT INTO bots VALUES ('ada', 'calm'), ('ADA', 'loud'), ('Ada', 'odd');
      INSERT INTO edges VALUES ('x', 'y', 1), ('X', 'y', 2), ('x', 'Y ', 3), ('X', 'Y', 4);`,
    since: `UPDATE bots SET mood = 'new' WHERE name = 'ADA' COLLATE BINARY; DELETE FROM bots WHERE name = 'Ada' COLLATE BINARY;
      DELETE FROM edges WHERE w = 2; UPDATE edges SET w = 9 WHERE w = 3; INSERT INTO edges VALUES ('z', 'z', 5);`,
  },
  'rows that their columns tell apart though their key does not': {
    schema: `CREATE TABLE bots (name TEXT, mood TEXT, PRIMARY KEY (name COLLATE NOCASE));
      CREATE TABLE edges (a TEXT, w, PRIMARY KEY (a COLLATE NOCASE)) WITHOUT ROWID;`,
    before:
      "INSERT INTO bots VALUES ('Ada', 'calm'), ('BO', 'odd'); INSERT INTO edges VALUES ('X', 1), ('y', 2);",
    since: `UPDATE bots SET name = upper(name); DELETE FROM bots WHERE name = 'BO'; INSERT INTO bots VALUES ('bo', 'new');
      UPDATE edges SET a = lower(a); DELETE FROM edges WHERE w = 2;`,
  },
  'duplicates of a table without a key, as many as there were': {
    schema: 'CREATE TABLE activity (who TEXT, what);',
    before: "INSERT INTO activity VALUES ('a', 1), ('a', 1), ('a', 1), ('a', 1.0), ('b', NULL), ('b', NULL);",
    since: "DELETE FROM activity WHERE rowid IN (1, 6); INSERT INTO activity VALUES ('a', '1'), ('c', -0.0);",
  },
  'rows that have NULL in their key': {
    schema:
      'CREATE TABLE bots (id TEXT PRIMARY KEY, name TEXT); CREATE TABLE edges (a, b, w, PRIMARY KEY (a, b));',
    before: `INSERT INTO bots VALUES (NULL, 'one'), (NULL, 'two'), (NULL, 'two'), ('x', 'three');
      INSERT INTO edges VALUES (1, NULL, 'p'), (1, NULL, 'p'), (1, 2, 'q');`,
    since:
      "DELETE FROM bots WHERE name = 'two'; INSERT INTO bots VALUES (NULL, 'four'); DELETE FROM edges WHERE rowid = 1;",
  },
  'two rows that have exchanged a UNIQUE value, and a ring of three': {
    schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, rank INTEGER UNIQUE, seat TEXT UNIQUE);',
    before: "INSERT INTO bots VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c');",
    since: `UPDATE bots SET rank = -rank; UPDATE bots SET rank = CASE id WHEN 1 THEN 20 WHEN 2 THEN 10 ELSE 30 END;
      UPDATE bots SET seat = seat || '-'; UPDATE bots SET seat = CASE id WHEN 1 THEN 'b' WHEN 2 THEN 'c' ELSE 'a' END;`,
  },
  'a UNIQUE value that a newer row has taken': {
    schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT UNIQUE);',
    before: "INSERT INTO bots VALUES (1, 'ada');",
    since: "UPDATE bots SET name = 'old ada' WHERE id = 1; INSERT INTO bots VALUES (2, 'ada');",
  },
  'generated columns, computed anew': {
    schema: `CREATE TABLE scenes (id INTEGER PRIMARY KEY, a, up TEXT AS (upper(a)) STORED, n INTEGER AS (length(a)) VIRTUAL);
      CREATE INDEX scenes_n ON scenes (n); CREATE UNIQUE INDEX scenes_up ON scenes (up);`,
    before: "INSERT INTO scenes (id, a) VALUES (1, 'one'), (2, 'three');",
    since: "UPDATE scenes SET a = 'seven' WHERE id = 1; DELETE FROM scenes WHERE id = 2;",
  },
  'rows of STRICT tables': {
    schema: 'CREATE TABLE scenes (id INTEGER PRIMARY KEY, i INT, r REAL, t TEXT, b BLOB, v ANY) STRICT;',
    before:
      "INSERT INTO scenes VALUES (1, 1, 1.0, '1', x'31', '1'), (2, -1, -0.0, '', x'', 1), (3, NULL, 9e999, NULL, NULL, 1.0);",
    since:
      "UPDATE scenes SET v = x'01', r = 2; DELETE FROM scenes WHERE id = 3; INSERT INTO scenes (id) VALUES (9);",
  },
  'rows without a key whose columns hide the rowid, some of them twice': {
    tables: ['odd', 'other'],
    schema: `CREATE TABLE odd (rowid, oid TEXT COLLATE NOCASE, _rowid_ REAL); CREATE TABLE other (oid, "ROWID", _rowid_, n AS (oid + 1));`,
    before: `INSERT INTO odd VALUES (1, 'a', 0.0), (1, 'a', 0.0), (1, 'A', 0.0), (1, 'a', -1 * 0.0), (NULL, NULL, NULL), (x'00', 'b', 2), (1, 'a', 0.0);
      INSERT INTO other VALUES (1, 2, 3), (1, 2, 3), ('1', 2, 3);`,
    since: `UPDATE odd SET _rowid_ = 5 WHERE typeof(rowid) = 'blob'; DELETE FROM odd WHERE oid = 'A' COLLATE BINARY;
      INSERT INTO odd VALUES (1, 'a', 0.0), (1, 'a', 0.0), (NULL, NULL, NULL), (NULL, NULL, 1), (7, 'new', 1);
      DELETE FROM other; INSERT INTO other VALUES (1, 2, 3), (9, 9, 9), (9, 9, 9);`,
  },
  'views, partial and expression indexes, and what they rest on': {
    schema: `CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT, open INT);
      CREATE VIEW open_chats AS SELECT id, title FROM chats WHERE open;
      CREATE TRIGGER open_chats_in INSTEAD OF INSERT ON open_chats BEGIN INSERT INTO chats VALUES (new.id, new.title, 1); END;
      CREATE UNIQUE INDEX one_open ON chats (title) WHERE open = 1; CREATE INDEX by_lower ON chats (lower(title), id);`,
    before: "INSERT INTO chats VALUES ('a', 'T', 1), ('b', 'T', 0);",
    since:
      "UPDATE chats SET open = 0 WHERE id = 'a'; UPDATE chats SET open = 1 WHERE id = 'b'; INSERT INTO chats VALUES ('c', 'U', 1);",
  },
  'every storage class, to the last bit': {
    schema: 'CREATE TABLE memories (id INTEGER PRIMARY KEY, v, n NUMERIC, r REAL, t TEXT, i INTEGER);',
    before: `INSERT INTO memories (id, v) VALUES (1, 9223372036854775807), (2, -9223372036854775808), (3, 9007199254740993),
        (4, 9e999), (5, -9e999), (6, 5e-324), (7, 0.1 + 0.2), (8, 1.0), (9, '1'), (10, x''), (11, ''), (12, x'00ff'),
        (13, 'nul' || char(0) || 'in it'), (14, CAST(x'ff' AS TEXT)), (15, CAST(x'61c3' AS TEXT)), (16, char(0xfffd)),
        (17, 'b''\\x00'''), (18, char(0x1f989)), (19, 1e16), (20, 123456789012345678.0), (21, CAST(x'eda080' AS TEXT));
      INSERT INTO memories VALUES (30, NULL, 1.0, 1, 1, 1.0), (31, NULL, '1e3', '7', 7.5, '12'), (32, NULL, 'x', 'x', x'01', 'x');
      INSERT INTO memories (id, v) SELECT 40, -1 * 0.0;`,
    since: 'UPDATE memories SET v = NULL, r = NULL, t = NULL; DELETE FROM memories WHERE id % 2;',
  },
  'a minus zero that has become zero, with a key and without': {
    schema: 'CREATE TABLE memories (id INTEGER PRIMARY KEY, v); CREATE TABLE activity (v);',
    before: 'INSERT INTO memories SELECT 1, -1 * 0.0; INSERT INTO activity SELECT -1 * 0.0;',
    since: 'UPDATE memories SET v = 0.0; UPDATE activity SET v = 0.0;',
  },
  'AUTOINCREMENT rows, with ids that are never given twice': {
    schema: 'CREATE TABLE memories (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT);',
    before: "INSERT INTO memories (text) VALUES ('a'), ('b'), ('c');",
    since: "DELETE FROM memories WHERE id > 1; INSERT INTO memories (text) VALUES ('d'), ('e');",
  },
  'a UTF-16 database, with text that is no valid UTF-16': {
    first: "PRAGMA encoding = 'UTF-16be';",
    schema:
      'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE bots (name TEXT PRIMARY KEY, v);',
    before: `INSERT INTO memories VALUES (1, 'Zoë 🦉'), (2, CAST(x'd800' AS TEXT)), (3, ''), (4, char(0xfffd));
      INSERT INTO bots VALUES ('Ünïcode', 1), ('x' || char(0) || 'y', 2);`,
    since: "UPDATE memories SET text = 'gone'; DELETE FROM bots;",
  },
  'tables and columns whose names are hostile': {
    tables: ['we"ird', 'select', '__proto__', 'ünï', 'order by'],
    schema: `CREATE TABLE "we""ird" ("a""b" INTEGER PRIMARY KEY, "group" TEXT, [x y] TEXT);
      CREATE TABLE "select" ("rowid" TEXT, "from" TEXT); CREATE TABLE "__proto__" ("constructor" TEXT PRIMARY KEY, "__proto__" TEXT);
      CREATE TABLE "ünï" ("É" TEXT, "é" TEXT); CREATE TABLE "order by" ("oid" PRIMARY KEY, "_rowid_", "rowid");`,
    before: `INSERT INTO "we""ird" VALUES (1, 'g', 'x'); INSERT INTO "select" VALUES ('r', 'f'), ('r', 'f');
      INSERT INTO "__proto__" VALUES ('c', 'p'); INSERT INTO "ünï" VALUES ('1', '2'); INSERT INTO "order by" VALUES (1, 2, 3);`,
    since: `UPDATE "we""ird" SET "group" = 'h'; DELETE FROM "select" WHERE _rowid_ = 1; UPDATE "__proto__" SET "__proto__" = 'q';
      DELETE FROM "ünï"; UPDATE "order by" SET "rowid" = 4;`,
  },
};

describe.concurrent('a restore brings back, and its undo takes away again,', () => {
  test.each(Object.entries(stories))('%s', async (_, story) => {
    await tell(root(), story);
  });

  test.each(Object.entries(stories))(
    '%s, with a rollback journal and every row rewritten',
    async (_, story) => {
      const options = { ...story.options, rewrite: 'all' as const };
      await tell(root(), { ...story, journalMode: 'delete', options });
    },
  );
});
