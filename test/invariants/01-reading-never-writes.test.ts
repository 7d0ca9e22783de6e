import { chmod, chown, cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { withReadView } from '../../src/host/private-copy.ts';
import {
  applyRestore,
  checkProfile,
  checkSnapshot,
  describeFolder,
  diffSnapshot,
  draftProfile,
  listSnapshots,
  planRestore,
  readHistory,
  readRestoredState,
  takeSnapshot,
  verifySnapshots,
} from '../../src/index.ts';
import { openReadDatabase } from '../../src/sqlite/database.ts';
import { codeOf, makeRoot, open, type Place, run } from '../support/place.ts';
import { hold, runToEnd, start } from '../support/process.ts';
import { NOW, restoring } from '../support/requests.ts';
import { live, type Story } from '../support/story.ts';

/** Reading never writes, never keeps a host from writing, and sees one single moment. */
const root = makeRoot();

const story: Story = {
  schema: `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT); CREATE TABLE chat_state (id INTEGER PRIMARY KEY, events INTEGER);`,
  before: "INSERT INTO memories VALUES (1, 'a'), (2, 'b'); INSERT INTO chat_state VALUES (1, 5);",
  since: 'DELETE FROM memories WHERE id = 1; UPDATE chat_state SET events = 8;',
};

/** Every file of a data folder with its bytes; SQLite's own `-shm`, and an empty `-wal`, do not count. */
async function readBytes({ dir }: Place): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.endsWith('-shm')) continue;
    const bytes = await readFile(path);
    if (bytes.length > 0 || !path.endsWith('-wal')) files[path.slice(dir.length)] = bytes.toString('base64');
  }
  return files;
}

/** Everything that only looks. */
async function readEverything(place: Place, id: string) {
  const folder = await open(place);
  await describeFolder(folder);
  await readRestoredState(folder);
  await readHistory(folder);
  await listSnapshots(folder, { check: true });
  await checkSnapshot(folder, id);
  await verifySnapshots(folder, [id]);
  await checkProfile(folder);
  await draftProfile(folder);
  await planRestore(folder, restoring(id));
  return diffSnapshot(folder, id);
}

function rowsOf(diff: Awaited<ReturnType<typeof diffSnapshot>>, name: string) {
  return diff.tables.find((table) => table.name === name);
}

describe.concurrent('reading changes no byte of database, WAL, journal and snapshots', () => {
  test.each(['wal', 'delete'] as const)('with journal mode %s and no other process', async (journalMode) => {
    const { place, id } = await live(root(), { ...story, journalMode });
    const before = await readBytes(place);
    expect(rowsOf(await readEverything(place, id), 'memories')).toMatchObject({ added: 1, unchanged: 1 });
    expect(await readBytes(place)).toEqual(before);
  });

  test('with a WAL that holds what the database file does not', async () => {
    const { place, id } = await live(root(), story);
    await asHostHolding(place, 'PRAGMA wal_autocheckpoint = 0; DELETE FROM memories', async () => {
      const before = await readBytes(place);
      expect(Object.keys(before)).toContain('/app.db-wal');
      expect(rowsOf(await readEverything(place, id), 'memories')).toMatchObject({ added: 2, liveRows: 0 });
      expect(await readBytes(place)).toEqual(before);
    });
  });

  test.each(['wal', 'delete'] as const)(
    'with what a killed host left in journal mode %s, which is read as the host will read it',
    async (journalMode) => {
      const { place, id } = await live(root(), { ...story, journalMode });
      const sql =
        "PRAGMA cache_size = 1; BEGIN; DELETE FROM memories; INSERT INTO memories SELECT value, hex(randomblob(3000)) FROM json_each('[7,8,9,10,11,12,13,14,15]')";
      await (await hold(place.databaseFile, sql)).kill();
      const before = await readBytes(place);
      expect(Object.keys(before)).toContain(journalMode === 'wal' ? '/app.db-wal' : '/app.db-journal');
      expect(rowsOf(await readEverything(place, id), 'memories')).toMatchObject({ liveRows: 1, added: 1 });
      expect(await readBytes(place)).toEqual(before);
    },
  );
});

/** Holds a connection of the host open, in this process, while something else happens. */
async function asHostHolding(place: Place, sql: string, meanwhile: () => Promise<void>): Promise<void> {
  const db = new Database(place.databaseFile);
  try {
    db.exec(sql);
    await meanwhile();
  } finally {
    db.close();
  }
}

