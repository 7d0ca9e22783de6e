import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  type DataFolder,
  diffSnapshot,
  planRestore,
  planUndo,
  takeSnapshot,
} from '../../src/index.ts';
import { addEvents, codeOf, makePlace, makeRoot, open, type Place, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';

/** An event is identified by its contents, not by its id: a host may reuse an id, and a log may have no key at all. */
const root = makeRoot();

/** Ids count on from the last event that is there: what was deleted from the end is given again. */
const REUSING = 'id INTEGER PRIMARY KEY';
const KEYLESS = 'id INTEGER';
const COLUMNS =
  'branch_id TEXT, ts TEXT, kind TEXT, payload_json TEXT, superseded_by INTEGER, hidden INTEGER';

async function makeChat(id = REUSING): Promise<Place> {
  const place = await makePlace(root(), 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);');
  run(place, `DROP TABLE event_log; CREATE TABLE event_log (${id}, ${COLUMNS});`);
  return place;
}

/** Appends to a log without a key, with ids that the host counts. */
function appendKeyless(place: Place, count: number, word: string): void {
  const next = '(SELECT ifnull(max(id), 0) + 1 FROM event_log)';
  const payload = (index: number) => `json_object('chat_id', 'c1', 'text', '${word} ${index}')`;
  for (let index = 1; index <= count; index += 1)
    run(
      place,
      `INSERT INTO event_log (id, ts, kind, payload_json) VALUES (${next}, 'now', 'message', ${payload(index)})`,
    );
}

const requestFor = (snapshotId: string, acceptOtherTimeline = false) =>
  restoring(snapshotId, { acceptOtherTimeline });

const rewindTo = (event: number) => `DELETE FROM event_log WHERE id > ${event};`;

/** The plan says what is lost and is refused without consent, here and when it is applied; with it, exactly that goes. */
async function expectLoss(place: Place, folder: DataFolder, id: string, lost: number): Promise<void> {
  const since = readState(place.databaseFile);
  const plan = await planRestore(folder, requestFor(id));
  expect(plan).toMatchObject({ newerEventsLost: lost, lineage: 'other' });
  expect(plan.newerEvents.reduce((sum, { events }) => sum + events, 0)).toBe(lost);
  expect(plan.refusals).toMatchObject([{ code: 'other-timeline', detail: { loses: lost } }]);
  expect(plan.refusals[0]?.message).toContain('went separate ways');
  const apply = { ...NOW, planId: plan.planId };
  expect(await codeOf(applyRestore(folder, requestFor(id), apply))).toBe('other-timeline');
  expect(readState(place.databaseFile)).toEqual(since);
  expect((await planRestore(folder, requestFor(id, true))).refusals).toEqual([]);
  await applyRestore(folder, requestFor(id, true), apply);
}

describe.concurrent('newer events whose ids the snapshot has too', () => {
  test('are counted as lost if messages were written after a rewind', async () => {
    const place = await makeChat();
    run(place, addEvents(10, 'before'));
    const before = readState(place.databaseFile);
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, rewindTo(4) + addEvents(3, 'afterwards'));
    const { tables, newerEvents, returningEvents } = await diffSnapshot(folder, id);
    expect(tables[0]).toMatchObject({ added: 6, removed: 3, changed: 0, unchanged: 4 });
    expect(newerEvents).toMatchObject([{ events: 3, first: { text: 'afterwards 1' } }]);
    expect(returningEvents).toMatchObject([{ events: 6, first: { text: 'before 5' } }]);
    await expectLoss(place, folder, id, 3);
    expect(readState(place.databaseFile)).toEqual(before);
  });

  test('are counted as lost if an undo would remove what was written since the restore', async () => {
    const place = await makeChat();
    run(place, addEvents(10, 'before'));
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, rewindTo(4) + addEvents(9, 'afterwards'));
    const since = readState(place.databaseFile);
    await applyRestore(folder, requestFor(id, true), NOW);
    run(place, addEvents(3, 'since the restore'));
    const plan = await planUndo(folder, {});
    // What the restore brought back, and what was written since.
    expect(plan).toMatchObject({ newerEventsLost: 9, lineage: 'other' });
    expect(plan.refusals.map(({ code }) => code)).toEqual(['other-timeline']);
    const apply = { ...NOW, planId: plan.planId };
    expect(await codeOf(applyUndo(folder, {}, apply))).toBe('other-timeline');
    await applyUndo(folder, { acceptOtherTimeline: true }, apply);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('are counted as lost if the snapshot is of another database', async () => {
    const other = await makeChat();
    run(other, addEvents(8, 'elsewhere'));
    const { file } = await takeSnapshot(await open(other), 'rewind');
    const place = await makeChat();
    run(place, addEvents(5, 'here'));
    await mkdir(join(place.dir, 'snapshots/rewind'), { recursive: true });
    await cp(file, join(place.dir, 'snapshots/rewind/20260101T000000Z.json'));
    await expectLoss(place, await open(place), 'rewind/20260101T000000Z', 5);
    expect(readState(place.databaseFile)).toEqual(readState(other.databaseFile));
  });
});

describe.concurrent('no consent is needed', () => {
  test('to undo right after a restore: it only takes back what the restore brought', async () => {
    const place = await makeChat();
    run(place, addEvents(10, 'before'));
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, rewindTo(4) + addEvents(2, 'afterwards'));
    const since = readState(place.databaseFile);
    await applyRestore(folder, requestFor(id, true), NOW);
    const restored = readState(place.databaseFile);
    for (const expected of [since, restored, since]) {
      expect((await planUndo(folder, {})).refusals).toEqual([]);
      await applyUndo(folder, {}, NOW);
      expect(readState(place.databaseFile)).toEqual(expected);
    }
  });

  test.each([
    [
      'in another order',
      `id INTEGER PRIMARY KEY, payload_json TEXT, kind TEXT, ts TEXT, branch_id TEXT, superseded_by INTEGER, hidden INTEGER`,
      '',
    ],
    [
      'of which the snapshot lacks one',
      `${REUSING}, ${COLUMNS}`,
      'ALTER TABLE event_log ADD COLUMN origin TEXT;',
    ],
  ])('to undo right after a restore of a log with columns %s', async (_, columns, later) => {
    const place = await makeChat();
    run(place, `DROP TABLE event_log; CREATE TABLE event_log (${columns}); ${addEvents(10, 'before')}`);
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, later + rewindTo(4) + addEvents(2, 'afterwards'));
    const since = readState(place.databaseFile);
    await applyRestore(folder, requestFor(id, true), NOW);
    expect((await planUndo(folder, {})).refusals).toEqual([]);
    await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('if a rewind cut the end off and nothing was written since', async () => {
    const place = await makeChat();
    run(place, addEvents(10, 'before'));
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, rewindTo(4));
    expect(await planRestore(folder, requestFor(id))).toMatchObject({
      lineage: 'same',
      newerEventsLost: 0,
      refusals: [],
    });
  });

  test.each([
    ['a key', REUSING],
    ['no key', KEYLESS],
  ])('if events of a log with %s differ only in their flags: that is a change, not a loss', async (_, id) => {
    const place = await makeChat(id);
    appendKeyless(place, 6, 'before');
    const before = readState(place.databaseFile);
    const folder = await open(place);
    const taken = await takeSnapshot(folder, 'rewind');
    run(place, 'UPDATE event_log SET hidden = 1, superseded_by = 9 WHERE id > 3');
    const plan = await planRestore(folder, requestFor(taken.id));
    expect(plan).toMatchObject({ lineage: 'same', newerEvents: [], newerEventsLost: 0, refusals: [] });
    expect(plan.returningEvents).toMatchObject([{ events: 3 }]);
    expect(plan.tables[0]).toMatchObject({ added: 0, removed: 0, changed: 3, unchanged: 3 });
    await applyRestore(folder, requestFor(taken.id), NOW);
    expect(readState(place.databaseFile)).toEqual(before);
  });
});

test('in a log without a key, each of several identical events counts', async () => {
  const place = await makeChat(KEYLESS);
  const same = "INSERT INTO event_log (id, ts, kind, payload_json) VALUES (1, 'now', 'message', '{}');";
  run(place, same + same);
  const before = readState(place.databaseFile);
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, `${same + same} UPDATE event_log SET hidden = 1;`);
  const { tables } = await diffSnapshot(folder, id);
  expect(tables[0]).toMatchObject({ added: 0, removed: 2, changed: 2, unchanged: 0 });
  await expectLoss(place, folder, id, 2);
  expect(readState(place.databaseFile)).toEqual(before);
});

test('a restore of projections alone loses no event, and says that they are of another timeline', async () => {
  const place = await makeChat();
  run(place, addEvents(10, 'before'));
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, rewindTo(4) + addEvents(3, 'afterwards'));
  const plan = await planRestore(folder, { ...requestFor(id), mode: 'projections' });
  expect(plan).toMatchObject({ lineage: 'other', newerEventsLost: 0, refusals: [] });
});
