import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  finishInterrupted,
  listNewer,
  planRestore,
  planUndo,
  takeIfDue,
  takeSnapshot,
} from '../../src/index.ts';
import { killAtCommit } from '../support/killed.ts';
import { addEvents, CHATS, codeOf, makePlace, makeRoot, open, run } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { keeping, REUSING_LOG, REWIND, rewindLately, textsOf, WAYS, type Way } from '../support/rewound.ts';
import { readState } from '../support/state.ts';

const root = makeRoot();

const rewind = (way: Way) => rewindLately(root(), way);

describe.concurrent.each(WAYS)('a rewind by a host that %s', (way) => {
  test('is undone, and the newer events stay for the host to apply', async () => {
    const { place, folder, id, before, since } = await rewind(way);
    const plan = await planRestore(folder, keeping(id));
    expect(plan).toMatchObject({
      refusals: [],
      newerEventsLost: 0,
      lineage: 'same',
      replay: { fromEvent: 14n, toEvent: 15n, events: [{ events: 2, first: { text: 'new 1' } }] },
    });
    expect(readState(place.databaseFile)).toEqual(since);
    const receipt = await applyRestore(folder, keeping(id), { ...NOW, planId: plan.planId });
    expect(receipt).toMatchObject({ replay: { fromEvent: 14n, toEvent: 15n }, lastEventId: 15n });
    expect(textsOf(place)).toEqual([
      ...Array.from({ length: 12 }, (_, index) => [index + 1, `old ${index + 1}`, 0]),
      [14, 'new 1', 0],
      [15, 'new 2', 0],
    ]);
    const restored = readState(place.databaseFile);
    expect(restored.tables.memories).toEqual(before.tables.memories);
    expect(restored.tables.chats).toEqual(before.tables.chats);
    // The host's next start loads the snapshot's state, and applies what is newer.
    const checkpoint = JSON.parse(
      readFileSync(join(folder.dir, 'snapshots', `${receipt.checkpointId}.json`), 'utf8'),
    );
    expect(checkpoint.last_event_id).toBe(12);
    expect(checkpoint.memories).toHaveLength(12);
  });

  test('can be undone, and that undone in turn', async () => {
    const { place, folder, id, since } = await rewind(way);
    await applyRestore(folder, keeping(id), NOW);
    const kept = readState(place.databaseFile);
    expect(await planUndo(folder, {})).toMatchObject({ replay: null });
    await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
    expect(await planUndo(folder, {})).toMatchObject({
      refusals: [],
      replay: { fromEvent: 14n, toEvent: 15n },
    });
    const redone = await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(kept);
    const checkpoint = JSON.parse(
      readFileSync(join(folder.dir, 'snapshots', `${redone.checkpointId}.json`), 'utf8'),
    );
    expect(checkpoint).toMatchObject({ last_event_id: 12 });
    expect(checkpoint.event_log).toHaveLength(12);
  });
});

