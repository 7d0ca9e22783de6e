import { execFileSync } from 'node:child_process';
import { mkdir, readdir, symlink, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeTaken } from '../../src/cli/report.ts';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { isDue, takeCheckpoint, takeIfDue } from '../../src/prune/due.ts';
import { listSnapshotFiles } from '../../src/snapshots/files.ts';
import { takeSnapshot } from '../../src/snapshots/take.ts';
import {
  addEvents,
  codeOf,
  cutsOf,
  dumpChat,
  makeChat,
  makeDir,
  makeRoot,
  putSnapshot,
  run,
} from '../support/place.ts';
import { hold } from '../support/process.ts';
import { makeRemembered } from '../support/remembered-chat.ts';

const root = makeRoot();

const taken = new Date('2026-03-01T00:00:00.000Z');
const later = (seconds: number) => ({ now: new Date(taken.getTime() + seconds * 1000) });
const older = 'periodic/20260228T000000Z';
const newest = 'periodic/20260301T000000Z';

/** Five events and a checkpoint of them. */
async function makeCheckpoint(): Promise<DataFolder> {
  const folder = await makeChat(root(), { events: 5 });
  await putSnapshot(folder, newest, dumpChat(folder), taken);
  return folder;
}

describe('a checkpoint is due', () => {
  test.each([
    [0, false],
    [1, true],
  ])('if there is none, with %i events: %s', async (events, due) => {
    const folder = await makeChat(root(), { events });
    expect(await isDue(folder)).toMatchObject({ due, counted: null, passedOver: [] });
    await putSnapshot(folder, 'rewind/20260301T000000Z', dumpChat(folder), taken);
    expect((await isDue(folder)).due).toBe(due);
  });

  test.each([
    [0, 0, false],
    [99, 0, false],
    [100, 0, true],
    [0, 1799, false],
    [0, 1799.999, false],
    [0, 1800, true],
    [99, 1799, false],
    [100, 1800, true],
    [0, -86_400, false],
  ])('after %i events and %d seconds since the newest: %s', async (events, seconds, due) => {
    const folder = await makeCheckpoint();
    run(folder, addEvents(events));
    expect(await isDue(folder, later(seconds))).toMatchObject({ due, counted: newest, passedOver: [] });
  });

  test('by the modification time of the file, not by the time in its name', async () => {
    const folder = await makeChat(root(), { events: 5 });
    await putSnapshot(folder, 'periodic/20200101T000000Z', dumpChat(folder), taken);
    expect((await isDue(folder, later(10))).due).toBe(false);
  });

  test('by the thresholds of the profile', async () => {
    const folder = await makeCheckpoint();
    const profile = { ...folder.profile, periodic: { everyEvents: 2, everySeconds: 10, keep: 5 } };
    expect((await isDue({ ...folder, profile }, later(9))).due).toBe(false);
    expect((await isDue({ ...folder, profile }, later(10))).due).toBe(true);
  });

  test('counting from the one with the newest name, even if another was written later', async () => {
    const folder = await makeCheckpoint();
    await putSnapshot(folder, older, dumpChat(folder), new Date(taken.getTime() + 5000));
    expect(await isDue(folder, later(10))).toMatchObject({ counted: newest });
  });
});

