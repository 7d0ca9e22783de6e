import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  planRestore,
  type Related,
  type RowName,
  type Selection,
  takeSnapshot,
} from '../../src/index.ts';
import { asHost, codeOf, makePlace, makeRoot, open, type Place, run } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { WAYS } from '../support/rewound.ts';
import { findFaults, readState } from '../support/state.ts';
import { makeTwoChats, SCHEMA, say, selecting, TABLES, type TwoChats } from '../support/two-chats.ts';

const root = makeRoot();

const rows = (related: Related, ...named: readonly RowName[]): Selection => ({
  by: 'rows',
  rows: named,
  related,
});

/** Which rows are there, by what names them. */
function read(place: Place) {
  const list = (sql: string) => asHost(place, (db) => db.prepare(sql).pluck().all());
  return {
    events: list(
      "SELECT id FROM event_log WHERE kind = 'message' AND superseded_by IS NULL AND NOT hidden ORDER BY id",
    ),
    memories: list('SELECT id FROM memories ORDER BY id'),
    reactions: list('SELECT memory FROM reactions ORDER BY memory'),
    notes: list('SELECT event_id FROM notes ORDER BY event_id'),
    moods: list('SELECT mood FROM moods ORDER BY mood'),
    bots: list('SELECT id FROM bots ORDER BY id'),
  };
}

/** Plans, restores and looks, then undoes it exactly. */
async function restore({ place, folder, id }: TwoChats, selection: Selection) {
  const since = readState(place.databaseFile);
  const plan = await planRestore(folder, selecting(id, selection));
  expect(plan.refusals).toEqual([]);
  await applyRestore(folder, selecting(id, selection), { ...NOW, planId: plan.planId });
  expect(findFaults(place.databaseFile)).toEqual([]);
  const restored = read(place);
  await applyUndo(folder, {}, NOW);
  expect(readState(place.databaseFile)).toEqual(since);
  return { plan, restored };
}

const memory = { table: 'memories', key: [9n] };
const event = { table: 'event_log', key: [7n] };

