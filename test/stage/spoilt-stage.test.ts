import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { readHostDatabase } from '../../src/host/host-database.ts';
import {
  defaultRestoreOptions,
  diffSnapshot,
  exportSnapshot,
  openConversation,
  planCopy,
  planRestore,
  readHappened,
  readRowHistory,
  searchSnapshots,
  withRows,
} from '../../src/index.ts';
import { openReadDatabase } from '../../src/sqlite/database.ts';
import { stagesFolder } from '../../src/stage/cache-folder.ts';
import { readRecord, writeRecord } from '../../src/stage/stage-record.ts';
import { dumpChat, makeChat, makeDir, makeRoot, putSnapshot, run } from '../support/place.ts';

/* A kept stage that cannot be read, although the file system says that it is what was kept: whoever looks gets the answer all the same. */

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';
const OTHER = 'rewind/20260102T000000Z';
const request = { ...defaultRestoreOptions, snapshotId: ID, action: 'restore' } as const;

let folder: DataFolder;

beforeEach(async () => {
  const cacheDir = join(await makeDir(root()), 'cache');
  folder = { ...(await makeChat(root(), { events: 40 })), cacheDir };
  await putSnapshot(folder, ID, dumpChat(folder), new Date(0));
  run(folder, 'DELETE FROM event_log WHERE id > 30;');
  await putSnapshot(folder, OTHER, dumpChat(folder), new Date(0));
});

const keptStages = async () => {
  const place = stagesFolder(folder.cacheDir ?? '');
  return (await readdir(place)).filter((name) => name.endsWith('.db')).map((name) => join(place, name));
};

/** Damages every kept stage, and makes its record say that this is what was kept. */
async function spoilAll(): Promise<readonly string[]> {
  const db = openReadDatabase(folder.databaseFile, folder);
  const { schema } = readHostDatabase(db, folder.profile);
  db.close();
  const place = stagesFolder(folder.cacheDir ?? '');
  // A search would not read what it has in its index.
  for (const name of await readdir(place)) if (name.includes('.index')) await rm(join(place, name));
  const spoilt = await keptStages();
  for (const path of spoilt) {
    const bytes = await readFile(path);
    const pageSize = bytes.readUInt16BE(16);
    // The first page holds the schema; what follows holds rows.
    bytes.fill('no page of SQLite ', pageSize);
    await writeFile(path, bytes);
    const { mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    const recordPath = path.replace(/-[0-9a-f]{8}\.db$/, '.json');
    const record = readRecord(await readFile(recordPath, 'utf8'), schema);
    if (record === null) throw new TypeError('There is no record.');
    const file = { ...record.file, mtime: String(mtimeNs), ctime: String(ctimeNs) };
    await writeFile(recordPath, writeRecord({ ...record, file }));
  }
  return spoilt;
}

type Look = (where: DataFolder) => Promise<unknown>;

const conversation: Look = async (where) => {
  const { overview, page, close } = await openConversation(where, ID, null);
  const pages = overview.chats.map(({ no }) => page(no, { from: 0, limit: 100, longest: 100 }));
  await close();
  return { chats: overview.chats, pages };
};
const rowsOf =
  (otherId: string | null): Look =>
  (where) =>
    withRows(where, { snapshotId: ID, otherId }, {}, async ({ overview, page }) => ({
      tables: overview.tables,
      page: page(
        { table: 'event_log', change: null, filter: null, sort: null },
        { offset: 0, limit: 100, firstColumn: 0, columnCount: 10 },
      ),
    }));
const exported =
  (format: 'json' | 'csv'): Look =>
  async (where) => {
    const to = join(await makeDir(root()), `out.${format}`);
    await exportSnapshot(where, ID, { format, table: format === 'csv' ? 'event_log' : null, to });
    return readFile(to, 'utf8');
  };
const LOOKS: readonly (readonly [string, Look])[] = [
  ['the difference', (where) => diffSnapshot(where, ID)],
  ['what happened', (where) => readHappened(where)],
  ['the plan of a restore', async (where) => (await planRestore(where, request)).tables],
  [
    'the plan of a restore that keeps newer events',
    async (where) => (await planRestore(where, { ...request, keepNewer: true })).tables,
  ],
  [
    'the plan of one chat',
    async (where) => {
      const selection = { by: 'chat', chat: 'c1', withGuessed: false } as const;
      return (await planRestore(where, { ...request, selection })).tables;
    },
  ],
  [
    'the plan of a new file',
    async (where) => {
      const to = join(await makeDir(root()), 'new.db');
      return (await planCopy(where, { ...defaultRestoreOptions, snapshotId: ID, to })).tables;
    },
  ],
  ['the conversation', conversation],
  ['the rows that differ', rowsOf(null)],
  ['the rows between two snapshots', rowsOf(OTHER)],
  [
    'a search',
    async (where) => (await searchSnapshots(where, { phrase: 'line 35', kind: null, words: false })).hits,
  ],
  ['the history of a row', (where) => readRowHistory(where, { table: 'event_log', key: [35n] })],
  ['an export as JSON', exported('json')],
  ['an export as CSV', exported('csv')],
];

test.each(LOOKS)('%s is told all the same, and what is damaged is made anew', async (_, look) => {
  const expected = await look({ ...folder, cacheDir: null });
  expect(await look(folder)).toEqual(expected);
  const spoilt = await spoilAll();
  expect(spoilt.length).toBeGreaterThan(0);
  expect(await look(folder)).toEqual(expected);
  const left = await keptStages();
  expect(left.filter((path) => spoilt.includes(path))).toEqual([]);
  expect(left.length).toBe(spoilt.length);
});
