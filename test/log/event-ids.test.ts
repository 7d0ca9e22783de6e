import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeHappened } from '../../src/cli/happened-report.ts';
import {
  applyPrune,
  applyRestore,
  checkSnapshot,
  describeFolder,
  diffSnapshot,
  findOnlyCopies,
  findOnlyCopiesInTrash,
  isDue,
  planRestore,
  readHappened,
  rulesOf,
  takeIfDue,
  takeSnapshot,
} from '../../src/index.ts';
import {
  asHost,
  errorOf,
  makePlace,
  makeRoot,
  open,
  type Place,
  putSnapshot,
  run,
} from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';

/**
 * Checkpoints count from an event id that is a whole number. A log with other ids can be viewed and compared; any
 * action that would write a file the host can't use is refused with the reason.
 */
const root = makeRoot();
const ID = 'periodic/20260101T000000Z';
const request = restoring(ID);

async function makeLog(type: string, ids: readonly string[]): Promise<Place> {
  const place = await makePlace(root(), 'CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT);');
  run(place, `DROP TABLE event_log; CREATE TABLE event_log (id ${type} PRIMARY KEY, ts TEXT, kind TEXT);`);
  append(place, ids);
  return place;
}

function append(place: Place, ids: readonly string[]): void {
  for (const id of ids) run(place, `INSERT INTO event_log VALUES (${id}, 'now', 'message')`);
}

/** What the host's own service would write. */
async function dumpAsHost(place: Place): Promise<void> {
  const dump = asHost(place, (db) => ({
    last_event_id: db.prepare('SELECT max(id) FROM event_log').pluck().get() ?? 0,
    event_log: db.prepare('SELECT * FROM event_log').all(),
    chats: db.prepare('SELECT * FROM chats').all(),
  }));
  await putSnapshot(place, ID, JSON.stringify(dump));
}

const KINDS = [
  [
    'text',
    'TEXT',
    ["'01ARZ3NDEKTSV4RRFFQ69G5FAV'", "'01ARZ3NDEKTSV4RRFFQ69G5FAW'", "'00000000000000000000000000'"],
  ],
  ['real', 'REAL', ['1.5', '2.5', '0.5']],
] as const;

describe.concurrent.each(KINDS)('a log whose ids are of type %s', (found, type, [first, second, late]) => {
  test('can be viewed and compared, and its host’s snapshot is not called damaged', async () => {
    const place = await makeLog(type, [first, second]);
    await dumpAsHost(place);
    append(place, [late]);
    run(place, "INSERT INTO chats VALUES (1, 'Harbour')");
    const folder = await open(place);
    expect(await checkSnapshot(folder, ID)).toMatchObject({ health: 'good', lastEventId: null });
    expect(await diffSnapshot(folder, ID)).toMatchObject({
      lineage: 'same',
      against: { lastEventId: null, events: 3 },
      newerEvents: [{ events: 1 }],
    });
    // Counted at once although nobody waits for it: asked for later, it would take another copy of the database.
    for (const brief of [false, true])
      expect(await describeFolder(folder, { brief })).toMatchObject({ events: 3 });
    expect(await isDue(folder)).toMatchObject({ due: true });
  });

  test('is not said to lack nothing: what its newest differing snapshot holds is told, as seen and not as restorable', async () => {
    const place = await makeLog(type, [first, second]);
    await dumpAsHost(place);
    const folder = await open(place);
    expect(await readHappened(folder)).toEqual({ state: 'nothing' });
    run(place, `DELETE FROM event_log WHERE id = ${second}`);
    const older = ID.replace('2026', '2025');
    await copyFile(join(place.dir, 'snapshots', `${ID}.json`), join(place.dir, 'snapshots', `${older}.json`));
    const happened = await readHappened(folder);
    expect(happened).toMatchObject({
      state: 'unplaced',
      way: { snapshotId: ID, returningEvents: [{ events: 1 }] },
    });
    const lines = describeHappened(happened, rulesOf(folder.profile), new Date()).join('\n');
    expect(lines).toContain('1 event in your chats is missing.');
    expect(lines).toContain(`snapback diff ${ID}`);
    expect(lines).not.toContain('snapback restore');
  });

  test('is not said to lack nothing where its snapshots cannot be weighed, either', async () => {
    const place = await makeLog(type, [first, second]);
    await dumpAsHost(place);
    for (let month = 2; month <= 9; month += 1)
      await copyFile(
        join(place.dir, 'snapshots', `${ID}.json`),
        join(place.dir, 'snapshots', `${ID.replace('0101', `0${month}01`)}.json`),
      );
    expect(await readHappened(await open(place)), 'more than are read').toEqual({
      state: 'unplaced',
      way: null,
    });
  });

  test('does not let anybody believe that a snapshot of it holds no only copy', async () => {
    const place = await makeLog(type, [first, second]);
    await dumpAsHost(place);
    run(place, `DELETE FROM event_log WHERE id = ${second}`);
    const folder = await open(place);
    expect(await findOnlyCopies(folder, [])).toEqual([]);
    expect((await errorOf(findOnlyCopies(folder, [ID]))).code).toBe('event-ids-unsupported');
    await applyPrune(folder, { by: 'choice', ids: [ID] });
    expect((await errorOf(findOnlyCopiesInTrash(folder))).code).toBe('event-ids-unsupported');
  });

  test('cannot be snapshotted: the error says why, and no file is left', async () => {
    const place = await makeLog(type, [first]);
    const folder = await open(place);
    for (const take of [() => takeSnapshot(folder, 'rewind'), () => takeIfDue(folder)])
      expect(await errorOf(take())).toMatchObject({ code: 'event-ids-unsupported', detail: { found } });
    const files = await readdir(join(place.dir, 'snapshots'), { recursive: true });
    expect(files.filter((name) => /\.(json|part)$/.test(name))).toEqual([]);
  });

  test.each(['full', 'projections'] as const)(
    'cannot be restored, %s or not: the plan says so, and nothing changes',
    async (mode) => {
      const place = await makeLog(type, [first, second]);
      await dumpAsHost(place);
      run(place, "INSERT INTO chats VALUES (1, 'Harbour')");
      const since = readState(place.databaseFile);
      const folder = await open(place);
      const plan = await planRestore(folder, { ...request, mode });
      expect(plan.refusals.map(({ code }) => code)).toEqual(['event-ids-unsupported']);
      expect((await errorOf(applyRestore(folder, { ...request, mode }, NOW))).code).toBe(
        'event-ids-unsupported',
      );
      expect(readState(place.databaseFile)).toEqual(since);
    },
  );

  test('can’t be brought back into a log that is empty now', async () => {
    const place = await makeLog(type, [first, second]);
    await dumpAsHost(place);
    run(place, 'DELETE FROM event_log');
    const plan = await planRestore(await open(place), request);
    expect(plan.refusals.map(({ code }) => code)).toEqual(['event-ids-unsupported']);
  });
});

test('a log without events has no ids to refuse', async () => {
  const place = await makeLog('TEXT', []);
  expect(await takeSnapshot(await open(place), 'rewind')).toMatchObject({ taken: true, lastEventId: 0n });
});