describe('the reason says about the checkpoint that is counted from', () => {
  const partly = /Compared with the log/;

  test('how much of it was compared with the log, if the host wrote it and it is longer than its head', async () => {
    const folder = await makeChat(root(), { events: 2000 });
    await putSnapshot(folder, newest, dumpChat(folder), taken);
    const { reason } = await isDue(folder, later(60));
    const [, events] =
      / Compared with the log: only its first (\d+) events and the id of its last one\.$/.exec(reason) ?? [];
    // The head is 64 KB, and each event here takes between 100 and 200 bytes.
    expect(Number(events)).toBeGreaterThan(300);
    expect(Number(events)).toBeLessThan(700);
    run(folder, 'DELETE FROM event_log WHERE id > 1000');
    expect((await isDue(folder, later(60))).reason).toContain(
      `Compared with the log: only its first ${events} events.`,
    );
  });

  test('that only an id was compared, if its log does not come first', async () => {
    const folder = await makeChat(root(), { events: 5 });
    await putSnapshot(folder, newest, '{"last_event_id": 5, "chats": [], "event_log": []}', taken);
    expect((await isDue(folder, later(60))).reason).toMatch(
      / Compared with the log: only the id of its last event\.$/,
    );
  });

  test('that none of its events was compared, if the log was cut and they do not come first', async () => {
    const folder = await makeChat(root(), { events: 5 });
    await putSnapshot(folder, newest, '{"last_event_id": 9, "chats": [], "event_log": []}', taken);
    expect((await isDue(folder, later(60))).reason).toMatch(/ Compared with the log: none of its events\.$/);
  });

  test('nothing if all events were compared: those of a short one, and of one that we wrote', async () => {
    expect((await isDue(await makeCheckpoint(), later(60))).reason).not.toMatch(partly);
    const folder = await makeChat(root(), { events: 2000 });
    await takeSnapshot(folder, 'periodic');
    expect((await isDue(folder)).reason).not.toMatch(partly);
    const cut = await makeCheckpoint();
    run(cut, 'DELETE FROM event_log WHERE id > 3');
    expect((await isDue(cut, later(60))).reason).not.toMatch(partly);
    const empty = await makeChat(root(), { events: 0 });
    await putSnapshot(empty, newest, dumpChat(empty), taken);
    expect((await isDue(empty, later(60))).reason).not.toMatch(partly);
  });
});

describe('a long checkpoint of ours, once it was compared with the log as a whole', () => {
  const known =
    /Compared with the log: now only its first \d+ events and its last one, at an earlier look all of its events\.$/;

  const makeLong = () => makeRemembered(root(), 5200);

  test('is from then on known by its first events and its last one, and the reason says so', async () => {
    const folder = await makeLong();
    await takeSnapshot(folder, 'periodic');
    expect((await isDue(folder)).reason).not.toMatch(/Compared/);
    expect((await isDue(folder)).reason).toMatch(known);
    run(folder, addEvents(3));
    const grown = await isDue(folder);
    expect(grown.reason).toMatch(known);
    expect(grown.reason).toContain('3 events since');
  });

  test.each([
    ['because it was due', takeIfDue],
    ['on demand', takeCheckpoint],
  ])('was compared by being taken %s, if nothing was written meanwhile', async (_, takeOne) => {
    const folder = await makeLong();
    expect(await takeOne(folder)).toMatchObject({ taken: true });
    expect((await isDue(folder)).reason).toMatch(known);
  });

  test.each([
    ['its last event', "UPDATE event_log SET payload_json = '{}' WHERE id = 5200"],
    ['one of its first events', "UPDATE event_log SET payload_json = '{}' WHERE id = 7"],
    ['its end, and the log grew again', `DELETE FROM event_log WHERE id > 5100; ${addEvents(1)}`],
  ])('is still passed over if the log has lost %s', async (_, change) => {
    const folder = await makeLong();
    expect(await takeIfDue(folder)).toMatchObject({ taken: true });
    run(folder, change);
    const { passedOver } = await isDue(folder);
    expect(passedOver).toEqual([expect.objectContaining({ why: expect.stringMatching(/another timeline/) })]);
  });
});

