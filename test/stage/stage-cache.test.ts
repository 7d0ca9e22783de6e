import { watch } from 'node:fs';
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  stat,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { readHostDatabase } from '../../src/host/host-database.ts';
import { applyRestore, diffSnapshot, planRestore, restoreToCopy } from '../../src/index.ts';
import { openPrivateDatabase, openReadDatabase } from '../../src/sqlite/database.ts';
import { clearCache, describeCache, stagesFolder } from '../../src/stage/cache-folder.ts';
import { STAGE_SCHEMA } from '../../src/stage/layout.ts';
import type { Stage } from '../../src/stage/stage.ts';
import type { Proof } from '../../src/stage/stage-cache.ts';
import { readRecord, writeRecord } from '../../src/stage/stage-record.ts';
import { contentHash } from '../../src/stage/staged-contents.ts';
import { attachStage, stageById } from '../../src/stage/staged-view.ts';
import { createPrivateFolder } from '../../src/system/private-folder.ts';
import { addEvents, dumpChat, makeChat, makeDir, makeRoot, putSnapshot, run } from '../support/place.ts';
import { start } from '../support/process.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';

/*
 * Stages that are kept: what is found again is what the snapshot says, and whatever is wrong with what was kept, or with
 * its place, changes no answer.
 */

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';
const request = restoring(ID);

let folder: DataFolder;
let cacheDir: string;

beforeEach(async () => {
  cacheDir = join(await makeDir(root()), 'cache');
  folder = { ...(await makeChat(root(), { events: 40 })), cacheDir };
  await putSnapshot(folder, ID, dumpChat(folder), new Date(0));
  run(folder, 'DELETE FROM event_log WHERE id > 30;');
});

/** Waits until the snapshot is old enough for its times to tell whether it changed. */
const settle = () => sleep(2100);

/** Stages the snapshot, lets `use` look at the stage, and closes it. */
async function staged<T>(use: (stage: Stage) => T | Promise<T>, proof: Proof = 'facts'): Promise<T> {
  const db = openReadDatabase(folder.databaseFile, folder);
  const place = await createPrivateFolder();
  try {
    const live = readHostDatabase(db, folder.profile);
    const { stage } = await stageById(folder, ID, { folder: place, live, proof }, {});
    try {
      return await use(stage);
    } finally {
      await stage.close();
    }
  } finally {
    db.close();
    await place.remove();
  }
}

const fileOf = (proof: Proof = 'facts') => staged(({ file }) => file, proof);
const kept = async () =>
  (await readdir(stagesFolder(cacheDir))).filter((name) => name.endsWith('.db')).toSorted();
const record = async () => {
  const [name = ''] = (await readdir(stagesFolder(cacheDir))).filter((one) => one.endsWith('.json'));
  return join(stagesFolder(cacheDir), name);
};

/** The record of the stage that was kept. */
const readKept = async () => {
  const db = openReadDatabase(folder.databaseFile, folder);
  const kept = readRecord(
    await readFile(await record(), 'utf8'),
    readHostDatabase(db, folder.profile).schema,
  );
  db.close();
  if (kept === null) throw new TypeError('There is no record.');
  return kept;
};

/** What a snapshot is worth without any cache. */
const answers = async (where: DataFolder) => {
  const { planId, ...plan } = await planRestore(where, request);
  return { diff: await diffSnapshot(where, ID), plan: plan.tables };
};

test.each(['facts', 'bytes'] as const)(
  'a second look finds the stage of the first, by its %s',
  async (proof) => {
    const first = await fileOf(proof);
    expect(await fileOf(proof)).toBe(first);
    expect(await answers(folder)).toEqual(await answers({ ...folder, cacheDir: null }));
    expect(await kept()).toHaveLength(1);
  },
);

test('what was made of a stage is found with it', async () => {
  const make = (stage: Stage) => Promise.all(stage.tables.map((table) => contentHash(stage, table, {})));
  const made = await staged(make);
  expect(await staged(({ contents }) => contents.totals.size)).toBe(made.length);
  expect(await staged(make, 'bytes')).toEqual(made);
});

