import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { describePlan } from '../../src/cli/restore-report.ts';
import {
  applyRestore,
  applyUndo,
  diffSnapshot,
  openDataFolder,
  planRestore,
  type SnapbackError,
  takeSnapshot,
} from '../../src/index.ts';
import { addEvents, codeOf, errorOf, makePlace, makeRoot, open, type Place, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { defaultRules } from '../support/rules.ts';
import { readState } from '../support/state.ts';
import { live, type Story, tell } from '../support/story.ts';

/** A restore that is impossible here is refused with the reason, and nothing changes. */
const root = makeRoot();

async function leftovers({ dir }: Place): Promise<readonly string[]> {
  const names = await readdir(join(dir, 'snapshots'), { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && entry.parentPath.endsWith('restore'))
    .map(({ name }) => name);
}

/** Lives a story and tries to restore; the outcome, after proving that everything is as it was and no safety copy is left. */
async function tryRestore(story: Story): Promise<SnapbackError> {
  const { place, since, id } = await live(root(), story);
  const folder = await open(place);
  const request = restoring(id, { ...story.options });
  const plan = await planRestore(folder, request);
  const error = await errorOf(applyRestore(folder, request, NOW));
  // It was told before, with the rule that refuses.
  expect(plan.refusals.map(({ code }) => code)).toContain(error.code);
  expect(describePlan(plan, defaultRules, new Date()).join('\n')).toContain(String(error.detail.reason));
  expect(readState(place.databaseFile)).toEqual(since);
  expect(await leftovers(place)).toEqual([]);
  return error;
}

describe.concurrent('rows that the schema refuses', () => {
  test('by a CHECK stop the restore, and the error has the constraint, not the contents', async () => {
    const error = await tryRestore({
      schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
      before: "INSERT INTO bots VALUES (1, 'a secret name');",
      since:
        'DROP TABLE bots; CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT CONSTRAINT short CHECK (length(name) < 5));',
    });
    expect(error.code).toBe('row-refused');
    expect(JSON.stringify([error.message, error.detail])).not.toContain('secret');
  });

  test.each([
    ['UNIQUE', 'name TEXT UNIQUE'],
    ['NOT NULL', 'name TEXT NOT NULL'],
  ])('by %s', async (rule, column) => {
    const error = await tryRestore({
      schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
      before: "INSERT INTO bots VALUES (1, 'x'), (2, 'x'), (3, NULL);",
      since: `DROP TABLE bots; CREATE TABLE bots (id INTEGER PRIMARY KEY, ${column});`,
    });
    expect(error.code).toBe('row-refused');
    expect(error.detail.reason).toBe(`${rule} constraint failed: bots.name`);
  });

  test('by a constraint that ends the transaction, with a search index to maintain', async () => {
    const search = `CREATE VIRTUAL TABLE f USING fts5(name, content='bots', content_rowid='id');
      CREATE TRIGGER ai AFTER INSERT ON bots BEGIN INSERT INTO f(rowid, name) VALUES (new.id, new.name); END;
      CREATE TRIGGER ad AFTER DELETE ON bots BEGIN INSERT INTO f(f, rowid, name) VALUES ('delete', old.id, old.name); END;`;
    const error = await tryRestore({
      schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
      before: "INSERT INTO bots VALUES (1, 'x'), (2, 'x');",
      since: `DROP TABLE bots; CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT ROLLBACK); ${search}`,
    });
    expect(error.code).toBe('row-refused');
  });

  test('by a STRICT type', async () => {
    const error = await tryRestore({
      schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, age);',
      before: "INSERT INTO bots VALUES (1, 'old');",
      since: 'DROP TABLE bots; CREATE TABLE bots (id INTEGER PRIMARY KEY, age INTEGER) STRICT;',
    });
    expect(error.code).toBe('row-refused');
  });
});

describe.concurrent('a row that already breaks a CHECK', () => {
  const schema = 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT CHECK (length(name) < 5));';
  const breaking = (sql: string) =>
    `PRAGMA ignore_check_constraints = ON; ${sql} PRAGMA ignore_check_constraints = OFF;`;

  test('is removed by a restore and comes back with its undo', async () => {
    const { place, since, id, before } = await live(root(), {
      schema,
      before: "INSERT INTO bots VALUES (1, 'ada');",
      since: breaking("UPDATE bots SET name = 'far too long'; INSERT INTO bots VALUES (2, 'also too long');"),
    });
    const folder = await open(place);
    await applyRestore(folder, restoring(id), NOW);
    expect(readState(place.databaseFile)).toEqual(before);
    const receipt = await applyUndo(folder, { acceptDrift: false }, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'integrity', result: 'unchanged-damage' }),
    );
  });

  test.each(['differing', 'all'] as const)(
    'and does not change is no obstacle, with %s rows rewritten',
    async (rewrite) => {
      const { plan } = await tell(root(), {
        schema,
        options: { rewrite },
        before: breaking("INSERT INTO bots VALUES (1, 'far too long'), (2, 'bo');"),
        since: "UPDATE bots SET name = 'cy' WHERE id = 2;",
        faults: ['CHECK constraint failed in bots'],
      });
      expect(plan.damage).toEqual(['CHECK constraint failed in bots']);
    },
  );

  test('does not allow any more rows of its kind', async () => {
    const error = await tryRestore({
      schema,
      before: breaking("INSERT INTO bots VALUES (1, 'far too long'), (2, 'also too long');"),
      since: 'DELETE FROM bots WHERE id = 2;',
    });
    expect([error.code, error.detail.reason]).toEqual(['row-refused', 'CHECK constraint failed in bots']);
  });
});

