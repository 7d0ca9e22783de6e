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
    // Without its key, a row that changed is one that goes and one that comes.
    expect(found.chats).toEqual({ snapshotRows: 1, liveRows: 2, added: 1, removed: 2, changed: 0 });
  }
});

test('a column that only one of the two has is a difference of their tables, also without a database', async () => {
  const { folder } = await makeTwo();
  await putSnapshot(folder, 'weekly/a', hostDump(0, { chats: [{ id: 'c1', title: 'A' }] }));
  await putSnapshot(folder, 'weekly/b', hostDump(0, { chats: [{ id: 'c1', title: 'A', pinned: 1 }] }));
  await rm(folder.databaseFile);
  const { schema } = await compare(folder, 'weekly/a', 'weekly/b');
  expect(schema).toMatchObject([{ table: 'chats', column: 'pinned' }]);
});
