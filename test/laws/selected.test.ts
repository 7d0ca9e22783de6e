import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  defaultRestoreOptions,
  planRestore,
  takeSnapshot,
} from '../../src/index.ts';
import { asHost, makePlace, makeRoot, open, type Place, run } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { WAYS, type Way } from '../support/rewound.ts';
import { findFaults, readState } from '../support/state.ts';
import { SCHEMA, say, selecting, TABLES } from '../support/two-chats.ts';

/*
 * Bringing back one chat makes its rows what they were, and changes no row of any other chat; beyond that only missing
 * parents come, and those are named. Bringing back one memory brings what belonged to it or what its rewind took, and takes
 * nothing. Selecting all tables is the whole restore. Each is undone exactly. Whose a row is, is
 * told here by SQL of its own.
 */
const root = makeRoot();

type Chat = 'c1' | 'c2' | 'c3';
type Step =
  | { readonly do: 'say'; readonly chat: Chat; readonly bot: string }
  | { readonly do: 'forget' | 'rewrite' | 'react'; readonly nth: number }
  | { readonly do: 'rename'; readonly chat: Chat; readonly title: string }
  | { readonly do: 'fire'; readonly bot: string };
type World = {
  readonly before: readonly Step[];
  readonly way: Way;
  readonly target: number;
  readonly since: readonly Step[];
  readonly back: Chat;
  readonly journalMode: 'wal' | 'delete';
};

const chats = fc.constantFrom<Chat>('c1', 'c2', 'c3');
const bots = fc.constantFrom('b1', 'b2', 'b3');
const nth = fc.nat({ max: 20 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('say' as const), chat: chats, bot: bots }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('forget' as const, 'rewrite', 'react'), nth }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('rename' as const),
      chat: chats,
      title: fc.string({ maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fire' as const), bot: bots }) },
);
const worlds = fc.record<World>({
  before: fc.array(steps, { maxLength: 14 }),
  way: fc.constantFrom(...WAYS),
  target: fc.nat({ max: 10 }),
  since: fc.array(steps, { maxLength: 10 }),
  back: chats,
  journalMode: fc.constantFrom('wal', 'delete'),
});

const nthMemory = (at: number) =>
  `(SELECT id FROM memories ORDER BY id LIMIT 1 OFFSET ${at} % max(1, (SELECT count(*) FROM memories)))`;

/** SQL of one step. A bot is there again as soon as it has something to say. */
function stepSql(step: Step, index: number): string {
  switch (step.do) {
    case 'say':
      return `INSERT OR IGNORE INTO bots VALUES ('${step.bot}', 'anew ${index}'); ${say(step.chat, `line ${index}`, step.bot)}`;
    case 'forget':
      return `DELETE FROM reactions WHERE memory = ${nthMemory(step.nth)}; DELETE FROM memories WHERE id = ${nthMemory(step.nth)};`;
    case 'rewrite':
      return `UPDATE memories SET text = 'rewritten ${index}' WHERE id = ${nthMemory(step.nth)};`;
    case 'react':
      return `INSERT INTO reactions SELECT id, 'face ${index}' FROM memories WHERE id = ${nthMemory(step.nth)};`;
    case 'rename':
      return `UPDATE chats SET title = '${step.title.replaceAll(/['\0]/g, '’')}' WHERE id = '${step.chat}';`;
    case 'fire':
      return `DELETE FROM bots WHERE id = '${step.bot}' AND id NOT IN (SELECT bot FROM memories);`;
  }
}

function rewindSql({ way, target, back }: World): string {
  const lost = `id > ${target} AND kind = 'message' AND payload_json ->> 'chat_id' = '${back}'`;
  const gone = `SELECT id FROM memories WHERE chat = '${back}' AND id > ${target}`;
  return `DELETE FROM notes WHERE event_id IN (SELECT id FROM event_log WHERE ${lost});
    ${way === 'deletes' ? `DELETE FROM event_log WHERE ${lost};` : ''}
    INSERT INTO event_log (kind, payload_json) VALUES ('rewind', json_object('chat_id', '${back}', 'to_event_id', ${target}));
    ${way === 'flags' ? `UPDATE event_log SET hidden = 1, superseded_by = last_insert_rowid() WHERE ${lost};` : ''}
    DELETE FROM reactions WHERE memory IN (${gone}); DELETE FROM memories WHERE id IN (${gone});
    UPDATE chats SET messages = 0 WHERE id = '${back}';`;
}

const OWNERS = {
  event_log: "payload_json ->> 'chat_id'",
  chats: 'id',
  memories: 'chat',
  reactions: '(SELECT chat FROM memories WHERE id = memory)',
  notes: "coalesce((SELECT payload_json ->> 'chat_id' FROM event_log e WHERE e.id = event_id), 'nobody')",
};

/** The rows of a table by the chat that they belong to. */
function readOwned(place: Place) {
  return asHost(place, (db) => {
    const owned = Object.entries(OWNERS).flatMap(([table, owner]) =>
      db
        .prepare<[], Record<string, unknown>>(`SELECT ${owner} AS owner_, t.* FROM ${table} t ORDER BY 2, 3`)
        .all()
        .map(({ owner_, ...row }) => ({ table, owner: owner_, row })),
    );
    const bots = db.prepare<[], { readonly id: string }>('SELECT * FROM bots ORDER BY id').all();
    return {
      of: (chat: Chat) => owned.filter(({ owner }) => owner === chat),
      notOf: (chat: Chat) => owned.filter(({ owner }) => owner !== chat),
      bots,
    };
  });
}

async function begin(world: World) {
  const place = await makePlace(root(), SCHEMA, { tables: TABLES, journalMode: world.journalMode });
  run(place, "INSERT INTO chats VALUES ('c1', 'One', 0), ('c2', 'Two', 0), ('c3', 'Three', 0);");
  for (const [index, step] of world.before.entries()) run(place, stepSql(step, index));
  const then = readOwned(place);
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, rewindSql(world));
  for (const [index, step] of world.since.entries()) run(place, stepSql(step, 100 + index));
  return { place, folder, id, then, now: readOwned(place), since: readState(place.databaseFile) };
}

