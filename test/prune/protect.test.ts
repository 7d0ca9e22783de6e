import '../support/file-calls.ts';

import { copyFileSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  checkSnapshot,
  type DataFolder,
  listSnapshots,
  openDataFolder,
  readHistory,
  type SnapshotId,
} from '../../src/index.ts';
import { asOnlyTaker } from '../../src/prune/one-taker.ts';
import { protectOnce } from '../../src/prune/protect.ts';
import { type FileCall, whileWatched } from '../support/file-calls.ts';
import { addEvents, dumpChat, makeChat, makeRoot, putSnapshot, run } from '../support/place.ts';
import { hold, start } from '../support/process.ts';
import { REUSING_LOG, REWIND, rewindLately } from '../support/rewound.ts';

/** What Snapback does by itself while a folder is open, if a person allowed it. Time is given. */
const root = makeRoot();
const NOTHING = { take: false, tidy: false };
const TAKE = { take: true, tidy: false };
const TIDY = { take: false, tidy: true };
const BOTH = { take: true, tidy: true };

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Long after the last write of the host. */
const later = (ms: number) => new Date(Date.now() + ms);

/** SQL: the host wrote shortly before then, so the clock of then is right. */
const writtenBefore = (now: Date) =>
  `UPDATE event_log SET ts = '${new Date(now.getTime() - MINUTE).toISOString()}';`;

/** Five checkpoints, of which the newest is due to be followed, and a copy from before a rewind that is too old. */
async function begin(): Promise<DataFolder> {
  const folder = await makeChat(root(), { events: 5 });
  for (let number = 1; number <= 5; number += 1)
    await putSnapshot(folder, `periodic/2026030${number}T000000Z`, dumpChat(folder), new Date());
  return folder;
}

async function idsOf(folder: DataFolder, kind: string): Promise<readonly SnapshotId[]> {
  return (await listSnapshots(folder)).flatMap((one) => (one.kind === kind ? [one.id] : []));
}

async function locksIn({ dir }: DataFolder): Promise<readonly string[]> {
  return (await readdir(join(dir, 'snapback'))).filter((name) => name.endsWith('.lock'));
}