describe.concurrent('a schema that only the host can run', () => {
  /** Makes a place whose schema uses a function, a collation and a module of the host, which runs `sql` with them there. */
  function asHostWithExtras({ databaseFile }: Place, sql: string): void {
    const db = new Database(databaseFile);
    try {
      db.function('host_score', { deterministic: true }, (value) => Number(value ?? 0) * 2);
      db.function('host_log', { varargs: true }, () => 1);
      db.exec(sql);
    } finally {
      db.close();
    }
  }

  async function livePlace(schema: string, before: string, since: string) {
    const place = await makePlace(root(), 'CREATE TABLE bots (id INTEGER PRIMARY KEY, n INTEGER);');
    asHostWithExtras(place, `${schema} ${before}`);
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    asHostWithExtras(place, since);
    return {
      place,
      folder,
      request: restoring(id),
    };
  }

  test.each([
    ['an index', 'CREATE INDEX by_score ON bots (host_score(n));'],
    [
      'a generated column',
      'ALTER TABLE bots ADD COLUMN score AS (host_score(n)) VIRTUAL; CREATE INDEX by_score ON bots (score);',
    ],
    [
      'a CHECK',
      'DROP TABLE bots; CREATE TABLE bots (id INTEGER PRIMARY KEY, n INTEGER CHECK (host_score(n) < 1000));',
    ],
  ])('because of %s makes plan and restore refuse, and changes nothing', async (_, schema) => {
    const rows = 'INSERT INTO bots (id, n) VALUES (1, 5), (2, 6);';
    const { place, folder, request } = await livePlace(schema, rows, 'DELETE FROM bots WHERE id = 1;');
    const bytes = readLog(place);
    expect(await codeOf(planRestore(folder, request))).toBe('schema-needs-host');
    const error = await errorOf(applyRestore(folder, request, NOW));
    expect([error.code, await leftovers(place)]).toEqual(['schema-needs-host', []]);
    expect(readLog(place)).toEqual(bytes);
  });

  test('because of a trigger does not matter: it is set aside, and put back', async () => {
    const schema = 'CREATE TRIGGER scored AFTER INSERT ON bots BEGIN SELECT host_log(new.n); END;';
    const { place, folder, request } = await livePlace(
      schema,
      'INSERT INTO bots VALUES (1, 5);',
      'DELETE FROM bots;',
    );
    const plan = await planRestore(folder, request);
    expect(plan.triggers).toEqual([{ name: 'scored', table: 'bots', handling: 'set-aside' }]);
    await applyRestore(folder, request, { ...NOW, planId: plan.planId });
    expect(readState(place.databaseFile).tables.bots).toEqual(['integer 1 integer 5']);
  });

  test('because of the collation of a non-key column is compared by bytes', async () => {
    const schema = 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT COLLATE nocase);';
    const place = await makePlace(
      root(),
      `${schema} PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'nocase', 'host_order');`,
    );
    run(place, "INSERT INTO bots VALUES (1, 'ada');");
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, "UPDATE bots SET name = 'Ada' WHERE id = 1;");
    await applyRestore(folder, restoring(id), NOW);
    expect(readState(place.databaseFile).tables.bots).toEqual(['integer 1 text 616461']);
  });

  test('because of the collation of an index on an unchanged table does not block other tables', async () => {
    const place = await makePlace(
      root(),
      `CREATE TABLE chats (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX by_name ON chats (name COLLATE nocase);
       CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT); CREATE INDEX by_id ON people (id COLLATE nocase);
       CREATE TABLE pairs (a, b); CREATE INDEX by_b ON pairs (b COLLATE nocase, a); CREATE TABLE later (a);
       CREATE INDEX by_a ON later (a COLLATE nocase); CREATE INDEX by_kind ON event_log (kind COLLATE nocase);
       CREATE TABLE few (id TEXT PRIMARY KEY, v) WITHOUT ROWID; CREATE INDEX by_v ON few (v COLLATE nocase);
       CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);`,
      { tables: ['chats', 'people', 'pairs', 'few', 'bots'] },
    );
    run(
      place,
      `${addEvents(50)} INSERT INTO chats VALUES (1, 'ada'), (2, 'bo'); INSERT INTO people VALUES ('x', 'y'), (NULL, 'z');
       INSERT INTO pairs VALUES (1, 'a'), (1, 'a'); INSERT INTO few VALUES ('k', 'v'); INSERT INTO bots VALUES (1, 'cy');
       ANALYZE; PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'nocase', 'host_order');`,
    );
    // As the host of before, which had one table less in its profile.
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, "UPDATE bots SET name = 'dee' WHERE id = 1;");
    await writeFile(
      join(place.dir, 'snapback-profile.json'),
      JSON.stringify({ tables: ['chats', 'people', 'pairs', 'few', 'bots', 'later'] }),
    );
    const later = await open(place);
    const { tables } = await diffSnapshot(later, id);
    expect(tables.map(({ name, changed }) => `${name} ${changed}`)).toEqual([
      'event_log 0',
      'chats 0',
      'people 0',
      'pairs 0',
      'few 0',
      'bots 1',
      'later 0',
    ]);
    const request = restoring(id);
    const plan = await planRestore(later, request);
    expect(plan.refusals).toEqual([]);
    await applyRestore(later, request, { ...NOW, planId: plan.planId });
    expect(readState(place.databaseFile).tables.bots).toEqual(['integer 1 text 6379']);
    await applyUndo(later, { acceptDrift: false }, NOW);
    expect(readState(place.databaseFile).tables.bots).toEqual(['integer 1 text 646565']);
  });

  test.each(['', 'WITHOUT ROWID'])(
    'because of the collation of a key %s can be looked at, not restored',
    async (kind) => {
      const schema = `CREATE TABLE bots (name TEXT COLLATE nocase PRIMARY KEY, n INTEGER) ${kind};`;
      const place = await makePlace(root(), schema);
      run(place, "INSERT INTO bots VALUES ('ada', 1);");
      const folder = await open(place);
      const { id } = await takeSnapshot(folder, 'rewind');
      run(
        place,
        `DELETE FROM bots; PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'nocase', 'host_order');`,
      );
      const { tables } = await diffSnapshot(folder, id);
      expect(tables.map(({ name, state }) => `${name} ${state}`)).toEqual([
        'event_log compared',
        `bots ${kind === '' ? 'compared' : 'unreadable'}`,
      ]);
      const request = restoring(id);
      const planned = await planRestore(folder, request).then(
        ({ refusals }) => refusals,
        (error) => [error],
      );
      expect(planned.map(({ code }) => code)).toEqual(['schema-needs-host']);
      expect(await codeOf(applyRestore(folder, request, NOW))).toBe('schema-needs-host');
      expect(await leftovers(place)).toEqual([]);
    },
  );

  test('because of a missing module is left alone, and the rest is restored', async () => {
    const place = await makePlace(root(), 'CREATE TABLE bots (id INTEGER PRIMARY KEY);');
    run(
      place,
      `INSERT INTO bots VALUES (1); PRAGMA writable_schema = ON;
      INSERT INTO sqlite_schema VALUES ('table', 'vectors', 'vectors', 0, 'CREATE VIRTUAL TABLE vectors USING host_vectors(dim=3)');`,
    );
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, 'DELETE FROM bots;');
    expect((await diffSnapshot(folder, id)).tables.find(({ name }) => name === 'bots')).toMatchObject({
      added: 1,
    });
    await applyRestore(folder, restoring(id), NOW);
    expect(readState(place.databaseFile).tables.bots).toEqual(['integer 1']);
  });

  test('because of double quotes around texts is read as the host reads it', async () => {
    // This build refuses to write such a schema; a host with an older library has it.
    const sql = `CREATE INDEX quoted ON bots (id) WHERE name <> "none"`;
    const schema = `CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT DEFAULT 'd'); CREATE INDEX quoted ON bots (id) WHERE name <> 'none';
      CREATE TRIGGER said AFTER INSERT ON bots BEGIN INSERT INTO event_log (kind) VALUES ('said'); END;
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = '${sql.replaceAll("'", "''")}' WHERE name = 'quoted';
      UPDATE sqlite_schema SET sql = replace(sql, '''said''', '"said"') WHERE name = 'said'; PRAGMA writable_schema = OFF;`;
    await tell(root(), {
      schema,
      before: '',
      since: 'PRAGMA writable_schema = OFF; PRAGMA foreign_keys = OFF;',
    });
  });
});