describe.concurrent('beside a host that commits all the time', () => {
  test.each([
    ['wal', '0'],
    ['delete', '500'],
  ] as const)(
    'in journal mode %s, with a patience of %s ms, each read sees one moment and no commit fails',
    async (journalMode, patience) => {
      const { place, id } = await live(root(), { ...story, journalMode });
      run(
        place,
        'INSERT INTO memories WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 600) SELECT i, hex(randomblob(2000)) FROM n',
      );
      const folder = await open(place);
      const host = start('write-on.ts', { args: [place.databaseFile, patience] });
      expect(await host.said('busy')).toBe(true);
      const seen: number[] = [];
      for (let round = 0; round < 40; round += 1) {
        const [events, counted] = await withReadView(folder, {}, async ({ db }) => [
          Number(db.prepare<[], unknown>('SELECT count(*) FROM event_log').pluck().get()),
          Number(db.prepare<[], unknown>('SELECT events FROM chat_state').pluck().get()),
        ]);
        expect(counted).toBe(events);
        seen.push(events ?? 0);
      }
      expect(await diffSnapshot(folder, id)).toMatchObject({ lineage: 'same' });
      host.process.stdin?.write('stop');
      expect((await host.ended).at(-1)).toMatch(/^stopped \d+$/);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    },
  );
});

test.each(['wal', 'delete'] as const)(
  'while a snapshot is taken, the host can commit at any moment, with journal mode %s',
  async (journalMode) => {
    const { place } = await live(root(), { ...story, journalMode });
    const folder = await open(place);
    const host = new Database(place.databaseFile, { timeout: 0 });
    let commits = 0;
    await takeSnapshot(folder, 'rewind', {
      onProgress({ phase }) {
        if (phase !== 'take') return;
        host.exec('UPDATE chat_state SET events = events + 1');
        commits += 1;
      },
    });
    host.close();
    expect(commits).toBeGreaterThan(0);
  },
);

describe.concurrent('a WAL database in a folder without write permission', () => {
  const nobody = 65534;

  async function makeReadOnly(): Promise<{ readonly place: Place; readonly id: string }> {
    const { place, id } = await live(root(), story);
    const target = { dir: `${place.dir}-ro`, databaseFile: join(`${place.dir}-ro`, 'app.db') };
    await asHostHolding(place, 'PRAGMA wal_autocheckpoint = 0; DELETE FROM memories', async () => {
      await cp(place.dir, target.dir, { recursive: true, filter: (file) => !file.endsWith('-shm') });
    });
    if (process.getuid?.() === 0) await chown(target.dir, nobody, nobody);
    await chmod(target.dir, 0o555);
    return { place: target, id };
  }

  const env: Readonly<Record<string, string>> = process.getuid?.() === 0 ? { USER_ID: String(nobody) } : {};

  test('can be compared from a copy, and a restore is refused with nothing changed', async () => {
    const { place, id } = await makeReadOnly();
    const before = await readBytes(place);
    expect(await runToEnd('act.ts', { args: [place.dir, 'diff', id], env })).toBe('done');
    expect(await runToEnd('act.ts', { args: [place.dir, 'plan', id], env })).toBe('viewing-a-copy');
    expect(await runToEnd('act.ts', { args: [place.dir, 'restore', id], env })).toMatch(
      /^(viewing-a-copy|database-read-only)$/,
    );
    expect(await readBytes(place)).toEqual(before);
    await chmod(place.dir, 0o755);
  });
});

test('a handle for reading refuses every write', async () => {
  const { place } = await live(root(), story);
  const db = openReadDatabase(place.databaseFile, { nativeBinding: undefined });
  try {
    for (const sql of ['DELETE FROM memories', 'CREATE TABLE x (a)', 'PRAGMA user_version = 9', 'VACUUM'])
      expect(() => db.exec(sql)).toThrow(/readonly/);
  } finally {
    db.close();
  }
});

test.each([
  ['the database', 'database-missing'],
  ['the whole folder', 'data-folder-missing'],
] as const)('if %s has disappeared since the folder was opened, every action says so', async (what, code) => {
  const { place, id } = await live(root(), story);
  const folder = await open(place);
  await rm(what === 'the database' ? place.databaseFile : place.dir, { recursive: true });
  const request = restoring(id);
  const facts = await describeFolder(folder).then(
    ({ databaseProblem }) => databaseProblem?.code,
    ({ code }) => code,
  );
  expect(facts).toBe(code);
  const outcomes = [
    takeSnapshot(folder, 'periodic'),
    diffSnapshot(folder, id),
    planRestore(folder, request),
    applyRestore(folder, request, NOW),
  ].map(codeOf);
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['database-missing']));
});
