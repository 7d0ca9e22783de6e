import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  planRestore,
  rehearseRestore,
  restoreToCopy,
  takeSnapshot,
} from '../../src/index.ts';
import { type MergeWorld, makeMergeWorld, merging, SCHEMA } from '../support/merging.ts';
import {
  addEvents,
  asHost,
  CHATS,
  codeOf,
  makeDir,
  makePlace,
  makeRoot,
  open,
  type Place,
  run,
} from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { REUSING_LOG, REWIND, textsOf, WAYS } from '../support/rewound.ts';
import { readState } from '../support/state.ts';
import { thereAndBack } from '../support/there-and-back.ts';

const root = makeRoot();

const NEWER = `${addEvents(2, 'new')} INSERT INTO memories VALUES (14, 'of 14'), (15, 'of 15');
  INSERT INTO faces VALUES (14, ':D', 1); INSERT INTO jottings VALUES ('jot 1'), ('new jot');
  UPDATE memories SET text = 'edited' WHERE id = 3; DELETE FROM faces WHERE memory = 5; UPDATE chats SET title = 'Cellar' WHERE id = 'c2';`;

const read = (place: Place, sql: string): readonly unknown[] =>
  asHost(place, (db) => db.prepare(sql).raw().all());
const memoriesOf = (place: Place) => read(place, 'SELECT id, text FROM memories ORDER BY id');

/** Merges, undoes that and does it again. */
async function mergeAndBack(
  world: MergeWorld,
  look: (checkpoint: Readonly<Record<string, unknown[]>>) => void,
  merge: Parameters<typeof merging>[1] = {},
) {
  return (await thereAndBack(world, merging(world.id, merge), (_, checkpoint) => look(checkpoint))).plan;
}

describe.concurrent.each(WAYS)('with the state just after a rewind by a host that %s', (way) => {
  test('a merge brings back what was lost and keeps what was written since; the undo is exact', async () => {
    const world = await makeMergeWorld(root(), { way, withBase: true, newer: NEWER });
    const plan = await mergeAndBack(world, (checkpoint) => {
      expect(textsOf(world.place)).toEqual([
        ...Array.from({ length: 12 }, (_, index) => [index + 1, `old ${index + 1}`, 0]),
        [14, 'new 1', 0],
        [15, 'new 2', 0],
      ]);
      const texts = Array.from({ length: 12 }, (_, index) => [
        index + 1,
        index === 2 ? 'edited' : `of ${index + 1}`,
      ]);
      expect(memoriesOf(world.place)).toEqual([...texts, [14, 'of 14'], [15, 'of 15']]);
      expect(read(world.place, 'SELECT memory FROM faces ORDER BY 1').flat()).toEqual([
        ...[1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 14],
      ]);
      expect(read(world.place, 'SELECT text, count(*) FROM jottings GROUP BY 1 ORDER BY 1')).toEqual([
        ...[
          ['jot 0', 2],
          ['jot 1', 3],
          ['jot 2', 2],
          ['jot 3', 2],
          ['jot 4', 2],
          ['jot 5', 2],
        ],
        ['new jot', 1],
      ]);
      expect(read(world.place, 'SELECT title FROM chats ORDER BY id').flat()).toEqual(['Harbour', 'Cellar']);
      expect(checkpoint).toMatchObject({
        last_event_id: 15,
        event_log: { length: 14 },
        memories: { length: 14 },
      });
    });
    expect(plan).toMatchObject({
      base: { snapshot: world.baseId, inferred: false },
      ...{
        conflicts: [],
        conflictCount: 0,
        conflictsOpen: 0,
        newerEventsLost: 0,
        lineage: 'same',
        replay: null,
      },
    });
  });
});

const CONFLICTING = `${NEWER} INSERT INTO memories VALUES (9, 'written anew'); UPDATE chats SET title = 'Attic' WHERE id = 'c1';`;
const RENAMED = "UPDATE chats SET title = 'Pier' WHERE id = 'c1';";

