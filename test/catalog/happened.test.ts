import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  type Happened,
  listSnapshots,
  readHappened,
  type SnapshotId,
  takeSnapshot,
} from '../../src/index.ts';
import {
  addEvents,
  asHost,
  CHATS,
  dumpChat,
  LOG,
  makePlace,
  makeRoot,
  open,
  type Place,
  putSnapshot,
  run,
} from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { beginTwenty, hide, RECORD, rewind, take } from '../support/twenty-events.ts';
import { makeTwoChats, selecting } from '../support/two-chats.ts';

/** The first screen names the snapshot that brings back what was lost, however many were taken, pruned or renamed since. */
const root = makeRoot();

const remove = (from: number) => `DELETE FROM event_log WHERE id > ${from};`;

/** How a host takes the last events away. */
const HOSTS: Readonly<Record<string, (from: number) => string>> = {
  'hides events and records that': rewind,
  'hides events and records nothing': hide,
  'deletes events and records that': (from) => remove(from) + RECORD,
  'deletes events and records nothing': remove,
};

const begin = () => beginTwenty(root(), CHATS);

async function ask(place: Place): Promise<Happened> {
  return readHappened(await open(place));
}

function named(happened: Happened): SnapshotId | null {
  return 'loss' in happened ? happened.loss.snapshotId : null;
}

describe.concurrent('what happened', () => {
  test.each(Object.entries(HOSTS))('is a rewind if the host %s, told with what is lost', async (_, sql) => {
    const { place, before } = await begin();
    run(place, sql(12));
    const happened = await ask(place);
    expect(happened).toMatchObject({
      loss: {
        snapshotId: before,
        returningEvents: [{ chat: 'c1', chatName: 'Harbour', spoken: 8, spokenHidden: 0 }],
        lastMessages: [{ text: 'lost 8' }, { text: 'lost 9' }, { text: 'lost 10' }],
      },
    });
    await take(place, 'rewind');
    expect(named(await ask(place)), 'after one taken to be safe').toBe(before);
    run(place, addEvents(3, 'later'));
    await take(place, 'rewind');
    await take(place, 'periodic');
    run(place, addEvents(1, 'later'));
    const later = await ask(place);
    expect(named(later), 'after several').toBe(before);
    expect(later.state).toBe('written-since');
  });

  test('says when the rewind was, if the log records it', async () => {
    const { place } = await begin();
    run(place, hide(12) + RECORD);
    expect(await ask(place)).toMatchObject({
      state: 'rewound',
      loss: { rewoundAt: '2026-01-01T00:00:00.000Z' },
    });
  });

  test('can still be undone by the host if the messages are only hidden and no rewind is recorded', async () => {
    const { place } = await begin();
    run(place, hide(12));
    expect((await ask(place)).state).toBe('staged');
    run(place, remove(12));
    expect((await ask(place)).state).toBe('rewound');
  });

  test('is what was hidden at last, even if an older rewind is recorded', async () => {
    const { place } = await begin();
    run(place, hide(15) + RECORD + addEvents(6, 'since'));
    const before = await take(place, 'periodic');
    run(place, hide(23));
    await take(place, 'rewind');
    expect(await ask(place)).toMatchObject({
      state: 'staged',
      loss: { snapshotId: before, returningEvents: [{ spoken: 4 }] },
    });
  });

  test('is nothing if no snapshot brings anything back, and the next best one if the best is gone', async () => {
    const { place, early } = await begin();
    expect(await ask(place)).toEqual({ state: 'nothing' });
    run(place, hide(5) + RECORD);
    await rm(`${place.dir}/snapshots/rewind`, { recursive: true });
    expect(named(await ask(place))).toBe(early);
  });

  test.each([
    ['hides', (from: number) => hide(from), 'UPDATE event_log SET hidden = 0'],
    [
      'supersedes',
      (from: number) => `UPDATE event_log SET superseded_by = 99 WHERE id > ${from};`,
      'UPDATE event_log SET superseded_by = NULL',
    ],
  ] as const)(
    'is only a record, and no loss, where a host that %s events has undone its rewind itself',
    async (_, take, undo) => {
      const { place, before } = await begin();
      run(place, take(12) + RECORD);
      expect(named(await ask(place))).toBe(before);
      run(place, undo);
      expect(await ask(place)).toMatchObject({
        state: 'recorded',
        way: { snapshotId: before, returningEvents: [], newerEvents: [{ rewindRecords: 1, spoken: 0 }] },
      });
      // One who writes on may still miss what the chat app does not show.
      run(place, addEvents(1, 'later'));
      expect(await ask(place)).toMatchObject({
        state: 'recorded',
        way: { snapshotId: before, returningEvents: [], newerEvents: [{ rewindRecords: 1, spoken: 1 }] },
      });
    },
  );

  test('is several rewinds in a row, with what undoing more of them would bring back', async () => {
    const { place, before } = await begin();
    run(place, hide(16) + RECORD);
    const second = await take(place, 'rewind');
    run(place, `UPDATE event_log SET hidden = 1 WHERE id > 12 AND id <= 16; ${RECORD}`);
    expect(await ask(place)).toMatchObject({
      state: 'several',
      loss: { snapshotId: second, returningEvents: [{ spoken: 4 }] },
      earlier: [{ snapshotId: before, returningEvents: [{ spoken: 8 }] }],
    });
  });

  test('two rewinds with messages in between are not in a row: only the newest is told', async () => {
    const { place } = await begin();
    run(place, hide(16) + RECORD);
    run(place, addEvents(4, 'between'));
    const second = await take(place, 'rewind');
    run(place, `UPDATE event_log SET hidden = 1 WHERE id > 23; ${RECORD}`);
    expect(await ask(place)).toMatchObject({ state: 'rewound', loss: { snapshotId: second } });
  });

  test('is undone while the database holds what was restored, and lost again after an undo', async () => {
    const { place, before, early } = await begin();
    const folder = await open(place);
    run(place, hide(5) + RECORD);
    await take(place, 'rewind');
    await applyRestore(folder, restoring(before), NOW);
    expect(await readHappened(folder)).toMatchObject({
      state: 'undone',
      holds: { state: 'restored', snapshotId: before },
      undo: { returningEvents: [{ spokenHidden: 15 }] },
    });
    await applyUndo(folder, { acceptDrift: false }, NOW);
    expect(await readHappened(folder)).toMatchObject({ state: 'rewound' });
    await applyRestore(folder, restoring(early), NOW);
    expect(await readHappened(folder), 'what a restore removed on purpose is not lost').toMatchObject({
      state: 'undone',
    });
    run(place, hide(3));
    expect(named(await readHappened(folder)), 'a rewind after the restore').toBe(early);
  });
});