test('only their owner may read what is kept', async () => {
  await settle();
  await fileOf();
  const modes = async (path: string) => (await stat(path)).mode & 0o777;
  expect(await modes(stagesFolder(cacheDir))).toBe(0o700);
  const names = await readdir(stagesFolder(cacheDir));
  expect(names).toHaveLength(3);
  for (const name of names) expect(await modes(join(stagesFolder(cacheDir), name))).toBe(0o600);
});

test('the folder is closed to others before anything in it is used, and one of somebody else is done without', async () => {
  const path = await fileOf();
  const place = stagesFolder(cacheDir);
  await chmod(place, 0o777);
  expect(await fileOf()).toBe(path);
  expect((await stat(place)).mode & 0o777).toBe(0o700);
  if (process.getuid?.() !== 0) return;
  await chown(place, 12_345, 12_345);
  expect(await fileOf()).not.toContain(place);
  expect(await diffSnapshot(folder, ID)).toMatchObject({ lineage: 'same' });
});

test('a snapshot with other bytes has another stage, even with the same size and time', async () => {
  await settle();
  const first = await fileOf();
  const path = join(folder.dir, 'snapshots', `${ID}.json`);
  await writeFile(path, (await readFile(path, 'utf8')).replace('line 7', 'line X'));
  await utimes(path, new Date(0), new Date(0));
  for (const proof of ['facts', 'bytes'] as const) {
    expect(await fileOf(proof)).not.toBe(first);
    expect((await diffSnapshot(folder, ID)).tables[0]).toMatchObject({ added: 11, removed: 1 });
  }
});

test('another schema or another profile has another stage', async () => {
  const files = [await fileOf()];
  run(folder, 'PRAGMA user_version = 7');
  files.push(await fileOf());
  run(folder, 'ALTER TABLE chats ADD COLUMN mood TEXT');
  files.push(await fileOf());
  folder = { ...folder, profile: { ...folder.profile, tables: ['chats'] } };
  files.push(await fileOf());
  expect(new Set(files).size).toBe(4);
});

test('a stage that had to ask the live database is not kept', async () => {
  const text = dumpChat(folder).replace('"title":"Harbour"', `"title":"b'x'"`);
  await putSnapshot(folder, ID, text, new Date(0));
  await staged(({ guessedBlobs }) => expect(guessedBlobs).toHaveLength(1));
  expect(await readdir(stagesFolder(cacheDir))).toEqual([]);
});

