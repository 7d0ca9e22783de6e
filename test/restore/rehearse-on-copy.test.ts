import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  planRestore,
  type Rehearsal,
  type RestoreOptions,
  rehearseRestore,
  rehearseUndo,
} from '../../src/index.ts';
import { asHost, codeOf, makeRoot, open, type Place, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { keeping, REWIND, rewindLately, textsOf, WAYS } from '../support/rewound.ts';
import { readState } from '../support/state.ts';
import { live, type Story } from '../support/story.ts';

/** A rehearsal tells what the restore does, changes nothing of the data folder, and leaves nothing behind. */
const root = makeRoot();

const story: Story = {
  tables: ['chats', 'memories'],
  schema: `CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT);
    CREATE TABLE memories (id INTEGER PRIMARY KEY, chat REFERENCES chats(id), text TEXT CHECK (text <> ''));
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT);
    CREATE TABLE loose (text TEXT, n INTEGER);
    CREATE VIRTUAL TABLE f USING fts5(text, content='memories', content_rowid='id');
    CREATE TRIGGER ai AFTER INSERT ON memories BEGIN INSERT INTO f(rowid, text) VALUES (new.id, new.text); END;
    CREATE TRIGGER ad AFTER DELETE ON memories BEGIN INSERT INTO f(f, rowid, text) VALUES ('delete', old.id, old.text); END;`,
  before: `INSERT INTO chats VALUES (1, 'One'), (2, 'Two'); INSERT INTO memories VALUES (1, 1, 'a'), (2, 2, 'b');
    INSERT INTO settings VALUES ('theme', 'dark'); INSERT INTO loose VALUES ('x', 1), ('x', 1);`,
  since: `DELETE FROM memories WHERE id = 1; UPDATE chats SET title = 'Zwei' WHERE id = 2;
    INSERT INTO memories VALUES (3, 2, 'c');`,
};

/** Every file of the data folder with its bytes. */
async function bytesOf({ dir }: Place): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('-shm'))
    .map((entry) => join(entry.parentPath, entry.name));
  // An empty WAL may appear where the last reader has closed the database.
  const pairs = files.map((file) => [file, readFileSync(file, 'base64')] as const);
  return Object.fromEntries(pairs.filter(([file, text]) => !(file.endsWith('-wal') && text === '')));
}

const ownFolders = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`snapback-${process.pid}-`));

/** The database in the private folder of a rehearsal; null where there is none yet. */
function findCopy(others: readonly string[]): Place | null {
  const file = readdirSync(tmpdir())
    .filter((name) => name.startsWith(`snapback-${process.pid}-`) && !others.includes(name))
    .map((name) => join(tmpdir(), name, 'app.db'))
    .find((path) => existsSync(path));
  return file === undefined ? null : { dir: dirname(file), databaseFile: file };
}

async function lived(change: Partial<Story> = {}, options: Partial<RestoreOptions> = {}) {
  const { place, id } = await live(root(), { ...story, ...change });
  const folder = await open(place);
  const request = restoring(id, options);
  return { place, folder, request };
}

function done(rehearsal: Rehearsal) {
  if (rehearsal.state !== 'done') throw new Error(`It is ${JSON.stringify(rehearsal)}.`);
  return rehearsal;
}

describe('what it tells', () => {
  test('is what the restore then does, row for row and check for check', async () => {
    const { folder, request } = await lived();
    const { planId } = await planRestore(folder, request);
    const told = done(await rehearseRestore(folder, request, { planId }));
    const receipt = await applyRestore(folder, request, { ...NOW, planId });
    expect(told.planId).toBe(receipt.planId);
    expect(told.tables).toEqual(
      receipt.tables.map(({ name, rows, added, removed, changed }) => ({
        ...{ name, rows, added, removed, changed },
      })),
    );
    expect(told.tables.map(({ added, removed, changed }) => added + removed + changed)).toContain(3);
    expect(told.checks).toEqual(receipt.checks);
    expect(told.writeLockMs).toBeGreaterThanOrEqual(0);
    expect(told.undo).toMatchObject({ state: 'same', tables: 6 });
    expect(told.nextStart).toEqual({ state: 'nothing' });
  });

  test('has the same hash of the way back each time, and another one for other contents', async () => {
    const { place, folder, request } = await lived();
    const hash = async () => {
      const { undo } = done(await rehearseRestore(folder, request, { planId: null }));
      return undo.state === 'same' ? undo.hash : undo;
    };
    const first = await hash();
    expect(await hash()).toBe(first);
    run(place, "UPDATE settings SET value = 'light'");
    expect(await hash()).not.toBe(first);
  });

  test.each(WAYS)(
    'names the events that the host applies when it starts next, after a rewind that %s',
    async (way) => {
      const { folder, id } = await rewindLately(root(), way);
      const told = done(await rehearseRestore(folder, keeping(id), { planId: null }));
      const { replay } = await applyRestore(folder, keeping(id), NOW);
      expect(told.nextStart).toEqual({ state: 'replays', ...replay });
    },
  );

  test.each([
    ['of the projected tables alone', { mode: 'projections' }],
    ['of a part', { selection: { by: 'tables', tables: ['memories'] } }],
  ] as const)('a restore %s goes back, too', async (_, options) => {
    const { folder, request } = await lived({}, options);
    const { planId } = await planRestore(folder, request);
    expect(done(await rehearseRestore(folder, request, { planId })).undo).toMatchObject({ state: 'same' });
  });

  test('an undo can be rehearsed as well, and as what it is', async () => {
    const { folder, request } = await lived();
    await applyRestore(folder, request, NOW);
    const told = done(await rehearseUndo(folder, {}, { planId: null }));
    const receipt = await applyUndo(folder, {}, NOW);
    expect(told.planId).toBe(receipt.planId);
    expect(told.checks).toEqual(receipt.checks);
    expect(told.undo).toMatchObject({ state: 'same' });
  });

  test('where newer events wait for the host, another restore is rehearsed as it would be made', async () => {
    const { folder, id } = await rewindLately(root(), 'deletes');
    await applyRestore(folder, keeping(id), NOW);
    const request = {
      ...restoring(id),
      selection: { by: 'tables' as const, tables: ['memories'] },
    };
    const plan = await planRestore(folder, request);
    const told = await rehearseRestore(folder, request, { planId: plan.planId });
    expect(told.state === 'done' ? [] : told.state === 'refused' ? [told.refusal.code] : null).toEqual(
      plan.refusals.map(({ code }) => code),
    );
  });
});