test('after an undo the same snapshot is named, whether or not the safety copies were checked', async () => {
  const { place, before } = await begin();
  const folder = await open(place);
  run(place, hide(10) + RECORD + addEvents(3, 'newer'));
  const options = restoring(before, { keepNewer: true });
  expect(named(await readHappened(folder))).toBe(before);
  await applyRestore(folder, options, NOW);
  await applyUndo(folder, { acceptDrift: false }, NOW);
  expect(named(await readHappened(folder))).toBe(before);
  await listSnapshots(folder);
  expect(named(await readHappened(folder))).toBe(before);
});

test('a part that was restored does not hide that something else is lost', async () => {
  const { place, folder, id } = await makeTwoChats(root());
  const later = await takeSnapshot(folder, 'rewind');
  run(place, 'DELETE FROM notes WHERE id = 1');
  await applyRestore(folder, selecting(later.id, { by: 'tables', tables: ['notes'] }), NOW);
  expect(await readHappened(folder)).toMatchObject({ state: 'written-since', loss: { snapshotId: id } });
});

/* The law. */

type Step =
  | { readonly do: 'say'; readonly chat: number; readonly messages: number }
  | { readonly do: 'snap'; readonly kind: string }
  | { readonly do: 'rewind'; readonly chat: number; readonly takes: number };
type Meanwhile =
  | { readonly do: 'say' | 'snap'; readonly chat: number }
  | { readonly do: 'prune'; readonly nth: number }
  | { readonly do: 'rename'; readonly nth: number; readonly kind: string; readonly day: number };

const kinds = fc.constantFrom('rewind', 'periodic', 'mine');
const chats = fc.nat({ max: 1 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      chat: chats,
      messages: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('snap' as const), kind: kinds }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('rewind' as const),
      chat: chats,
      takes: fc.integer({ min: 1, max: 6 }),
    }),
  },
);
const meanwhiles: fc.Arbitrary<Meanwhile> = fc.oneof(
  fc.record({ do: fc.constantFrom('say' as const, 'snap' as const), chat: chats }),
  fc.record({ do: fc.constant('prune' as const), nth: fc.nat({ max: 6 }) }),
  fc.record({
    do: fc.constant('rename' as const),
    nth: fc.nat({ max: 6 }),
    kind: kinds,
    day: fc.integer({ min: 1, max: 28 }),
  }),
);
const worlds = fc.record({
  deletes: fc.boolean(),
  records: fc.boolean(),
  usesIdsTwice: fc.boolean(),
  steps: fc.array(steps, { minLength: 8, maxLength: 14 }),
  last: fc.record({ chat: chats, takes: fc.integer({ min: 2, max: 12 }) }),
  meanwhile: fc.array(meanwhiles, { maxLength: 5 }),
});
type World = typeof worlds extends fc.Arbitrary<infer W> ? W : never;