function readLog({ databaseFile }: Place): unknown {
  const db = new Database(databaseFile, { readonly: true });
  try {
    return [
      db.prepare('SELECT * FROM event_log').raw().all(),
      db.prepare('SELECT id, n FROM bots').raw().all(),
      db.prepare('SELECT * FROM sqlite_schema').raw().all(),
    ];
  } finally {
    db.close();
  }
}

test('a database whose name ends in a blank is read as a copy, refused with the reason, and never mistaken for the one beside it', async () => {
  const place = await makePlace(root(), 'CREATE TABLE bots (id INTEGER PRIMARY KEY);', {
    journalMode: 'delete',
  });
  run(place, `${addEvents(3)} INSERT INTO bots VALUES (1);`);
  await copyFile(place.databaseFile, `${place.databaseFile} `);
  run(place, 'DELETE FROM bots;');
  const neighbour = readState(place.databaseFile);
  const folder = await openDataFolder(place.dir, { database: 'app.db ' });
  const { id, file } = await takeSnapshot(folder, 'rewind');
  expect(JSON.parse(await readFile(file, 'utf8')).bots).toEqual([{ id: 1 }]);
  const request = restoring(id);
  expect((await planRestore(folder, request)).refusals).toMatchObject([{ code: 'viewing-a-copy' }]);
  expect(await errorOf(applyRestore(folder, request, NOW))).toMatchObject({
    code: 'database-unreadable',
    message: expect.stringContaining('“app.db ”'),
  });
  expect(readState(place.databaseFile)).toEqual(neighbour);
});