describe.concurrent('a row comes back', () => {
  test('alone, with what belonged to it, or with all that the rewind took', async () => {
    const world = await makeTwoChats(root());
    const since = read(world.place);
    const alone = await restore(world, rows('none', memory));
    const withMemory = { ...since, memories: [1, 2, 3, 4, 6, 8, 9, 10, 11], bots: ['b1', 'b2'] };
    expect(alone.restored).toEqual(withMemory);
    expect(alone.plan).toMatchObject({ related: [], guessed: [] });

    const children = await restore(world, rows('children', memory));
    expect(children.restored).toEqual({ ...withMemory, reactions: [...since.reactions, 9].sort(byNumber) });
    expect(children.plan.related).toEqual([{ table: 'reactions', rows: 1 }]);
    expect(children.plan.planId).not.toBe(alone.plan.planId);

    const operation = await restore(world, rows('operation', memory));
    const taken = { memories: [5, 7, 9], events: [5, 7, 9], reactions: [5, 7, 9], notes: [5, 7, 9] };
    for (const [name, ids] of Object.entries(taken)) {
      const [now, then] = [operation.restored, since].map((state) => state[name as keyof typeof taken]);
      expect(now).toEqual([...(then ?? []), ...ids].sort(byNumber));
    }
    expect(operation.restored.moods).toEqual(since.moods);
  });

  test('without what came to it since; what may belong to it is marked, and off until it is asked for', async () => {
    const world = await makeTwoChats(root());
    const since = read(world.place);
    const chat = { table: 'chats', key: ['c1'] };
    const { plan, restored } = await restore(world, rows('children', chat));
    expect(restored.memories).toEqual([...since.memories, 5, 7, 9].sort(byNumber));
    expect(restored.events).toEqual(since.events);
    expect(restored.moods).toEqual(since.moods);
    expect(plan.guessed).toEqual([{ table: 'moods', column: 'chat_id', rows: 1, taken: false }]);
    const guessing = await restore(world, { ...rows('children', chat), withGuessed: true } as Selection);
    expect(guessing.restored.moods).toEqual(['calm', ...since.moods]);
    expect(guessing.plan.guessed).toMatchObject([{ rows: 1, taken: true }]);
  });

  test('and takes what belongs to it along where it goes; without that, nothing is orphaned', async () => {
    const world = await makeTwoChats(root());
    run(
      world.place,
      "INSERT INTO chats VALUES ('c9', 'New', 0); INSERT INTO memories (chat, bot) VALUES ('c9', 'b1')",
    );
    run(world.place, 'INSERT INTO reactions VALUES (12, 1), (12, 2)');
    const since = read(world.place);
    const chat = { table: 'chats', key: ['c9'] };
    const alone = await planRestore(world.folder, selecting(world.id, rows('none', chat)));
    expect(alone.refusals).toMatchObject([{ code: 'leaves-orphans' }]);
    const { restored } = await restore(world, rows('children', chat));
    expect(since.memories).toContain(12);
    expect(restored).toMatchObject({
      memories: since.memories.filter((id) => id !== 12),
      reactions: since.reactions.filter((id) => id !== 12),
    });
  });

  test('is refused with all that a rewind took where nothing tells which one took it', async () => {
    const { place, folder, id, since } = await makeTwoChats(root());
    const kept = selecting(id, rows('operation', { table: 'memories', key: [2n] }));
    expect((await planRestore(folder, kept)).refusals).toMatchObject([
      { code: 'selection-refused', detail: { why: 'no-operation' } },
    ]);
    expect(await codeOf(applyRestore(folder, kept, NOW))).toBe('selection-refused');
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test.each([
    ['an event', event],
    ['a row of its chat', memory],
  ])(
    'is refused with all that a rewind took where the host recorded none (%s): several may have been made',
    async (_, row) => {
      const { place, folder, id } = await makeTwoChats(root(), 'deletes');
      run(place, "DELETE FROM event_log WHERE kind = 'rewind'");
      const since = readState(place.databaseFile);
      const request = selecting(id, rows('operation', row));
      expect((await planRestore(folder, request)).refusals).toMatchObject([
        { code: 'selection-refused', detail: { why: 'no-operation' } },
      ]);
      expect(readState(place.databaseFile)).toEqual(since);
    },
  );

  test('is looked for in pages, between which it can be cancelled', async () => {
    const { place, folder, id } = await makeManyLost();
    const request = selecting(id, rows('operation', event));
    const plan = await planRestore(folder, request);
    expect(plan).toMatchObject({ refusals: [], returningEvents: [{ chat: 'c1', events: 2_503 }] });
    const since = readState(place.databaseFile);
    const { signal, count } = countLooks('operation.ts');
    await planRestore(folder, request, { signal });
    expect(count()).toBeGreaterThanOrEqual(3);
    expect(await codeOf(planRestore(folder, request, { signal: AbortSignal.abort() }))).toBe('cancelled');
    expect(readState(place.databaseFile)).toEqual(since);
  });
});

/** A signal that counts how often a file looks whether it asks for a cancel. */
function countLooks(file: string) {
  let looks = 0;
  const { signal } = new AbortController();
  Object.defineProperty(signal, 'aborted', {
    get: () => {
      if (new Error().stack?.includes(file) === true) looks += 1;
      return false;
    },
  });
  return { signal, count: () => looks };
}

/** A chat of which a rewind took more events than are looked at in one page. */
async function makeManyLost() {
  const place = await makePlace(root(), SCHEMA, { tables: TABLES });
  const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2503)
    INSERT INTO event_log (kind, payload_json) SELECT 'message', json_object('chat_id', 'c1', 'text', 'message ' || i) FROM n;`;
  run(place, `INSERT INTO chats VALUES ('c1', 'Harbour', 0); ${many}`);
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(
    place,
    `DELETE FROM event_log; INSERT INTO event_log (kind, payload_json)
      VALUES ('rewind', json_object('chat_id', 'c1', 'to_event_id', 0))`,
  );
  return { place, folder, id };
}

describe.concurrent('where another event has the id of a lost one by now', () => {
  const REUSED = (id: number) => `UPDATE event_log SET id = ${id} WHERE payload_json LIKE '%soup is ready%';
    UPDATE notes SET event_id = ${id} WHERE text = 'note on soup is ready';`;

  test.each<Related>(['none', 'children', 'operation'])(
    'the lost one takes its place only with a consent to what is removed (%s)',
    async (related) => {
      const { place, folder, id } = await makeTwoChats(root());
      run(place, REUSED(7));
      const since = readState(place.databaseFile);
      const request = selecting(id, rows(related, event));
      const plan = await planRestore(folder, request);
      expect(plan.refusals).toMatchObject([{ code: 'other-timeline', detail: { loses: 1 } }]);
      expect(plan.newerEvents).toMatchObject([{ chat: 'c2', events: 1 }]);
      expect(await codeOf(applyRestore(folder, request, NOW))).toBe('other-timeline');
      expect(readState(place.databaseFile)).toEqual(since);
      const accepted = { ...request, acceptOtherTimeline: true };
      await applyRestore(folder, accepted, { ...NOW, planId: plan.planId });
      await applyUndo(folder, {}, NOW);
      expect(readState(place.databaseFile)).toEqual(since);
    },
  );

  test('neither it nor what belonged to it comes along with others of its rewind, and that is said', async () => {
    const world = await makeTwoChats(root());
    run(world.place, REUSED(9));
    const since = read(world.place);
    const { plan, restored } = await restore(world, rows('operation', { table: 'event_log', key: [5n] }));
    expect(restored).toMatchObject({
      events: [...since.events, 5, 7].sort(byNumber),
      notes: [...since.notes, 5, 7].sort(byNumber),
    });
    expect(plan.staying).toEqual(
      expect.arrayContaining([
        { table: 'event_log', key: [9n], because: null },
        { table: 'notes', key: [9n], because: null },
      ]),
    );
    expect(plan.newerEvents).toEqual([]);
  });

  test.each<Related>(['children', 'operation'])(
    'neither it nor what belonged to it comes along with the event that it speaks of (%s)',
    async (related) => {
      const place = await makePlace(root(), SCHEMA, { tables: TABLES });
      const chats =
        "INSERT INTO bots VALUES ('b1', 'Ada'); INSERT INTO chats VALUES ('c1', 'A', 0), ('c2', 'B', 0);";
      run(
        place,
        `${chats} ${say('c1', 'one')} ${say('c1', 'two')} ${say('c1', 'of two')}
        UPDATE event_log SET payload_json = json_set(payload_json, '$.event_id', 2) WHERE id = 3;`,
      );
      const folder = await open(place);
      const { id } = await takeSnapshot(folder, 'rewind');
      run(
        place,
        `DELETE FROM reactions WHERE memory > 1; DELETE FROM memories WHERE id > 1; DELETE FROM notes WHERE id > 1;
        DELETE FROM event_log WHERE id > 1; UPDATE sqlite_sequence SET seq = 2 WHERE name = 'event_log'; ${say('c2', 'newer')}
        INSERT INTO event_log (kind, payload_json) VALUES ('rewind', json_object('chat_id', 'c1', 'to_event_id', 1));`,
      );
      const since = read(place);
      const world = { place, folder, id } as TwoChats;
      const { plan, restored } = await restore(world, rows(related, { table: 'event_log', key: [2n] }));
      expect(restored).toMatchObject({ events: [1, 2, 3], notes: [...since.notes, 2].sort(byNumber) });
      expect(plan.newerEvents).toEqual([]);
      expect(plan.staying).toEqual(
        expect.arrayContaining([
          { table: 'event_log', key: [3n], because: null },
          { table: 'notes', key: [3n], because: null },
        ]),
      );
    },
  );
});

describe.concurrent.each(WAYS.filter((way) => way !== 'appends'))(
  'a message after a rewind by a host that %s',
  (way) => {
    test('comes back with what belongs to it, or with all that the rewind took from its chat', async () => {
      const world = await makeTwoChats(root(), way);
      const since = read(world.place);
      const { plan, restored } = await restore(world, rows('children', event));
      expect(restored).toEqual({
        ...since,
        events: [...since.events, 7].sort(byNumber),
        notes: [...since.notes, 7].sort(byNumber),
      });
      expect(plan).toMatchObject({ returningEvents: [{ chat: 'c1', events: 1 }], newerEvents: [] });
      const operation = await restore(world, rows('operation', event));
      expect(operation.restored).toMatchObject({
        events: [...since.events, 5, 7, 9].sort(byNumber),
        memories: [...since.memories, 5, 7, 9].sort(byNumber),
      });
      expect(operation.plan).toMatchObject({ returningEvents: [{ chat: 'c1', events: 3 }], newerEvents: [] });
    });

    test('comes back only with what the same rewind took, where there were two', async () => {
      const world = await makeTwoChats(root(), way);
      const record = (target: number) =>
        `INSERT INTO event_log (kind, payload_json) VALUES ('rewind', json_object('chat_id', 'c1', 'to_event_id', ${target}));`;
      run(
        world.place,
        way === 'deletes'
          ? `DELETE FROM event_log WHERE id = 3; ${record(2)}`
          : `${record(2)} UPDATE event_log SET superseded_by = last_insert_rowid(), hidden = 1 WHERE id = 3`,
      );
      const since = read(world.place);
      const { restored } = await restore(world, rows('operation', event));
      expect(restored.events).toEqual([...since.events, 5, 7, 9].sort(byNumber));
      expect(restored.memories).toEqual(since.memories);
      const other = await restore(world, rows('operation', { table: 'event_log', key: [3n] }));
      expect(other.restored.events).toEqual([...since.events, 3].sort(byNumber));
    });
  },
);

function byNumber(a: unknown, b: unknown): number {
  return Number(a) - Number(b);
}
