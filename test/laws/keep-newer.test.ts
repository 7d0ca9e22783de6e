import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyRestore, applyUndo, planRestore, takeSnapshot } from '../../src/index.ts';
import { makePlace, makeRoot, open, run } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { keeping, WAYS, type Way } from '../support/rewound.ts';
import { readState, type State } from '../support/state.ts';

/*
 * Keeping newer events ends with the log of the snapshot and those events, without the record of the rewind, with the
 * tables of the snapshot, and all else as it was. Its undo brings back what was there. Judged over another connection.
 */
const root = makeRoot();

type Event = { readonly chat: 'c1' | 'c2'; readonly text: string; readonly kind: 'message' | 'memory' };
type World = {
  readonly way: Way;
  readonly rewound: Event['chat'];
  readonly target: number;
  readonly old: readonly Event[];
  readonly newer: readonly Event[];
  /** Which earlier event each newer one supersedes, modulo twice as many as there are: half of them none. */
  readonly edits: readonly number[];
  readonly journalMode: 'wal' | 'delete';
};

const events = fc.record<Event>({
  chat: fc.constantFrom('c1', 'c2'),
  text: fc.string({ unit: 'grapheme', maxLength: 6 }),
  kind: fc.constantFrom('message', 'memory'),
});
const worlds = fc.record<World>({
  way: fc.constantFrom(...WAYS),
  rewound: fc.constantFrom('c1', 'c2'),
  target: fc.nat({ max: 12 }),
  old: fc.array(events, { maxLength: 12 }),
  newer: fc.array(events, { maxLength: 6 }),
  edits: fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
  journalMode: fc.constantFrom('wal', 'delete'),
});

const SCHEMA = `CREATE TABLE chats (id TEXT PRIMARY KEY, messages INTEGER); INSERT INTO chats VALUES ('c1', 0), ('c2', 0);
  CREATE TABLE memories (event INTEGER, text TEXT); CREATE TABLE drafts (text TEXT);`;

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** SQL that appends an event and projects it. */
function append({ chat, text, kind }: Event): string {
  const payload = quoted(JSON.stringify({ chat_id: chat, text }).replaceAll('\0', '\\u0000'));
  const projected =
    kind === 'message'
      ? `UPDATE chats SET messages = messages + 1 WHERE id = '${chat}';`
      : `INSERT INTO memories VALUES (last_insert_rowid(), ${payload});`;
  return `INSERT INTO event_log (branch_id, kind, payload_json) VALUES ('main', '${kind}', ${payload}); ${projected}`;
}

/** SQL of the rewind as its host does it; what it does to the tables is its own affair. */
function rewind({ way, rewound, target }: World): string {
  const lost = `id > ${target} AND payload_json ->> 'chat_id' = '${rewound}'`;
  const record = `INSERT INTO event_log (kind, payload_json) VALUES ('rewind', json_object('chat_id', '${rewound}'));`;
  const flags = `UPDATE event_log SET hidden = 1, superseded_by = last_insert_rowid() WHERE ${lost} AND kind <> 'rewind';`;
  return `${way === 'deletes' ? `DELETE FROM event_log WHERE ${lost};` : ''} ${record} ${way === 'flags' ? flags : ''}
    DELETE FROM memories WHERE event > ${target}; UPDATE chats SET messages = ${target} WHERE id = '${rewound}';`;
}

/** SQL: each newer event may supersede an earlier one that the rewind did not take. */
function edit({ old, newer, edits, rewound, target }: World): string {
  return newer
    .map((_, index) => {
      const of = (edits[index] ?? 0) % (2 * old.length + 1);
      const isLost = of > target && old[of - 1]?.chat === rewound;
      const by = old.length + 2 + index;
      return of === 0 || of > old.length || isLost
        ? ''
        : `UPDATE event_log SET hidden = 1, superseded_by = ${by} WHERE id = ${of};`;
    })
    .join(' ');
}

const idOf = (row: string) => Number(/^integer (\d+)/.exec(row)?.[1]);
const textOf = ({ schema, userVersion, tables }: State) =>
  JSON.stringify([schema, userVersion, tables], null, 1);

async function keepsToTheLaw(world: World): Promise<void> {
  const { old, newer, journalMode } = world;
  const place = await makePlace(root(), SCHEMA, { journalMode });
  run(place, `${old.map(append).join(' ')} INSERT INTO drafts VALUES ('then')`);
  const before = readState(place.databaseFile);
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, `${rewind(world)} ${newer.map(append).join(' ')} ${edit(world)} UPDATE drafts SET text = 'now'`);
  const since = readState(place.databaseFile);
  const record = old.length + 1;
  const edited = new Map(
    (since.tables.event_log ?? [])
      .filter((row) =>
        new RegExp(`integer (?:${newer.map((_, index) => record + 1 + index).join('|')}) integer 1$`).test(
          row,
        ),
      )
      .map((row) => [idOf(row), row]),
  );
  const log = [
    ...(before.tables.event_log ?? []).map((row) => edited.get(idOf(row)) ?? row),
    ...(since.tables.event_log ?? []).filter((row) => idOf(row) > record),
  ].sort();
  const { chats = [], memories = [] } = before.tables;
  const expected = { ...since, tables: { ...since.tables, event_log: log, chats, memories } };

  const plan = await planRestore(folder, keeping(id));
  expect(plan.refusals).toEqual([]);
  expect(textOf(readState(place.databaseFile))).toBe(textOf(since));
  const { replay } = await applyRestore(folder, keeping(id), { ...NOW, planId: plan.planId });
  expect(textOf(readState(place.databaseFile))).toBe(textOf(expected));
  expect(replay).toEqual(
    newer.length === 0 ? null : { fromEvent: BigInt(record + 1), toEvent: BigInt(record + newer.length) },
  );
  await applyUndo(folder, {}, NOW);
  expect(textOf(readState(place.databaseFile))).toBe(textOf(since));
}

test('the log is the snapshot’s and what is newer, the tables are the snapshot’s, and undo brings all back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(worlds, { minLength: 6, maxLength: 6 }), async (list) => {
      await Promise.all(list.map(keepsToTheLaw));
    }),
    { numRuns: 3 },
  );
});
