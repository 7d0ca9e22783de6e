import { rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { openDataFolder, takeSnapshot } from '../../src/index.ts';
import { withTwoSnapshots } from '../../src/inspect/two-snapshots.ts';
import { addEvents, hostDump, makeChat, makeRoot, putSnapshot, run } from '../support/place.ts';

const root = makeRoot();

/** Two snapshots, of which the later one has more events and another title. */
async function makeTwo() {
  const folder = await makeChat(root(), { events: 5 });
  const { id: first } = await takeSnapshot(folder, 'rewind');
  run(
    folder,
    `${addEvents(3, 'since')} UPDATE chats SET title = 'Lighthouse'; INSERT INTO chats VALUES ('c2', 'Pier');`,
  );
  const { id: second } = await takeSnapshot(folder, 'rewind');
  return { folder, first, second };
}

async function compare(folder: DataFolder, snapshotId: string, otherId: string) {
  return withTwoSnapshots(folder, { snapshotId, otherId }, {}, async ({ overview }) => overview);
}

const countsOf = ({ tables }: Awaited<ReturnType<typeof compare>>) =>
  Object.fromEntries(
    tables
      .filter(({ snapshotRows, liveRows }) => snapshotRows + liveRows > 0)
      .map(({ name, snapshotRows, liveRows, added, removed, changed }) => [
        name,
        { snapshotRows, liveRows, added, removed, changed },
      ]),
  );

test.each([
  ['is gone', (file: string) => rm(file)],
  ['is empty', (file: string) => writeFile(file, '')],
  [
    'is something else',
    (file: string) => writeFile(file, 'no database at all, but long enough to be looked at'),
  ],
  [
    'is damaged',
    (file: string) =>
      writeFile(file, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5000, 7)])),
  ],
])('where the database %s, two snapshots are compared by what they hold themselves', async (_, harm) => {
  const { folder, first, second } = await makeTwo();
  const before = await compare(folder, first, second);
  expect(countsOf(before)).toMatchObject({ chats: { changed: 1, removed: 1 }, event_log: { removed: 3 } });
  for (const suffix of ['-wal', '-shm']) await rm(folder.databaseFile + suffix, { force: true });
  await harm(folder.databaseFile);
  const without = await openDataFolder(folder.dir, { withoutDatabase: true });
  for (const one of [without, folder]) {
    const found = countsOf(await compare(one, first, second));
    expect(found.event_log).toEqual(countsOf(before).event_log);
    expect(found).toEqual(countsOf(before));
  }
});

/** Of a table: its columns and key, its rows before and after, and what is counted where no database names the key. */
const keyed: readonly (readonly [
  what: string,
  schema: string,
  before: string,
  after: string,
  counts: { readonly added: number; readonly removed: number; readonly changed: number },
])[] = [
  [
    'a key of two columns that refer to something',
    'source_id TEXT, target_id TEXT, trust REAL, PRIMARY KEY (source_id, target_id)',
    "('a', 'b', 0.1), ('a', 'c', 0.2), ('b', 'a', 0.3)",
    "('a', 'b', 0.9), ('a', 'c', 0.2), ('c', 'a', 0.3)",
    { added: 1, removed: 1, changed: 1 },
  ],
  [
    'two columns of which the first is enough before, and not after',
    'chat_id TEXT, bot_id TEXT, mood TEXT, PRIMARY KEY (chat_id, bot_id)',
    "('a', 'x', 'calm')",
    "('a', 'x', 'glad'), ('a', 'y', 'calm')",
    { added: 1, removed: 0, changed: 1 },
  ],
  [
    'a key of both kinds of numbers',
    'id, mood TEXT, PRIMARY KEY (id)',
    "(1, 'calm'), (2.5, 'calm')",
    "(1.0, 'glad'), (2.5, 'glad')",
    { added: 0, removed: 0, changed: 2 },
  ],
  [
    'a key whose name does not say so: a changed row is one that goes and one that comes',
    'name TEXT PRIMARY KEY, value TEXT',
    "('sound', 'on')",
    "('sound', 'off')",
    { added: 1, removed: 1, changed: 0 },
  ],
  [
    'columns that do not tell all rows apart: the same',
    'chat_id TEXT, said TEXT',
    "('a', 'x'), ('a', 'y')",
    "('a', 'x'), ('a', 'z')",
    { added: 1, removed: 1, changed: 0 },
  ],
  [
    'a key without a value: the same',
    'chat_id TEXT, said TEXT',
    "('a', 'x'), (NULL, 'y')",
    "('a', 'z'), (NULL, 'y')",
    { added: 1, removed: 1, changed: 0 },
  ],
];

test.each(keyed)('without a database, rows of a table with %s', async (_, schema, before, after, counts) => {
  const folder = await makeChat(root(), { tables: ['chats', 'things'] });
  const fill = (rows: string) => `DELETE FROM things; INSERT INTO things VALUES ${rows};`;
  run(folder, `CREATE TABLE things (${schema}); ${fill(before)}`);
  const { id: first } = await takeSnapshot(folder, 'rewind');
  run(folder, fill(after));
  const { id: second } = await takeSnapshot(folder, 'rewind');
  for (const suffix of ['', '-wal', '-shm']) await rm(folder.databaseFile + suffix, { force: true });
  const { things } = countsOf(await compare(folder, second, first));
  expect(things).toMatchObject(counts);
  // What there and back again makes of the same rows.
  const back = countsOf(await compare(folder, first, second)).things;
  expect(back).toMatchObject({ ...counts, added: counts.removed, removed: counts.added });
});

test('a column that only one of the two has is a difference of their tables, also without a database', async () => {
  const { folder } = await makeTwo();
  await putSnapshot(folder, 'weekly/a', hostDump(0, { chats: [{ id: 'c1', title: 'A' }] }));
  await putSnapshot(folder, 'weekly/b', hostDump(0, { chats: [{ id: 'c1', title: 'A', pinned: 1 }] }));
  await rm(folder.databaseFile);
  const { schema } = await compare(folder, 'weekly/a', 'weekly/b');
  expect(schema).toMatchObject([{ table: 'chats', column: 'pinned' }]);
});

test('what only one of the two notes of its tables is no difference of them without a database', async () => {
  const { folder, second } = await makeTwo();
  await putSnapshot(folder, 'weekly/a', hostDump(0, { chats: [{ id: 'c1', title: 'A' }] }));
  run(folder, 'PRAGMA user_version = 7');
  const { id: third } = await takeSnapshot(folder, 'rewind');
  for (const suffix of ['', '-wal', '-shm']) await rm(folder.databaseFile + suffix, { force: true });
  for (const id of [second, third]) {
    expect((await compare(folder, id, 'weekly/a')).schema).toEqual([]);
    expect((await compare(folder, 'weekly/a', id)).schema).toEqual([]);
  }
  // Both of them note it.
  const { schema } = await compare(folder, second, third);
  expect(schema.map(({ kind }) => kind)).toContain('user-version-changed');
});