describe('what is wrong with a kept stage costs only time:', () => {
  const damages: readonly (readonly [string, (file: string) => Promise<void>])[] = [
    ['its bytes were changed', (file) => overwrite(file, 5000, 'tampered')],
    ['its header was changed', (file) => overwrite(file, 0, 'no database')],
    ['it was cut', (file) => truncate(file, 8192)],
    ['it is empty', (file) => truncate(file, 0)],
    ['it is gone', (file) => unlink(file)],
    ['its record was cut', async () => truncate(await record(), 100)],
    ['its record is empty', async () => truncate(await record(), 0)],
    ['its record is gone', async () => unlink(await record())],
    ['its record has another form', async () => writeFile(await record(), 'of a later version')],
    ['its record was changed', async () => changeDigit(await record(), 300)],
  ];

  test.each(damages)('%s', async (_, damage) => {
    const first = await fileOf();
    await damage(first);
    expect(await fileOf()).not.toBe(first);
    expect(await answers(folder)).toEqual(await answers({ ...folder, cacheDir: null }));
  });

  test('its bytes were changed and its times were forged: a restore finds out', async () => {
    const first = await fileOf('bytes');
    const { atime, mtime } = await stat(first);
    await overwrite(first, (await readFile(first)).indexOf('line 35'), 'LIE! 35');
    await utimes(first, atime, mtime);
    await applyRestore(folder, request, NOW);
    expect(readState(folder.databaseFile).tables.event_log?.join()).not.toContain(
      Buffer.from('LIE! 35').toString('hex').toUpperCase(),
    );
    expect(await fileOf('bytes')).not.toBe(first);
  });

  /** Changes the stage, and makes its record say that this is what was kept. */
  async function forge(at: (bytes: Buffer) => number, text: string): Promise<void> {
    await settle();
    const first = await fileOf('bytes');
    await overwrite(first, at(await readFile(first)), text);
    const { mtimeNs, ctimeNs } = await stat(first, { bigint: true });
    const { file, ...rest } = await readKept();
    const forged = { ...file, mtime: String(mtimeNs), ctime: String(ctimeNs) };
    await writeFile(await record(), writeRecord({ ...rest, file: forged }));
    expect(await fileOf()).toBe(first);
  }

  const lie = (bytes: Buffer) => bytes.indexOf('line 35');
  const secondPage = () => 16_384;
  test.each([
    ['tells a lie', 'with a plan', lie, 'LIE! 35', true],
    ['tells a lie', 'without one', lie, 'LIE! 35', false],
    ['cannot be read', 'with a plan', secondPage, 'no page of SQLite', true],
    ['cannot be read', 'without one', secondPage, 'no page of SQLite', false],
  ])('it %s and its record was forged: a restore %s finds out before it writes', async (...given) => {
    const [, , at, text, isPlanned] = given;
    await forge(at, text);
    const { planId } = await planRestore({ ...folder, cacheDir: null }, request);
    await applyRestore(folder, request, { ...NOW, planId: isPlanned ? planId : null });
    const events = readState(folder.databaseFile).tables.event_log;
    expect(events).toHaveLength(40);
    expect(events?.join()).not.toContain(Buffer.from('LIE! 35').toString('hex').toUpperCase());
    expect(await readdir(join(folder.dir, 'snapshots/restore'))).toHaveLength(1);
  });

  test.each([
    ['tells a lie', lie, 'LIE! 35'],
    ['cannot be read', secondPage, 'no page of SQLite'],
  ])('it %s and its record was forged: a restore into a new file finds out', async (_, at, text) => {
    await forge(at, text);
    const to = join(await makeDir(root()), 'then.db');
    await restoreToCopy(folder, { ...request, to }, { planId: null });
    const events = readState(to).tables.event_log;
    expect(events).toHaveLength(40);
    expect(events?.join()).not.toContain(Buffer.from('LIE! 35').toString('hex').toUpperCase());
  });
});

test('after the system was started again, a stage is not trusted by its times until it was hashed once', async () => {
  const first = await fileOf();
  const { file, ...rest } = await readKept();
  await writeFile(await record(), writeRecord({ ...rest, file: { ...file, boot: 'an earlier one' } }));
  expect(await fileOf()).toBe(first);
  expect((await readKept()).file).toEqual(file);
  // As a power failure would leave it: with the same size and times, but other bytes.
  await overwrite(first, 5000, 'spoilt');
  const { mtimeNs, ctimeNs } = await stat(first, { bigint: true });
  const spoilt = { ...file, mtime: String(mtimeNs), ctime: String(ctimeNs), boot: 'an earlier one' };
  await writeFile(await record(), writeRecord({ ...rest, file: spoilt }));
  expect(await fileOf()).not.toBe(first);
});

async function changeDigit(file: string, at: number): Promise<void> {
  const was = (await readFile(file)).toString('latin1', at, at + 1);
  await overwrite(file, at, was === '9' ? '8' : '9');
}

/** Writes over some bytes, which must differ from what was there. */
async function overwrite(file: string, at: number, text: string): Promise<void> {
  const bytes = await readFile(file);
  const before = Buffer.from(bytes);
  bytes.write(text, at);
  expect(bytes.equals(before)).toBe(false);
  await writeFile(file, bytes);
}

test.each([
  ['below a file', async () => join(folder.databaseFile, 'cache')],
  [
    'in a place that cannot be written',
    async () => {
      await mkdir(cacheDir, { recursive: true });
      await writeFile(stagesFolder(cacheDir), 'a file');
      return cacheDir;
    },
  ],
])('a cache %s is done without', async (_, place) => {
  folder = { ...folder, cacheDir: await place() };
  expect(await answers(folder)).toEqual(await answers({ ...folder, cacheDir: null }));
  await applyRestore(folder, request, NOW);
  expect(await describeCache(cacheDir)).toMatchObject({ stages: 0 });
});