describe('a newest checkpoint that cannot be counted from is skipped and named', () => {
  async function expectPassedOver(folder: DataFolder, id: string, why: RegExp) {
    await putSnapshot(folder, older, dumpChat(folder), taken);
    expect(await isDue(folder, later(60))).toMatchObject({
      counted: older,
      passedOver: [{ id, why: expect.stringMatching(why) }],
    });
  }

  test('if it is cut off anywhere', async () => {
    const folder = await makeCheckpoint();
    await putSnapshot(folder, older, dumpChat(folder), taken);
    const file = join(folder.dir, 'snapshots', `${newest}.json`);
    for (const length of cutsOf(dumpChat(folder))) {
      await truncate(file, length);
      await utimes(file, taken, taken);
      expect(await isDue(folder, later(60))).toMatchObject({ counted: older, passedOver: [{ id: newest }] });
    }
  });

  test('if it is a FIFO or a folder, without waiting for it', async () => {
    const folder = await makeChat(root(), { events: 5 });
    await mkdir(join(folder.dir, 'snapshots/periodic'), { recursive: true });
    execFileSync('mkfifo', [join(folder.dir, 'snapshots', `${newest}.json`)]);
    await expectPassedOver(folder, newest, /not a regular file/);
  });

  test('if it lacks the id of its last event', async () => {
    const folder = await makeChat(root(), { events: 5 });
    await putSnapshot(folder, newest, '{"event_log": [], "chats": []}', taken);
    await expectPassedOver(folder, newest, /id of its last event/);
  });

  test('if it is of a database that was replaced by one with the same ids', async () => {
    const folder = await makeCheckpoint();
    run(folder, "UPDATE event_log SET payload_json = '{}' WHERE id = 1");
    await expectPassedOver(folder, newest, /another timeline/);
  });

  test('if it holds events that were cut off the log before it grew again', async () => {
    const folder = await makeCheckpoint();
    run(folder, `DELETE FROM event_log WHERE id > 3; ${addEvents(1)}`);
    await expectPassedOver(folder, newest, /another timeline/);
  });

  test('if the log differs only in the middle, and we wrote it', async () => {
    const folder = await makeChat(root(), { events: 2000 });
    const { id, file } = await takeSnapshot(folder, 'periodic');
    await utimes(file, taken, taken);
    expect(await isDue(folder, later(60))).toMatchObject({ counted: id, passedOver: [] });
    run(folder, "UPDATE event_log SET payload_json = '{}' WHERE id = 1500");
    await expectPassedOver(folder, id, /another timeline/);
  });

  test('and if no checkpoint is left, one is due as if there had never been any', async () => {
    const folder = await makeChat(root(), { events: 1 });
    await putSnapshot(folder, newest, '', taken);
    expect(await isDue(folder, later(0))).toMatchObject({
      due: true,
      counted: null,
      passedOver: [{ id: newest }],
    });
  });
});

test('a log that was cut and has not grown since still counts from a longer checkpoint', async () => {
  const folder = await makeCheckpoint();
  run(folder, 'DELETE FROM event_log WHERE id > 3');
  expect(await isDue(folder, later(60))).toMatchObject({ due: false, counted: newest, passedOver: [] });
});