describe.concurrent('of the newer events, some can be left out', () => {
  test.each(WAYS)('after a rewind by a host that %s: the others stay, and the undo is exact', async (way) => {
    const { place, folder, id, since } = await rewind(way);
    const request = { ...keeping(id), leaveOut: [14n] };
    const plan = await planRestore(folder, request);
    expect(plan).toMatchObject({
      ...{ refusals: [], newerEventsLost: 1, lineage: 'same', referring: [] },
      replay: { fromEvent: 15n, toEvent: 15n },
    });
    expect(plan.planId).not.toBe((await planRestore(folder, keeping(id))).planId);
    const receipt = await applyRestore(folder, request, { ...NOW, planId: plan.planId });
    expect(textsOf(place).map((row) => (Array.isArray(row) ? row[0] : null))).toEqual([
      ...Array.from({ length: 12 }, (_, index) => index + 1),
      15,
    ]);
    const file = join(folder.dir, 'snapshots', `${receipt.checkpointId}.json`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ last_event_id: 12 });
    await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('they are listed in order, without the record of the rewind', async () => {
    const { folder, id } = await rewind('flags');
    const { events, more } = await listNewer(folder, id);
    expect(events).toMatchObject([
      { id: 14n, chat: 'c1' },
      { id: 15n, chat: 'c1' },
    ]);
    expect(more).toBe(0);
  });

  test('even all of them: then it is the whole restore', async () => {
    const { place, folder, id, before } = await rewind('deletes');
    const { replay } = await applyRestore(folder, { ...keeping(id), leaveOut: [14n, 15n] }, NOW);
    expect(replay).toBeNull();
    expect(readState(place.databaseFile)).toEqual(before);
  });

  test('with a note where one that stays may refer to one that is left out, and without what that one flagged', async () => {
    const { place, folder, id } = await rewind('flags');
    run(
      place,
      `INSERT INTO event_log (kind, payload_json) VALUES ('edit', '{"chat_id": "c1", "of": {"event_id": "14"}, "n": 3}');
       UPDATE event_log SET hidden = 1, superseded_by = 15 WHERE id = 2;`,
    );
    expect((await planRestore(folder, { ...keeping(id), leaveOut: [14n] })).referring).toEqual([
      { event: 16n, to: 14n },
    ]);
    await applyRestore(folder, { ...keeping(id), leaveOut: [15n] }, NOW);
    expect(textsOf(place)[1]).toEqual([2, 'old 2', 0]);
  });

  test('but none that a kept one is replaced by, none that is not there, and none where nothing is kept', async () => {
    const { place, folder, id } = await rewind('flags');
    expect(await codeOf(planRestore(folder, { ...keeping(id), leaveOut: [99n] }))).toBe('usage');
    expect(await codeOf(planRestore(folder, { ...keeping(id), keepNewer: false, leaveOut: [14n] }))).toBe(
      'usage',
    );
    run(place, 'UPDATE event_log SET hidden = 1, superseded_by = 15 WHERE id = 14');
    const plan = await planRestore(folder, { ...keeping(id), leaveOut: [15n] });
    expect(plan.refusals).toMatchObject(refusedWith('replaced-by-left-out'));
  });
});

const refusedWith = (why: string) => [{ code: 'newer-not-kept', detail: { why } }];

describe.concurrent('newer events are not kept', () => {
  test('if more than one rewind was recorded since', async () => {
    const { place, folder, id } = await rewind('flags');
    run(place, `${REWIND.flags(9)} ${addEvents(1, 'newest')}`);
    const since = readState(place.databaseFile);
    expect((await planRestore(folder, keeping(id))).refusals).toMatchObject(refusedWith('several-rewinds'));
    expect(await codeOf(applyRestore(folder, keeping(id), NOW))).toBe('newer-not-kept');
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('if they have the ids of lost ones', async () => {
    const place = await makePlace(
      root(),
      `${CHATS} CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);`,
    );
    run(place, `DROP TABLE event_log; ${REUSING_LOG} ${addEvents(12, 'old')}`);
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, `DELETE FROM event_log WHERE id > 8; ${addEvents(6, 'new')}`);
    const [refusal] = (await planRestore(folder, keeping(id))).refusals;
    expect([refusal]).toMatchObject(refusedWith('other-timeline'));
    expect(await codeOf(applyRestore(folder, { ...keeping(id), acceptOtherTimeline: true }, NOW))).toBe(
      'newer-not-kept',
    );
  });

  test.each([
    ['does not apply events when it starts', 'no-replay', { log: { replays: false } }],
    ['wants ids without gaps', 'no-gaps', { log: { gapless: true } }],
  ])('if the profile says that the host %s', async (_, why, profile) => {
    const { place, id } = await rewind('appends');
    await writeFile(
      join(place.dir, 'snapback-profile.json'),
      JSON.stringify({ tables: ['chats', 'memories'], ...profile }),
    );
    const [refusal] = (await planRestore(await open(place), keeping(id))).refusals;
    expect([refusal]).toMatchObject(refusedWith(why));
  });

  test('if only the tables are restored', async () => {
    const { folder, id } = await rewind('appends');
    const request = { ...keeping(id), mode: 'projections' } as const;
    expect(await codeOf(planRestore(folder, request))).toBe('usage');
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('usage');
  });
});

describe.concurrent('until the host has applied the newer events', () => {
  test('no snapshot is taken, which the host would take for a state in which they are', async () => {
    const { place, folder, id } = await rewind('deletes');
    await applyRestore(folder, keeping(id), NOW);
    for (const kind of ['rewind', 'periodic'] as const)
      expect(await codeOf(takeSnapshot(folder, kind))).toBe('events-not-applied');
    expect(await codeOf(takeIfDue(folder, { now: new Date(Date.now() + 3_600_000) }))).toBe(
      'events-not-applied',
    );
    run(place, "INSERT INTO memories VALUES (14, 'of 14'), (15, 'of 15');");
    expect(await takeSnapshot(folder, 'periodic')).toMatchObject({ lastEventId: 15n });
  });

  test('a lost checkpoint is made again without them', async () => {
    const { place, id } = await rewind('flags');
    const { draft } = await killAtCommit(place, id, { committed: true, keepNewer: true });
    await rm(draft ?? '');
    const [done] = await finishInterrupted(await open(place));
    const file = join(place.dir, 'snapshots', `${done?.checkpointId}.json`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      last_event_id: 12,
      memories: { length: 12 },
    });
  });
});

test('a plan that was shown is stale once another newer event was written', async () => {
  const { place, folder, id } = await rewind('deletes');
  const { planId } = await planRestore(folder, keeping(id));
  run(place, addEvents(1, 'newest'));
  const since = readState(place.databaseFile);
  expect(await codeOf(applyRestore(folder, keeping(id), { ...NOW, planId }))).toBe('plan-stale');
  expect(readState(place.databaseFile)).toEqual(since);
  await applyRestore(folder, keeping(id), NOW);
  expect(textsOf(place).at(-1)).toEqual([16, 'newest 1', 0]);
});