describe('what would go wrong', () => {
  test('is said before the database is touched: a row that it refuses', async () => {
    const { place, folder, request } = await lived({
      since:
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'text <> ''''', 'text <> ''a''') WHERE name = 'memories'; PRAGMA writable_schema = RESET; DELETE FROM memories WHERE id = 1;",
    });
    const before = await bytesOf(place);
    expect(await rehearseRestore(folder, request, { planId: null })).toMatchObject({
      state: 'refused',
      refusal: { code: 'row-refused' },
    });
    expect(await bytesOf(place)).toEqual(before);
  });

  test('an undo that would not bring everything back is said, with the tables', async () => {
    const { folder, request } = await lived();
    const others = await ownFolders();
    let meddled = false;
    // What meddles with the copy once the restore is made in it stands for any fault of an undo.
    const onProgress = () => {
      const copy = meddled ? null : findCopy(others);
      if (copy === null) return;
      meddled = asHost(
        copy,
        (db) => db.prepare('SELECT title FROM chats WHERE id = 2').pluck().get() === 'Two',
      );
      if (meddled) run(copy, "UPDATE settings SET value = 'light'");
    };
    const told = await rehearseRestore(folder, request, { planId: null }, { onProgress });
    expect(meddled).toBe(true);
    expect(done(told).undo).toEqual({ state: 'differs', tables: ['settings'] });
  });

  test('more than the bound is not copied, and said', async () => {
    const { folder, request } = await lived();
    const told = await rehearseRestore(folder, request, { planId: null, mostBytes: 1000 });
    expect(told).toMatchObject({ state: 'too-large', mostBytes: 1000 });
  });

  test('a plan that does not hold any more is not rehearsed', async () => {
    const { place, folder, request } = await lived();
    const { planId } = await planRestore(folder, request);
    run(place, "INSERT INTO memories VALUES (9, 2, 'later')");
    expect(await codeOf(rehearseRestore(folder, request, { planId }))).toBe('plan-stale');
  });
});

test('not one byte of the data folder changes, and no private folder stays', async () => {
  const { place, folder, request } = await lived();
  const [before, folders] = [await bytesOf(place), await ownFolders()];
  const state = readState(place.databaseFile);
  done(await rehearseRestore(folder, request, { planId: null }));
  expect(await bytesOf(place)).toEqual(before);
  expect(readState(place.databaseFile)).toEqual(state);
  expect(await ownFolders()).toEqual(folders);
});

test('a cancel ends it at any phase, and nothing of it stays', async () => {
  const { place, folder, request } = await lived();
  const [before, folders] = [await bytesOf(place), await ownFolders()];
  for (const after of [1, 4, 9, 15]) {
    const abort = new AbortController();
    let reports = 0;
    const onProgress = () => {
      reports += 1;
      if (reports === after) abort.abort();
    };
    const task = { signal: abort.signal, onProgress };
    expect(await codeOf(rehearseRestore(folder, request, { planId: null }, task))).toBe('cancelled');
  }
  expect(await bytesOf(place)).toEqual(before);
  expect(await ownFolders()).toEqual(folders);
});

test('a host that writes meanwhile is never kept waiting', async () => {
  const { place, folder, request } = await lived({ journalMode: 'delete' });
  let commits = 0;
  let copied = false;
  await rehearseRestore(
    folder,
    request,
    { planId: null },
    {
      onProgress: ({ done, total, unit }) => {
        copied ||= unit !== 'steps' || done === total;
        if (!copied) return;
        run(place, `${REWIND.appends(3)}`);
        commits += 1;
      },
    },
  );
  expect(commits).toBeGreaterThan(5);
  expect(textsOf(place)).toHaveLength(8 + commits);
});