const MOST_SNAPSHOTS = 7;

/** A host, and what its reader would see. */
async function live({ deletes, records, usesIdsTwice }: World) {
  const place = await makePlace(root(), CHATS);
  if (usesIdsTwice) run(place, `DROP TABLE event_log; ${LOG.replace(' AUTOINCREMENT', '')}`);
  const folder = await open(place);
  let clock = Date.parse('2026-01-01T00:00:00Z');
  let spoken = 0;
  let visible: { readonly id: number; readonly chat: number; readonly text: string }[] = [];
  const snapshots = new Map<SnapshotId, ReadonlySet<string>>();
  const now = () => {
    clock += 1000;
    return new Date(clock).toISOString();
  };
  const append = (kind: string, payloads: readonly object[]): readonly number[] =>
    asHost(place, (db) => {
      const insert = db.prepare(
        "INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES ('main', ?, ?, ?)",
      );
      const all = (one: (payload: object) => number) => payloads.map(one);
      return db.transaction(all)((payload) =>
        Number(insert.run(now(), kind, JSON.stringify(payload)).lastInsertRowid),
      );
    });
  return {
    place,
    snapshots,
    say(chat: number, messages: number): void {
      const texts = Array.from({ length: messages }, (_, nth) => `said ${spoken + nth + 1}`);
      spoken += messages;
      const ids = append(
        'message',
        texts.map((text) => ({ chat_id: `c${chat}`, text })),
      );
      visible.push(...texts.map((text, nth) => ({ id: ids[nth] ?? 0, chat, text })));
    },
    async snap(kind: string): Promise<void> {
      if (snapshots.size >= MOST_SNAPSHOTS) return;
      const id = `${kind}/${now().replaceAll(/[-:]|\.\d+/g, '')}`;
      await putSnapshot(place, id, dumpChat(folder));
      snapshots.set(id, new Set(visible.map(({ text }) => text)));
    },
    /** Returns what it took. */
    rewind(chat: number, takes: number): readonly string[] {
      const gone = visible.filter((one) => one.chat === chat).slice(-takes);
      if (gone.length === 0) return [];
      const ids = gone.map(({ id }) => id).join(', ');
      run(
        place,
        deletes
          ? `DELETE FROM event_log WHERE id IN (${ids})`
          : `UPDATE event_log SET hidden = 1 WHERE id IN (${ids})`,
      );
      visible = visible.filter((one) => !gone.includes(one));
      if (records) append('rewind', [{ chat_id: `c${chat}` }]);
      return gone.map(({ text }) => text);
    },
    async rename(from: SnapshotId, to: SnapshotId): Promise<void> {
      const file = (id: SnapshotId) => join(place.dir, 'snapshots', `${id}.json`);
      const seen = snapshots.get(from);
      if (seen === undefined || snapshots.has(to)) return;
      await mkdir(dirname(file(to)), { recursive: true });
      await rename(file(from), file(to));
      snapshots.delete(from);
      snapshots.set(to, seen);
    },
    async prune(id: SnapshotId): Promise<void> {
      await rm(join(place.dir, 'snapshots', `${id}.json`));
      snapshots.delete(id);
    },
  };
}

test('whatever is taken, pruned or renamed meanwhile, the snapshot that is named brings back most of what the newest rewind took', async () => {
  let told = 0;
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const host = await live(world);
      for (const step of world.steps) {
        if (step.do === 'say') host.say(step.chat, step.messages);
        if (step.do === 'snap') await host.snap(step.kind);
        if (step.do === 'rewind') host.rewind(step.chat, step.takes);
      }
      const taken = host.rewind(world.last.chat, world.last.takes);
      for (const step of world.meanwhile) {
        if (step.do === 'say') host.say(step.chat, 1);
        if (step.do === 'snap') await host.snap('periodic');
        const id = 'nth' in step ? [...host.snapshots.keys()][step.nth] : undefined;
        if (id === undefined) continue;
        if (step.do === 'prune') await host.prune(id);
        if (step.do === 'rename')
          await host.rename(id, `${step.kind}/202602${String(step.day).padStart(2, '0')}T000000Z`);
      }
      const brings = (id: SnapshotId | null) =>
        id === null ? 0 : taken.filter((text) => host.snapshots.get(id)?.has(text)).length;
      const most = Math.max(0, ...[...host.snapshots.keys()].map(brings));
      const happened = await ask(host.place);
      if (most > 0) {
        told += 1;
        expect(brings(named(happened))).toBe(most);
      }
    }),
    { numRuns: 90 },
  );
  expect(told).toBeGreaterThan(25);
});
