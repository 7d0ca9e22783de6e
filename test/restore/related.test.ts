import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  planRestore,
  type Related,
  type RowName,
  type Selection,
} from '../../src/index.ts';
import { asHost, codeOf, makeRoot, type Place, run } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { WAYS } from '../support/rewound.ts';
import { findFaults, readState } from '../support/state.ts';
import { makeTwoChats, selecting, type TwoChats } from '../support/two-chats.ts';

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
        `UPDATE event_log SET payload_json = json_set(payload_json, '$.to_event_id', 4) WHERE kind = 'rewind'`,
      );
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