describe.concurrent('by itself', () => {
  test('nothing is done as long as nobody allowed it', async () => {
    const folder = await begin();
    expect(await protectOnce(folder, NOTHING, later(DAY))).toMatchObject({
      taken: false,
      moved: 0,
      notes: [],
    });
    expect(await idsOf(folder, 'periodic')).toHaveLength(5);
    expect(await readdir(folder.dir)).not.toContain('snapback');
  });

  test('a checkpoint is taken when it is due by the host’s rule, and not before; older ones stay', async () => {
    const folder = await begin();
    expect(await protectOnce(folder, TAKE, later(29 * MINUTE))).toMatchObject({ taken: false, busy: false });
    expect(await protectOnce(folder, TAKE, later(31 * MINUTE))).toMatchObject({ taken: true, moved: 0 });
    expect(await idsOf(folder, 'periodic')).toHaveLength(6);
    expect(await protectOnce(folder, TAKE, later(29 * MINUTE))).toMatchObject({ taken: false });
    const { entries } = await readHistory(folder);
    expect(entries).toMatchObject([{ kind: 'take', by: 'itself' }]);
    expect(await locksIn(folder)).toEqual([]);
  });

  test('what the host’s rules prune is moved to the trash, and the history says by whom', async () => {
    const folder = await begin();
    await putSnapshot(folder, 'periodic/20260306T000000Z', dumpChat(folder), new Date());
    expect(await protectOnce(folder, TIDY, later(MINUTE))).toMatchObject({
      taken: false,
      moved: 1,
      notes: [],
    });
    expect(await idsOf(folder, 'periodic')).toHaveLength(5);
    expect((await readHistory(folder)).entries).toMatchObject([
      { kind: 'prune', by: 'itself', snapshots: ['periodic/20260301T000000Z'] },
    ]);
    expect(await protectOnce(folder, BOTH, later(31 * MINUTE))).toMatchObject({ taken: true, moved: 1 });
    expect(await idsOf(folder, 'periodic')).toHaveLength(5);
  });

  test('what alone brings something back stays, however old it is', async () => {
    const { folder, id } = await rewindLately(root(), 'flags');
    const now = later(20 * DAY);
    run(folder, writtenBefore(now));
    expect(await protectOnce(folder, TIDY, now)).toMatchObject({ moved: 0, notes: [], busy: false });
    expect(await idsOf(folder, 'rewind')).toContain(id);
  });

  test('what may alone bring something back stays: a snapshot from before ids were given again', async () => {
    const { place, id } = await rewindLately(root(), 'deletes', {
      log: REUSING_LOG,
      newer: addEvents(10, 'new'),
    });
    const now = later(20 * DAY);
    run(place, writtenBefore(now));
    const folder = await openDataFolder(place.dir, { cacheDir: `${place.dir}-cache` });
    await checkSnapshot(folder, id);
    expect((await listSnapshots(folder)).find((one) => one.id === id)?.lineage).toBe('other');
    expect(await protectOnce(folder, TIDY, now)).toMatchObject({ moved: 0, notes: [], busy: false });
    expect(await idsOf(folder, 'rewind')).toContain(id);
  });

  test('what alone brings something back stays, however many rewinds there were', async () => {
    const folder = await makeChat(root(), { events: 3 });
    const ids: SnapshotId[] = [];
    for (let number = 1; number <= 6; number += 1) {
      run(folder, addEvents(2, `lost ${number}`));
      const id = `rewind/2026030${number}T000000Z`;
      await putSnapshot(folder, id, dumpChat(folder), new Date());
      await putSnapshot(folder, `${id}_001`, dumpChat(folder), new Date());
      run(folder, REWIND.flags(3));
      ids.push(id);
    }
    const now = later(20 * DAY);
    run(
      folder,
      `INSERT INTO event_log (ts, kind) VALUES ('${new Date(now.getTime() - MINUTE).toISOString()}', 'message')`,
    );
    const { moved } = await protectOnce(folder, TIDY, now);
    expect(moved).toBe(6);
    const left = (await idsOf(folder, 'rewind')).map((id) => id.replace('_001', ''));
    expect(left.toSorted()).toEqual(ids);
  });

  test.each(['wal', 'delete'] as const)('nothing is done while the host writes (%s)', async (journalMode) => {
    const folder = await begin();
    run(folder, `PRAGMA journal_mode = ${journalMode}`);
    const host = await hold(folder.databaseFile, `BEGIN IMMEDIATE; ${addEvents(1)}`);
    expect(await protectOnce(folder, BOTH, later(31 * MINUTE))).toMatchObject({ taken: false, busy: true });
    await host.kill();
    expect(await protectOnce(folder, BOTH, new Date())).toMatchObject({ taken: false, busy: true });
    expect(await protectOnce(folder, BOTH, later(31 * MINUTE))).toMatchObject({ taken: true, busy: false });
  });

  test('snapshots that vanish while they are listed are no error', async () => {
    const folder = await begin();
    let going = true;
    const vanish = async () => {
      for (let number = 1; going; number = (number % 5) + 1) {
        await rm(join(folder.dir, `snapshots/periodic/2026030${number}T000000Z.json`), { force: true });
        await putSnapshot(folder, `periodic/2026030${number}T000000Z`, dumpChat(folder), new Date());
      }
    };
    const host = vanish();
    for (let round = 0; round < 15; round += 1) {
      await listSnapshots(folder);
      await protectOnce(folder, BOTH, later(31 * MINUTE));
      await readHistory(folder);
    }
    going = false;
    await host;
  });

  test('what is refused is told and leaves the folder as it was', async () => {
    const folder = await begin();
    await writeFile(join(folder.dir, 'snapback'), 'not a folder');
    const look = await protectOnce(folder, BOTH, later(31 * MINUTE));
    expect(look).toMatchObject({ taken: false, moved: 0, busy: false });
    expect(look.notes).toHaveLength(1);
    expect(await idsOf(folder, 'periodic')).toHaveLength(5);
  });
});