describe.concurrent('a row that both sides changed', () => {
  const world = () =>
    makeMergeWorld(root(), { way: 'flags', withBase: true, rewind: RENAMED, newer: CONFLICTING });

  test('is told as it was just after the rewind, as it is now, and as in the snapshot; nothing is restored until it is chosen', async () => {
    const { place, folder, id, since } = await world();
    const plan = await planRestore(folder, merging(id));
    expect(plan).toMatchObject({ conflictCount: 2, conflictsOpen: 2, bystanders: [] });
    expect(plan.conflicts).toEqual([
      {
        ...{ table: 'chats', key: ['c1'], take: null },
        base: [
          ['id', 'c1'],
          ['title', 'Pier'],
        ],
        mine: [
          ['id', 'c1'],
          ['title', 'Attic'],
        ],
        theirs: [
          ['id', 'c1'],
          ['title', 'Harbour'],
        ],
      },
      {
        ...{ table: 'memories', key: [9n], take: null, base: null },
        mine: [
          ['id', 9n],
          ['text', 'written anew'],
        ],
        theirs: [
          ['id', 9n],
          ['text', 'of 9'],
        ],
      },
    ]);
    expect(plan.refusals).toMatchObject([{ code: 'conflicts-open', detail: { open: 2 } }]);
    expect(await codeOf(applyRestore(folder, merging(id), NOW))).toBe('conflicts-open');
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test.each([
    ['all as they are now', { all: 'mine', tables: [] }, 'Attic', 'written anew'],
    ['all as in the snapshot', { all: 'theirs', tables: [] }, 'Harbour', 'of 9'],
    ['a table otherwise', { all: 'mine', tables: [{ table: 'Memories', take: 'theirs' }] }, 'Attic', 'of 9'],
    [
      'a row, and the rest of its table otherwise',
      {
        all: null,
        tables: [
          { table: 'chats', take: [{ key: ['c1'], take: 'theirs' }] },
          { table: 'chats', take: 'mine' },
          { table: 'memories', take: 'mine' },
        ],
      },
      'Harbour',
      'written anew',
    ],
    [
      'a row otherwise',
      { all: 'theirs', tables: [{ table: 'memories', take: [{ key: [9n], take: 'mine' }] }] },
      'Harbour',
      'written anew',
    ],
  ] as const)('is taken as chosen: %s', async (_, choices, title, text) => {
    const found = await world();
    await mergeAndBack(
      found,
      () => {
        expect(read(found.place, "SELECT title FROM chats WHERE id = 'c1'")).toEqual([[title]]);
        expect(read(found.place, 'SELECT text FROM memories WHERE id = 9')).toEqual([[text]]);
      },
      { choices },
    );
  });

  test('is another plan when it is chosen otherwise, or changes once more', async () => {
    const { place, folder, id } = await world();
    const [mine, theirs] = (['mine', 'theirs'] as const).map((all) =>
      merging(id, { choices: { all, tables: [] } }),
    );
    if (mine === undefined || theirs === undefined) throw new Error('There are two.');
    const { planId } = await planRestore(folder, mine);
    expect(await codeOf(applyRestore(folder, theirs, { ...NOW, planId }))).toBe('plan-stale');
    const open = await planRestore(folder, merging(id));
    run(place, "UPDATE memories SET text = 'once more' WHERE id = 9");
    expect((await planRestore(folder, merging(id))).conflictsHash).not.toBe(open.conflictsHash);
    expect(await codeOf(applyRestore(folder, mine, { ...NOW, planId }))).toBe('plan-stale');
    // Nothing of this table is written, but the choice was between other versions.
    const shown = await planRestore(folder, mine);
    run(place, "UPDATE chats SET title = 'Loft' WHERE id = 'c1'");
    expect(await codeOf(applyRestore(folder, mine, { ...NOW, planId: shown.planId }))).toBe('plan-stale');
  });

  test('is the only one that can be chosen', async () => {
    const { folder, id } = await world();
    for (const table of ['nonsense', 'memories'])
      for (const key of [[1n], [1n, 2n], ['9']]) {
        const choices = { all: null, tables: [{ table, take: [{ key, take: 'mine' as const }] }] };
        if (table === 'memories' && key[0] === '9') continue;
        expect(await codeOf(planRestore(folder, merging(id, { choices })))).toBe('usage');
      }
  });
});

describe.concurrent('the state that both sides are compared with', () => {
  test('may be a safety copy', async () => {
    const world = await makeMergeWorld(root(), { way: 'deletes', withBase: false });
    const { folder, id, place } = world;
    const { safetyCopyId } = await applyRestore(folder, { ...merging(id), merge: undefined }, NOW);
    await applyUndo(folder, {}, NOW);
    run(place, "UPDATE memories SET text = 'edited' WHERE id = 3");
    const plan = await planRestore(folder, merging(id));
    expect(plan).toMatchObject({ base: { inferred: false }, refusals: [], conflictCount: 0 });
    const named = await planRestore(folder, merging(id, { baseId: safetyCopyId }));
    expect(named).toMatchObject({ base: { snapshot: safetyCopyId, inferred: false } });
  });

  test.each(WAYS)(
    'is inferred from one that ends where the rewind by a host that %s went back to',
    async (way) => {
      const place = await makePlace(root(), SCHEMA, { tables: ['chats', 'memories', 'faces', 'jottings'] });
      run(place, `${addEvents(8, 'old')} INSERT INTO memories SELECT id, 'of ' || id FROM event_log;`);
      const folder = await open(place);
      const early = await takeSnapshot(folder, 'periodic');
      run(
        place,
        `${addEvents(4, 'late')} INSERT INTO memories SELECT id, 'of ' || id FROM event_log WHERE id > 8;
      UPDATE memories SET text = 'late' WHERE id = 2;`,
      );
      const { id } = await takeSnapshot(folder, 'rewind');
      run(
        place,
        `${REWIND[way](8)} DELETE FROM memories WHERE id > 8; UPDATE memories SET text = 'of 2' WHERE id = 2;
      ${addEvents(1, 'new')} UPDATE memories SET text = 'edited' WHERE id = 3;`,
      );
      const since = readState(place.databaseFile);
      const world = { place, folder, id, baseId: early.id, before: since, rewound: since, since };
      const plan = await mergeAndBack(world, () => {
        const texts = memoriesOf(place).map((row) => (Array.isArray(row) ? row[1] : null));
        expect(texts).toEqual([
          'of 1',
          'late',
          'edited',
          ...[4, 5, 6, 7, 8, 9, 10, 11, 12].map((n) => `of ${n}`),
        ]);
        expect(textsOf(place)).toHaveLength(13);
        expect(textsOf(place).every((row) => Array.isArray(row) && row[2] === 0)).toBe(true);
      });
      expect(plan).toMatchObject({ base: { snapshot: early.id, inferred: true }, conflictCount: 0 });
    },
  );

  test('is never the snapshot itself, or one of another moment', async () => {
    const { folder, id, place } = await makeMergeWorld(root(), {
      way: 'flags',
      withBase: true,
      newer: NEWER,
    });
    const later = await takeSnapshot(folder, 'rewind');
    run(place, addEvents(1, 'newest'));
    for (const baseId of [id, later.id])
      expect((await planRestore(folder, merging(id, { baseId }))).refusals).toMatchObject([
        { code: 'merge-refused', detail: { why: 'wrong-base' } },
      ]);
  });

  test('need not exist: then what only one side has is kept, and what both have is to be chosen', async () => {
    const world = await makeMergeWorld(root(), { way: 'flags', withBase: false, newer: CONFLICTING });
    const plan = await planRestore(world.folder, merging(world.id));
    expect(plan.base).toBeNull();
    expect(plan.conflicts.map(({ table, key }) => [table, ...key])).toEqual([
      ['chats', 'c1'],
      ['chats', 'c2'],
      ['memories', 3n],
      ['memories', 9n],
    ]);
    await mergeAndBack(
      world,
      () => {
        expect(memoriesOf(world.place)).toHaveLength(14);
        expect(textsOf(world.place)).toHaveLength(14);
      },
      { choices: { all: 'mine', tables: [] } },
    );
  });
});

const refusedWith = (why: string) => [{ code: 'merge-refused', detail: { why } }];

describe.concurrent('nothing is merged', () => {
  test('if newer events have the ids of lost ones', async () => {
    const place = await makePlace(
      root(),
      `${CHATS} CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);`,
    );
    run(place, `DROP TABLE event_log; ${REUSING_LOG} ${addEvents(12, 'old')}`);
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, `DELETE FROM event_log WHERE id > 8; ${addEvents(2, 'new')}`);
    const since = readState(place.databaseFile);
    const request = merging(id, { choices: { all: 'theirs', tables: [] } });
    expect((await planRestore(folder, request)).refusals).toMatchObject(refusedWith('other-timeline'));
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('merge-refused');
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('if the rewind took newer events, too', async () => {
    const place = await makePlace(root(), SCHEMA, { tables: ['chats', 'memories', 'faces', 'jottings'] });
    run(place, addEvents(6, 'old'));
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, `${addEvents(2, 'between')} ${REWIND.flags(4)} ${addEvents(1, 'new')}`);
    expect((await planRestore(folder, merging(id))).refusals).toMatchObject(refusedWith('newer-taken'));
  });

  test('if nothing tells what the first of several rewinds left', async () => {
    const { folder, id, place } = await makeMergeWorld(root(), { way: 'flags', withBase: false });
    run(place, `${addEvents(2, 'new')} ${REWIND.flags(14)} ${addEvents(1, 'newest')}`);
    expect((await planRestore(folder, merging(id))).refusals).toMatchObject(refusedWith('several-rewinds'));
  });

  test('if the profile says that ids must have no gaps, as the record of the rewind has to go', async () => {
    const { id, place } = await makeMergeWorld(root(), { way: 'appends', withBase: true, newer: NEWER });
    const profile = { tables: ['chats', 'memories', 'faces', 'jottings'], log: { gapless: true } };
    await writeFile(join(place.dir, 'snapback-profile.json'), JSON.stringify(profile));
    const { refusals } = await planRestore(await open(place), merging(id));
    expect(refusals).toMatchObject(refusedWith('no-gaps'));
  });

  test('until the chat app has applied newer events that were kept', async () => {
    const { folder, id } = await makeMergeWorld(root(), { way: 'flags', withBase: true, newer: NEWER });
    await applyRestore(folder, { ...merging(id), merge: undefined, keepNewer: true }, NOW);
    expect((await planRestore(folder, merging(id))).refusals).toMatchObject(refusedWith('not-applied'));
  });

  test('together with another choice', async () => {
    const { folder, id } = await makeMergeWorld(root(), { way: 'flags', withBase: false });
    const selection = { by: 'tables', tables: ['chats'] } as const;
    for (const more of [
      { keepNewer: true },
      { mode: 'projections' as const },
      { selection },
      { clearTables: ['chats'] },
    ])
      expect(await codeOf(planRestore(folder, { ...merging(id), ...more }))).toBe('usage');
  });
});

test('rows that would lose their parents are not merged, unless that is accepted', async () => {
  const newer = `DELETE FROM faces WHERE memory = 2; DELETE FROM memories WHERE id = 2;`;
  const { folder, id, place, since } = await makeMergeWorld(root(), {
    ...{ way: 'flags', withBase: true, newer },
    rewind: 'DELETE FROM faces WHERE memory = 2;',
  });
  const request = merging(id);
  expect((await planRestore(folder, request)).refusals).toMatchObject([
    { code: 'leaves-orphans', detail: { table: 'faces' } },
  ]);
  expect(await codeOf(applyRestore(folder, request, NOW))).toBe('leaves-orphans');
  expect(readState(place.databaseFile)).toEqual(since);
  await applyRestore(folder, { ...request, acceptDrift: true }, NOW);
  expect(read(place, 'SELECT count(*) FROM faces WHERE memory = 2')).toEqual([[1]]);
});

test('a merge into a new file leaves the database as it is', async () => {
  const { folder, id, place, since } = await makeMergeWorld(root(), {
    way: 'flags',
    withBase: true,
    newer: NEWER,
  });
  const { action: _, ...request } = merging(id);
  const to = join(await makeDir(root()), 'merged.db');
  await restoreToCopy(folder, { ...request, to }, NOW);
  expect(readState(place.databaseFile)).toEqual(since);
  expect(memoriesOf({ ...place, databaseFile: to })).toHaveLength(14);
});

test('a merge and its undo are rehearsed on a copy, with the same base', async () => {
  const { folder, id } = await makeMergeWorld(root(), { way: 'flags', withBase: true, newer: NEWER });
  const plan = await planRestore(folder, merging(id));
  expect(await rehearseRestore(folder, merging(id), plan)).toMatchObject({
    ...{ state: 'done', planId: plan.planId },
    ...{ undo: { state: 'same' }, nextStart: { state: 'nothing' } },
  });
});