async function bringsBackOneChat(world: World): Promise<void> {
  const { place, folder, id, then, now, since } = await begin(world);
  const { back } = world;
  const request = selecting(id, { by: 'chat', chat: back, withGuessed: false });
  if (then.of(back).length === 0 && now.of(back).length === 0) return;
  const plan = await planRestore(folder, request);
  expect(plan.refusals).toEqual([]);
  expect(readState(place.databaseFile)).toEqual(since);
  await applyRestore(folder, request, { ...NOW, planId: plan.planId });
  const restored = readOwned(place);
  expect(restored.of(back)).toEqual(then.of(back));
  expect(restored.notOf(back)).toEqual(now.notOf(back));
  expect(plan.pulled.every(({ table }) => table === 'bots')).toBe(true);
  const pulled = new Set(plan.pulled.map(({ key }) => key[0]));
  expect(restored.bots.filter((bot) => !pulled.has(bot.id))).toEqual(now.bots);
  expect(restored.bots.filter((bot) => pulled.has(bot.id))).toEqual(
    then.bots.filter((bot) => pulled.has(bot.id)),
  );
  expect(findFaults(place.databaseFile)).toEqual([]);
  await applyUndo(folder, {}, NOW);
  expect(readState(place.databaseFile)).toEqual(since);
}

/** Which rows are there, without what they hold. */
const namesOf = (
  rows: readonly { readonly table: string; readonly row: Readonly<Record<string, unknown>> }[],
) => rows.map(({ table, row }) => JSON.stringify([table, row.id ?? [row.memory, row.face]]));

async function bringsBackOneRow(world: World): Promise<void> {
  const { place, folder, id, then, now, since } = await begin(world);
  const { back } = world;
  const live = new Set(namesOf(now.of(back)));
  const lost = then.of(back).find((one) => one.table === 'memories' && !live.has(namesOf([one])[0] ?? ''));
  if (lost === undefined) return;
  const rows = [{ table: 'memories', key: [BigInt(Number(lost.row.id))] }];
  const isOfIt = ({ row }: { readonly row: Readonly<Record<string, unknown>> }) =>
    row === lost.row || row.memory === lost.row.id;
  for (const related of ['children', 'operation'] as const) {
    const request = selecting(id, { by: 'rows', rows, related });
    const plan = await planRestore(folder, request);
    if (related === 'operation' && plan.refusals.length > 0) continue;
    expect(plan.refusals).toEqual([]);
    await applyRestore(folder, request, { ...NOW, planId: plan.planId });
    const restored = readOwned(place);
    expect(restored.notOf(back)).toEqual(now.notOf(back));
    const names = new Set(namesOf(restored.of(back)));
    expect([...live].filter((name) => !names.has(name))).toEqual([]);
    const came = restored.of(back).filter((one) => !live.has(namesOf([one])[0] ?? ''));
    expect(then.of(back)).toEqual(expect.arrayContaining(came));
    const wanted = then.of(back).filter((one) => isOfIt(one) && !live.has(namesOf([one])[0] ?? ''));
    expect(came).toEqual(expect.arrayContaining(wanted));
    if (related === 'children') expect(came).toHaveLength(wanted.length);
    expect(findFaults(place.databaseFile)).toEqual([]);
    await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  }
}

async function isTheWholeRestore(world: World): Promise<void> {
  const { place, folder, id, since } = await begin(world);
  const consents = { acceptOtherTimeline: true };
  const all = { ...defaultRestoreOptions, ...consents, snapshotId: id, action: 'restore' } as const;
  await applyRestore(folder, all, NOW);
  const whole = readState(place.databaseFile);
  await applyUndo(folder, consents, NOW);
  expect(readState(place.databaseFile)).toEqual(since);
  await applyRestore(folder, { ...all, selection: { by: 'tables', tables: ['event_log', ...TABLES] } }, NOW);
  expect(readState(place.databaseFile)).toEqual(whole);
  await applyUndo(folder, consents, NOW);
  expect(readState(place.databaseFile)).toEqual(since);
}

/** Runs each world beside others: most of a restore is waiting for the disk and the clock. */
function holds(law: (world: World) => Promise<void>, numRuns: number): Promise<void> {
  return fc.assert(
    fc.asyncProperty(fc.array(worlds, { minLength: 4, maxLength: 4 }), async (list) => {
      await Promise.all(list.map(law));
    }),
    { numRuns },
  );
}

test('bringing back one chat makes its rows what they were, and changes no row of another', () =>
  holds(bringsBackOneChat, 6));

test('bringing back one row brings back what belonged to it, or what its rewind took, and takes nothing', () =>
  holds(bringsBackOneRow, 3));

test('selecting all tables is the whole restore', () => holds(isTheWholeRestore, 3));