describe('taking if due', () => {
  test('takes nothing if none is due, and says why', async () => {
    const folder = await makeCheckpoint();
    expect(await takeIfDue(folder, later(60))).toEqual({
      taken: false,
      reason: expect.stringMatching(/60 seconds old, with 0 events/),
    });
    expect(await readdir(join(folder.dir, 'snapshots/periodic'))).toHaveLength(1);
  });

  test('takes one, then moves to the trash the sixth newest and copies before a rewind older than 14 days', async () => {
    const folder = await makeChat(root(), { events: 5 });
    const days = (kind: string, ...numbers: readonly number[]) =>
      numbers.map((day) => `${kind}/2026010${day}T000000Z`);
    for (const id of [...days('periodic', 1, 2, 3, 4, 5, 6), ...days('restore', 1), ...days('weekly', 1)])
      await putSnapshot(folder, id, dumpChat(folder), taken);
    await putSnapshot(folder, 'rewind/20260101T000000Z');
    await putSnapshot(folder, 'rewind/20990101T000000Z');
    const result = await takeIfDue(folder);
    if (!result.taken) throw new TypeError(result.reason);
    expect(result).toMatchObject({
      lastEventId: 5n,
      retired: [...days('periodic', 2, 1), 'rewind/20260101T000000Z'],
    });
    expect((await listSnapshotFiles(folder)).map(({ id }) => id)).toEqual([
      result.id,
      ...days('periodic', 6, 5, 4, 3),
      ...days('restore', 1),
      'rewind/20990101T000000Z',
      ...days('weekly', 1),
    ]);
    expect(await readdir(join(folder.dir, 'snapback/trash'))).toHaveLength(2);
  });

  test('says what was done and what was not if the older ones cannot be moved', async () => {
    const folder = await makeChat(root(), { events: 5 });
    for (const day of [1, 2, 3, 4, 5, 6])
      await putSnapshot(folder, `periodic/2026010${day}T000000Z`, dumpChat(folder), taken);
    await putSnapshot(folder, 'rewind/20260101T000000Z');
    await mkdir(join(folder.dir, 'snapback'));
    await symlink(await makeDir(root()), join(folder.dir, 'snapback/trash'));
    const result = await takeIfDue(folder);
    if (!result.taken) throw new TypeError(result.reason);
    expect(result.retired).toEqual([]);
    expect(result.notes).toEqual([
      expect.stringMatching(/^Older snapshots could not be moved to the trash: /),
      expect.stringMatching(/^Older snapshots could not be moved to the trash: /),
    ]);
    expect(describeTaken(result).join('\n')).toContain(result.notes[0]);
    expect((await listSnapshotFiles(folder)).map(({ id }) => id)).toContain(result.id);
  });

  test('moves no copy before a rewind while nothing confirms the clock, however often it is tried', async () => {
    const folder = await makeChat(root(), { events: 5 });
    for (const day of [1, 2])
      await putSnapshot(folder, `rewind/2026010${day}T000000Z`, dumpChat(folder), taken);
    const far = new Date('2037-01-01T00:00:00.000Z');
    for (const hours of [0, 1]) {
      const result = await takeIfDue(folder, { now: new Date(far.getTime() + hours * 3_600_000) });
      if (!result.taken) throw new TypeError(result.reason);
      expect(result.retired).toEqual([]);
      expect(result.notes).toEqual([expect.stringContaining('the clock is far ahead')]);
      await utimes(result.file, far, far);
    }
    // The log shows that the time has really passed.
    run(folder, "UPDATE event_log SET ts = '2036-12-31T00:00:00Z' WHERE id = 5");
    expect(await takeIfDue(folder, { now: new Date('2037-01-01T03:00:00.000Z') })).toMatchObject({
      retired: ['rewind/20260102T000000Z', 'rewind/20260101T000000Z'],
      notes: [],
    });
  });

  test('never prunes the one it has just taken, even if all others are dated in the future', async () => {
    const folder = await makeChat(root(), { events: 5 });
    for (const day of [1, 2, 3, 4, 5, 6])
      await putSnapshot(folder, `periodic/2099010${day}T000000Z`, dumpChat(folder), taken);
    const result = await takeIfDue(folder);
    if (!result.taken) throw new TypeError(result.reason);
    expect(result.retired).toEqual(['periodic/20990101T000000Z']);
    expect((await listSnapshotFiles(folder)).map(({ id }) => id)).toContain(result.id);
  });
});

test('a lock that is not released is waited for, and a cancel ends the wait', async () => {
  const folder = await makeChat(root(), { journalMode: 'delete' });
  await hold(folder.databaseFile, 'BEGIN EXCLUSIVE');
  const controller = new AbortController();
  const onProgress = () => controller.abort();
  expect(await codeOf(isDue(folder, {}, { signal: controller.signal, onProgress }))).toBe('cancelled');
  expect(await codeOf(isDue(folder))).toBe('database-busy');
});
