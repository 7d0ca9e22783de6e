import { describe, expect, test } from 'vitest';
import { applyRestore, planRestore, takeSnapshot } from '../../src/index.ts';
import { asHost, errorOf, makePlace, makeRoot, open, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { findFaults, readState } from '../support/state.ts';
import { live, type Story, tell } from '../support/story.ts';

/**
 * A restore is verified before it counts as done: the receipt lists every check, and a result that differs from the
 * plan is rolled back.
 */
const root = makeRoot();

const search = `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);
  CREATE VIRTUAL TABLE memories_fts USING fts5(text);`;

async function failToRestore(story: Story) {
  const { place, since, id } = await live(root(), story);
  const request = restoring(id);
  const plan = await planRestore(await open(place), request);
  const error = await errorOf(applyRestore(await open(place), request, NOW));
  // What applying would end with is told before.
  expect(plan.refusals.map(({ code, detail }) => [code, detail.check])).toEqual([
    [error.code, error.detail.check],
  ]);
  expect(readState(place.databaseFile)).toEqual(since);
  expect(findFaults(place.databaseFile)).toEqual([]);
  return error;
}

describe.concurrent('verification', () => {
  test('lists the content of every touched table, other tables in reach, schema, search indexes, keys and integrity', async () => {
    const { receipt } = await tell(root(), {
      schema: `${search.replace('fts5(text)', "fts5(text, content='memories', content_rowid='id')")}
        CREATE TABLE chats (id TEXT PRIMARY KEY); CREATE TABLE drafts (id INTEGER PRIMARY KEY, chat REFERENCES chats(id));
        CREATE TABLE far_away (a);`,
      before: "INSERT INTO chats VALUES ('c1');",
      since: "INSERT INTO chats VALUES ('c2');",
      bystanders: ['drafts', 'far_away'],
    });
    expect(receipt.checks.map(({ check, subject }) => `${check} ${subject}`).sort()).toEqual([
      'bystanders drafts',
      'content-hash chats',
      'content-hash event_log',
      'content-hash memories',
      'foreign-keys null',
      'integrity null',
      'schema null',
      'search-index memories_fts',
    ]);
    expect(receipt.checks.filter(({ result }) => result !== 'ok')).toEqual([]);
    expect(receipt.writeLockMs).toBeGreaterThan(0);
  });

  test('finds a row that the database silently did not accept, and puts everything back', async () => {
    const error = await failToRestore({
      schema: search,
      before: "INSERT INTO memories VALUES (1, 'twice'), (2, 'twice');",
      since:
        'DROP TABLE memories; CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT UNIQUE ON CONFLICT IGNORE);',
    });
    expect(error.code).toBe('verification-failed');
    expect(error.detail).toMatchObject({ table: 'memories' });
  });

  test.each([
    ['drops another one for', 'name TEXT UNIQUE ON CONFLICT REPLACE'],
    ['takes with another value', "name TEXT NOT NULL ON CONFLICT REPLACE DEFAULT 'd'"],
  ])('finds a row that the database %s, and puts everything back', async (_, column) => {
    const error = await failToRestore({
      schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
      before: "INSERT INTO bots VALUES (1, 'x'), (2, 'x'), (3, NULL);",
      since: `DROP TABLE bots; CREATE TABLE bots (id INTEGER PRIMARY KEY, ${column});`,
    });
    expect([error.code, error.detail.check]).toEqual(['verification-failed', 'content-hash']);
  });

  test('does not let an intact foreign key be violated', async () => {
    const { place, id, since } = await live(root(), {
      schema:
        'CREATE TABLE chats (id TEXT PRIMARY KEY); CREATE TABLE drafts (id INTEGER PRIMARY KEY, chat REFERENCES chats(id));',
      before: "INSERT INTO chats VALUES ('c1');",
      since: "INSERT INTO chats VALUES ('c2'); INSERT INTO drafts VALUES (1, 'c2');",
    });
    const request = restoring(id);
    const error = await errorOf(applyRestore(await open(place), request, NOW));
    expect([error.code, error.detail.check]).toEqual(['leaves-orphans', 'foreign-keys']);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('reports a check that cannot run here as not run', async () => {
    const { receipt } = await tell(root(), {
      schema:
        'CREATE TABLE chats (id TEXT, n); CREATE TABLE drafts (id INTEGER PRIMARY KEY, chat REFERENCES chats(id));',
      before: "INSERT INTO chats VALUES ('c1', 1);",
      since: 'PRAGMA foreign_keys = OFF; UPDATE chats SET n = 2;',
      bystanders: ['drafts'],
    });
    expect(receipt.checks).toContainEqual(
      expect.objectContaining({ check: 'foreign-keys', result: 'not-run' }),
    );
  });

  test('refuses to write into a database with damaged pages, and the plan says so', async () => {
    const place = await makePlace(
      root(),
      'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE INDEX by_text ON memories (text);',
    );
    run(place, "INSERT INTO memories VALUES (1, 'a'), (2, 'b');");
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    // The index now lacks rows that the table has.
    asHost(place, (db) =>
      db.exec(
        `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'memories (text)', 'memories (id)') WHERE name = 'by_text'`,
      ),
    );
    const error = await errorOf(applyRestore(folder, restoring(id), NOW));
    expect(error.code).toBe('database-damaged');
  });
});
