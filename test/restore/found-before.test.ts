import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, applyUndo, planRestore } from '../../src/index.ts';
import { codeOf, makeRoot, open, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { findFaults, readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** Applying relies on what its plan found in order, but on nothing that is not in order any more. */
const root = makeRoot();

const story: Story = {
  schema: `CREATE TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT CHECK (title <> ''), parent REFERENCES parents(id));
    CREATE TABLE others (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0));
    CREATE VIRTUAL TABLE f USING fts5(title, content='chats', content_rowid='id');
    CREATE TRIGGER ai AFTER INSERT ON chats BEGIN INSERT INTO f(rowid, title) VALUES (new.id, new.title); END;
    CREATE TRIGGER ad AFTER DELETE ON chats BEGIN INSERT INTO f(f, rowid, title) VALUES ('delete', old.id, old.title); END;`,
  before:
    "INSERT INTO parents VALUES (1), (2); INSERT INTO chats VALUES (1, 'One', 1); INSERT INTO others VALUES (1, 1);",
  since: "DELETE FROM chats; INSERT INTO chats VALUES (1, 'Two', 2);",
};

async function applyAfter(mischief: string) {
  const { place, id, before } = await live(root(), story);
  const folder = await open(place);
  const request = restoring(id);
  const { planId, refusals } = await planRestore(folder, request);
  expect(refusals).toEqual([]);
  run(place, mischief);
  const since = readState(place.databaseFile);
  const receipt = await applyRestore(folder, request, { ...NOW, planId });
  const { tables } = readState(place.databaseFile);
  expect([tables.chats, tables.event_log]).toEqual([before.tables.chats, before.tables.event_log]);
  const said = (check: string) =>
    receipt.checks.filter((one) => one.check === check).map(({ result }) => result);
  return { place, folder, since, integrity: said('integrity'), index: said('search-index') };
}

describe('without a plan', () => {
  const restoreAtOnce = async (mischief: string) => {
    const { place, id, before } = await live(root(), story);
    run(place, mischief);
    const request = restoring(id);
    const receipt = await applyRestore(await open(place), request, NOW);
    expect(readState(place.databaseFile).tables.chats).toEqual(before.tables.chats);
    const copies = await readdir(join(place.dir, 'snapshots', 'restore'));
    return [
      copies.length,
      ...receipt.checks.flatMap((one) => (one.check === 'search-index' ? one.result : [])),
    ];
  };

  test('an index in order is found so by the check after the write', async () => {
    expect(await restoreAtOnce('')).toEqual([1, 'ok']);
  });

  test.each([
    ['holds a row too many', "INSERT INTO f(rowid, title) VALUES (99, 'nobody');"],
    ['lacks a row', "INSERT INTO f(f, rowid, title) VALUES ('delete', 1, 'Two');"],
    ['is empty', "INSERT INTO f(f) VALUES ('delete-all');"],
    ['is damaged', 'UPDATE f_data SET block = zeroblob(3);'],
  ])('an index that %s is rebuilt, and said, and one safety copy remains', async (_, mischief) => {
    expect(await restoreAtOnce(mischief)).toEqual([1, 'rebuilt']);
  });

  /** Damage that is in rows which the restore replaces, so that nothing is left of it after the write. */
  const TITLED = 'CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT)';
  const disguised = (index: string, disguise: string, meanwhile: string) =>
    `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = '${disguise}' WHERE name = 'i'; PRAGMA writable_schema = RESET;
    ${meanwhile}; PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = '${index}' WHERE name = 'i'; PRAGMA writable_schema = RESET;`;
  test.each([
    [
      'a unique index holds an entry twice',
      'CREATE UNIQUE INDEX i ON chats (title)',
      'CREATE INDEX i ON chats (title)',
      "INSERT INTO chats VALUES (11, 'twice'), (12, 'twice')",
    ],
    [
      'an index lacks the rows of its table',
      'CREATE INDEX i ON chats (title)',
      'CREATE INDEX i ON chats (id)',
      'DELETE FROM chats; INSERT INTO chats SELECT id, kind FROM event_log',
    ],
  ])(
    '%s: nothing is written, even where the restore would replace it all',
    async (_, index, disguise, meanwhile) => {
      const { place, id, since } = await live(root(), {
        schema: `${TITLED}; ${index};`,
        before: "INSERT INTO chats VALUES (1, 'One'), (2, 'Two')",
        since: disguised(index, disguise, meanwhile),
      });
      expect(findFaults(place.databaseFile)).not.toEqual([]);
      const request = restoring(id);
      expect(await codeOf(applyRestore(await open(place), request, NOW))).toBe('database-damaged');
      expect(readState(place.databaseFile)).toEqual(since);
      expect(await readdir(join(place.dir, 'snapshots', 'restore')).catch(() => [])).toEqual([]);
    },
  );
});

describe('between plan and restore', () => {
  test('nothing happens: all checks are in order', async () => {
    expect(await applyAfter('')).toMatchObject({ integrity: ['ok'], index: ['ok'] });
  });

  test('a row of another table breaks a CHECK: that is no new damage', async () => {
    const mischief = 'PRAGMA ignore_check_constraints = ON; INSERT INTO others VALUES (2, 0);';
    const { place, integrity, index } = await applyAfter(mischief);
    expect([integrity, index]).toEqual([['unchanged-damage'], ['ok']]);
    expect(findFaults(place.databaseFile)).not.toEqual([]);
  });

  test('an index falls out of step: it is rebuilt, and said', async () => {
    const { integrity, index } = await applyAfter("INSERT INTO f(rowid, title) VALUES (99, 'nobody');");
    expect([integrity, index]).toEqual([['ok'], ['rebuilt']]);
  });

  test('a parent goes that only the state before referred to: the undo brings that state back all the same', async () => {
    const { place, folder, since } = await applyAfter(
      'PRAGMA foreign_keys = OFF; DELETE FROM parents WHERE id = 2;',
    );
    await applyUndo(folder, { acceptDrift: false }, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('a planned row changes: nothing is written', async () => {
    expect(await codeOf(applyAfter('UPDATE chats SET parent = 1;'))).toBe('plan-stale');
  });
});