test('all can be cleared while a stage is in use, and that one goes on working', async () => {
  const before = await staged((stage) => contentHash(stage, firstOf(stage), {}));
  await staged(async (stage) => {
    const { freedBytes } = await clearCache(cacheDir);
    expect(freedBytes).toBeGreaterThan(10_000);
    expect(await readdir(stagesFolder(cacheDir))).toEqual([]);
    const db = openPrivateDatabase(join(stage.folder.path, 'other.db'), { nativeBinding: undefined });
    attachStage(db, stage);
    expect(db.prepare(`SELECT count(*) FROM ${STAGE_SCHEMA}.t0`).pluck().get()).toBe(40);
    db.close();
    expect(await contentHash(stage, firstOf(stage), {})).toBe(before);
  });
  expect(await describeCache(cacheDir)).toMatchObject({ stages: 0, bytes: 0 });
});

function firstOf({ tables: [first] }: Stage) {
  if (first === undefined) throw new TypeError('The stage has no table.');
  return first;
}

test('drafts of dead processes are removed, those of others stay', async () => {
  await mkdir(stagesFolder(cacheDir), { recursive: true });
  const child = start('hold.ts', { args: [folder.databaseFile, 'SELECT 1'] });
  await child.said('held');
  const [dead, alive] = [`.999999999-${'0'.repeat(16)}`, `.${child.process.pid}-${'0'.repeat(16)}`];
  for (const name of [dead, alive]) await writeFile(join(stagesFolder(cacheDir), name), 'x');
  await fileOf();
  const names = await readdir(stagesFolder(cacheDir));
  expect(names).not.toContain(dead);
  expect(names).toContain(alive);
  await child.kill();
});

test('a stage without a record is removed once nobody can be about to give it one', async () => {
  const lost = await fileOf();
  await unlink(await record());
  run(folder, 'PRAGMA user_version = 7');
  const next = await fileOf();
  expect(await kept()).toEqual([lost, next].map((path) => basename(path)).toSorted());
  await utimes(lost, new Date(), new Date(Date.now() - 11 * 60_000));
  run(folder, 'PRAGMA user_version = 8');
  const last = await fileOf();
  expect(await kept()).toEqual([next, last].map((path) => basename(path)).toSorted());
});

test.each([0, 20, 100])(
  'a stage whose maker is killed %i ms after it was begun is not found, and is made again',
  async (delayMs) => {
    run(folder, addEvents(60_000, 'a line of some length'));
    await putSnapshot(folder, ID, dumpChat(folder), new Date(0));
    await mkdir(stagesFolder(cacheDir), { recursive: true });
    const watcher = watch(stagesFolder(cacheDir));
    const begun = new Promise<void>((resolve) => {
      watcher.on('change', (_, name) => {
        if (/^\.\d/.test(String(name))) resolve();
      });
    });
    const child = start('stage.ts', { args: [folder.dir, cacheDir, ID] });
    await begun;
    await sleep(delayMs);
    await child.kill();
    watcher.close();
    expect(await child.ended).toEqual([]);
    const [half = '', ...others] = await readdir(stagesFolder(cacheDir));
    expect(half).toMatch(/^\.\d/);
    expect(others).toEqual([]);
    const rows = await staged(({ db }) => db.prepare('SELECT count(*) FROM t0').pluck().get());
    expect(rows).toBe(60_030);
    const names = await readdir(stagesFolder(cacheDir));
    expect(names).not.toContain(half);
    expect(names.filter((name) => name.endsWith('.db'))).toHaveLength(1);
  },
);

test('two processes that stage the same snapshots at once both end well, and what they leave is found', async () => {
  const ids = Array.from({ length: 6 }, (_, index) => `rewind/20260102T00000${index}Z`);
  for (const [index, id] of ids.entries()) {
    run(folder, addEvents(index + 1));
    await putSnapshot(folder, id, dumpChat(folder), new Date(0));
  }
  const both = [1, 2].map(() => start('stage.ts', { args: [folder.dir, cacheDir, ...ids, ...ids] }));
  const lines = await Promise.all(both.map(({ ended }) => ended));
  const rows = ids.map((_, index) => `kept ${30 + ((index + 1) * (index + 2)) / 2}`);
  for (const told of lines) expect(told).toEqual([...rows, ...rows]);
  const count = (await kept()).length;
  expect(await start('stage.ts', { args: [folder.dir, cacheDir, ...ids] }).ended).toEqual(rows);
  expect((await kept()).length).toBe(count);
});