// Alone, because works of one process at the same time share its mark: the call that this waits for could be made by another.
test('what comes under a rule while it is found out what alone brings something back stays', async () => {
  const folder = await makeChat(root(), { events: 3 });
  for (let number = 1; number <= 6; number += 1) {
    run(folder, addEvents(2, `lost ${number}`));
    await putSnapshot(folder, `periodic/2026030${number}T000000Z`, dumpChat(folder), new Date());
    run(folder, REWIND.flags(3));
  }
  const before = await idsOf(folder, 'periodic');
  let looked = false;
  const host = ({ name }: FileCall) => {
    if (looked || name !== 'mkdtemp') return undefined;
    looked = true;
    const place = join(folder.dir, 'snapshots/periodic');
    return () => copyFileSync(join(place, '20260306T000000Z.json'), join(place, '20260307T000000Z.json'));
  };
  await whileWatched(host, () => protectOnce(folder, TIDY, later(MINUTE)));
  expect(looked).toBe(true);
  expect((await idsOf(folder, 'periodic')).filter((id) => before.includes(id))).toEqual(before);
});

describe.concurrent('of two that take checkpoints by themselves', () => {
  test('one gives way, and what a killed one left does not matter', async () => {
    const folder = await begin();
    const other = start('take-alone.ts', { args: [folder.dir] });
    expect(await other.said('alone')).toBe(true);
    expect(await asOnlyTaker(folder, async () => 'done')).toBeNull();
    expect(await protectOnce(folder, TAKE, later(31 * MINUTE))).toMatchObject({ taken: false, busy: true });
    expect(await locksIn(folder)).toHaveLength(1);
    await other.kill();
    expect(await locksIn(folder)).toHaveLength(1);
    expect(await asOnlyTaker(folder, async () => 'done')).toBe('done');
    expect(await locksIn(folder)).toEqual([]);
  });

  test('at most one is at work, whoever begins first, in one process or in several', async () => {
    const folder = await begin();
    let [inside, most] = [0, 0];
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      const seen = await asOnlyTaker(folder, async () => 'too many');
      inside -= 1;
      return seen;
    };
    for (let round = 0; round < 20; round += 1)
      await Promise.all([asOnlyTaker(folder, work), asOnlyTaker(folder, work), asOnlyTaker(folder, work)]);
    expect(await asOnlyTaker(folder, work)).toBeNull();
    expect(most).toBe(1);
    const children = [1, 2].map(() => start('take-alone.ts', { args: [folder.dir] }));
    const first = await Promise.all(children.map((child) => child.line()));
    expect(first.filter((line) => line === 'alone').length).toBeLessThanOrEqual(1);
    for (const child of children) child.process.stdin?.end();
    await Promise.all(children.map((child) => child.ended));
    expect(await locksIn(folder)).toEqual([]);
  });

  test('a lock whose process has another start, and one that is not understood, are judged by what is known', async () => {
    const folder = await begin();
    await asOnlyTaker(folder, async () => null);
    const lock = (pid: number, random: string) =>
      join(folder.dir, 'snapback', `taking-${pid}-${random.repeat(16)}.lock`);
    await writeFile(lock(process.pid, 'a'), JSON.stringify({ pid: process.pid, started: 'another boot 1' }));
    await writeFile(lock(2_147_483_647, 'b'), '');
    expect(await asOnlyTaker(folder, async () => 'done')).toBe('done');
    await writeFile(lock(process.pid, 'c'), '');
    expect(await asOnlyTaker(folder, async () => 'done')).toBeNull();
  });
});
