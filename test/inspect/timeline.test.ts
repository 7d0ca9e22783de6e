import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  buildDemo,
  diffSnapshot,
  listSnapshots,
  openDataFolder,
  readTimeline,
} from '../../src/index.ts';
import { addEvents, makeChat, makePlace, makeRoot, open, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { live } from '../support/story.ts';

/** The life of a data folder, told from its log and the journal. */
const root = makeRoot();

const sum = (spans: readonly { readonly events: number }[]) =>
  spans.reduce((all, { events }) => all + events, 0);

describe.concurrent('the timeline', () => {
  test.each([0, 1, 2, 1199, 1200, 1201, 5000])('counts each of %i events once', async (events) => {
    const folder = await makeChat(root(), { events });
    const { density } = await readTimeline(folder);
    expect(sum(density)).toBe(events);
    expect(density.length).toBeLessThanOrEqual(1200);
  });

  test('counts each event once where the id is not the rowid', async () => {
    const place = await makePlace(
      root(),
      'DROP TABLE event_log; CREATE TABLE event_log (id INTEGER, ts TEXT, kind TEXT, payload_json TEXT); CREATE INDEX t ON event_log (ts);',
    );
    for (let id = 1; id <= 40; id += 1)
      run(
        place,
        `INSERT INTO event_log VALUES (${id}, '2026-01-01T00:00:${String(id).padStart(2, '0')}Z', 'message', '{}')`,
      );
    const { density } = await readTimeline(await open(place));
    expect(sum(density)).toBe(40);
  });

  test('tells which rewind took what from which chat, and since when', async () => {
    const dir = join(root(), 'demo');
    await buildDemo(dir, {}, {});
    const { rewinds, density } = await readTimeline(await openDataFolder(dir, {}));
    const last = rewinds.at(-1);
    expect(last).toMatchObject({ chat: 'lighthouse', took: { messages: 20 } });
    expect(last?.chatName).not.toBe(null);
    expect(last?.took?.events).toBeGreaterThan(20);
    expect(last?.from).toBeLessThan(last?.at ?? 0);
    expect(
      density.every(({ from, to }, index) => from <= to && from === (density[index - 1]?.to ?? from)),
    ).toBe(true);
  });

  test('tells which snapshots hold messages that a rewind took since, and how many', async () => {
    const dir = join(root(), 'held');
    await buildDemo(dir, {}, {});
    const folder = await openDataFolder(dir, {});
    const { held } = await readTimeline(folder);
    const damaged = new Set(
      (await listSnapshots(folder, { check: true }))
        .filter(({ health }) => health === 'damaged')
        .map(({ id }) => id),
    );
    for (const { snapshotId, messages } of held.filter((one) => !damaged.has(one.snapshotId))) {
      const { returningEvents } = await diffSnapshot(folder, snapshotId);
      const back = returningEvents.reduce((all, { spoken, spokenHidden }) => all + spoken - spokenHidden, 0);
      expect(back, snapshotId).toBe(messages);
    }
    expect(held.map(({ messages }) => messages)).toContain(20);
    await applyRestore(
      folder,
      restoring(held.find(({ messages }) => messages === 20)?.snapshotId ?? ''),
      NOW,
    );
    expect((await readTimeline(folder)).held.some(({ messages }) => messages === 20)).toBe(false);
  });

  test('survives a clock that was set back, times of no known form, and a log without times', async () => {
    const folder = await makeChat(root(), { events: 6 });
    run(
      folder,
      "UPDATE event_log SET ts = '2026-01-02T00:00:00Z' WHERE id = 2; UPDATE event_log SET ts = 'soon' WHERE id = 4;",
    );
    const { density } = await readTimeline(folder);
    expect(density.every(({ from, to }) => from <= to)).toBe(true);
    const place = await makePlace(
      root(),
      'DROP TABLE event_log; CREATE TABLE event_log (id INTEGER PRIMARY KEY); INSERT INTO event_log VALUES (1), (2);',
    );
    expect(await readTimeline(await open(place))).toMatchObject({ density: [], rewinds: [], restores: [] });
  });

  test('tells of a restore when it was made and to which moment it led', async () => {
    const { place, id } = await live(root(), {
      schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY);',
      before: '',
      since: addEvents(2),
    });
    const folder = await open(place);
    await applyRestore(folder, restoring(id), NOW);
    const { restores } = await readTimeline(folder);
    expect(restores).toMatchObject([{ action: 'restore', snapshotId: id }]);
    expect(restores[0]?.to).toBeLessThan(restores[0]?.at ?? 0);
  });
});
