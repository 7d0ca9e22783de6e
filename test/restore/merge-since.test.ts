import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, planRestore, takeSnapshot } from '../../src/index.ts';
import { explain } from '../../words/errors.ts';
import { type MergeWorld, makeMergeWorld, merging } from '../support/merging.ts';
import { addEvents, asHost, codeOf, makeRoot, type Place, run } from '../support/place.ts';
import { NOW } from '../support/requests.ts';
import { REWIND } from '../support/rewound.ts';
import { readState } from '../support/state.ts';

const root = makeRoot();

const read = (place: Place, sql: string): readonly unknown[] =>
  asHost(place, (db) => db.prepare(sql).raw().all());

describe.concurrent('what was written since the rewind stays', () => {
  test('where a snapshot of later than the earliest one after the rewind holds it already', async () => {
    const edit = "UPDATE memories SET text = 'edited' WHERE id = 3";
    const { place, folder, id, baseId } = await makeMergeWorld(root(), {
      ...{ way: 'flags', withBase: true, newer: edit },
      rewind: "UPDATE chats SET title = 'rewound' WHERE id = 'c2';",
    });
    await takeSnapshot(folder, 'periodic');
    await takeSnapshot(folder, 'rewind');
    expect((await planRestore(folder, merging(id))).base).toEqual({ snapshot: baseId, inferred: false });
    await applyRestore(folder, merging(id), NOW);
    expect(read(place, 'SELECT text FROM memories WHERE id = 3')).toEqual([['edited']]);
    expect(read(place, "SELECT title FROM chats WHERE id = 'c2'")).toEqual([['Kitchen']]);
  });

  /** The snapshot has fewer rows than there were just after the rewind. */
  async function makeGrown(): Promise<MergeWorld> {
    return makeMergeWorld(root(), {
      ...{ way: 'flags', withBase: true },
      rewind: `INSERT INTO memories VALUES (20, 'twenty'), (21, 'twenty-one'); INSERT INTO jottings VALUES ('twin'), ('twin');`,
      newer: `ALTER TABLE memories ADD COLUMN note TEXT; ALTER TABLE jottings ADD COLUMN note TEXT;
        UPDATE memories SET note = 'precious' WHERE id = 20; UPDATE jottings SET note = 'precious' WHERE rowid = (SELECT min(rowid) FROM jottings WHERE text = 'twin');`,
    });
  }

  test('in a column that was added since: a row with anything in it is to be chosen, one without goes', async () => {
    const { place, folder, id } = await makeGrown();
    const plan = await planRestore(folder, merging(id));
    expect(plan.conflicts).toMatchObject([{ table: 'memories', key: [20n], theirs: null, take: null }]);
    await applyRestore(folder, merging(id, { choices: { all: 'mine', tables: [] } }), NOW);
    expect(read(place, 'SELECT id, note FROM memories WHERE id >= 20')).toEqual([[20, 'precious']]);
    expect(read(place, "SELECT note FROM jottings WHERE text = 'twin'")).toEqual([['precious']]);
  });
});

describe.concurrent('a later rewind', () => {
  const world = async (newer: string) => {
    const made = await makeMergeWorld(root(), { way: 'appends', withBase: true, newer: '' });
    run(made.place, newer);
    return made;
  };
  const FURTHER = `${REWIND.appends(4)} DELETE FROM faces WHERE memory > 4; DELETE FROM memories WHERE id > 4; ${addEvents(1, 'new')}`;

  test('of the same chat to before the first one is not merged with: a gap would remain', async () => {
    const { folder, id } = await world(FURTHER);
    expect((await planRestore(folder, merging(id))).refusals).toMatchObject([
      { code: 'merge-refused', detail: { why: 'rewound-further' } },
    ]);
  });

  test('of the same chat that took newer messages only stays', async () => {
    const { folder, id, place } = await world(`${addEvents(2, 'new')} ${REWIND.appends(14)}`);
    await applyRestore(folder, merging(id), NOW);
    expect(read(place, 'SELECT count(*) FROM memories')).toEqual([[12]]);
  });

  test('of another chat stays, however far it went', async () => {
    const other = REWIND.appends(4).replace("'c1'", "'c2'");
    const { folder, id, place } = await world(other);
    await applyRestore(folder, merging(id), NOW);
    expect(read(place, 'SELECT count(*) FROM memories')).toEqual([[12]]);
  });
});

const EDIT = "UPDATE memories SET text = 'edited' WHERE id = 3";

test('after several rewinds, the newest is undone first, and then the one before it can be', async () => {
  const { place, folder, id } = await makeMergeWorld(root(), { way: 'flags', withBase: false });
  run(place, `${addEvents(2, 'new')} INSERT INTO memories VALUES (14, 'of 14'), (15, 'of 15');`);
  const second = await takeSnapshot(folder, 'rewind');
  run(place, `${REWIND.flags(14)} DELETE FROM memories WHERE id = 15; ${addEvents(1, 'newest')}`);
  expect((await planRestore(folder, merging(id))).refusals).toMatchObject([
    { code: 'merge-refused', detail: { why: 'several-rewinds' } },
  ]);
  for (const snapshotId of [second.id, id])
    await applyRestore(folder, merging(snapshotId, { choices: { all: 'theirs', tables: [] } }), NOW);
  expect(read(place, 'SELECT id FROM memories ORDER BY id')).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15].map((one) => [one]),
  );
  expect(read(place, 'SELECT count(*) FROM event_log WHERE hidden')).toEqual([[0]]);
  expect(read(place, 'SELECT count(*) FROM event_log')).toEqual([[15]]);
});

test('a value that only one row may have, given to a row on both sides, is a refusal before anything is done', async () => {
  const { place, folder, id, since } = await makeMergeWorld(root(), {
    ...{ way: 'flags', withBase: true },
    notes: `CREATE TABLE notes (id INTEGER PRIMARY KEY, slug TEXT UNIQUE); INSERT INTO notes VALUES (1, 'pier'), (2, 'lamp');`,
    rewind: 'DELETE FROM notes WHERE id = 2;',
    newer: "INSERT INTO notes VALUES (3, 'lamp');",
  });
  const { refusals } = await planRestore(folder, merging(id));
  expect(refusals).toMatchObject([{ code: 'row-refused', detail: { sqlite: 'SQLITE_CONSTRAINT_UNIQUE' } }]);
  for (const face of ['window', 'cli'] as const)
    expect(refusals.map((refusal) => explain(refusal, face))).toMatchObject([
      { happened: expect.stringContaining('notes.slug'), next: expect.stringContaining('Change that value') },
    ]);
  expect(await codeOf(applyRestore(folder, merging(id), NOW))).toBe('row-refused');
  expect(readState(place.databaseFile)).toEqual(since);

  run(place, "UPDATE notes SET slug = 'lamp (new)' WHERE id = 3");
  await applyRestore(folder, merging(id), NOW);
  expect(read(place, 'SELECT * FROM notes')).toEqual([
    [1, 'pier'],
    [2, 'lamp'],
    [3, 'lamp (new)'],
  ]);
});

describe.concurrent('where the state just after the rewind cannot be read', () => {
  const world = async () => {
    const made = await makeMergeWorld(root(), { way: 'flags', withBase: true, newer: EDIT });
    const later = await takeSnapshot(made.folder, 'periodic');
    const file = join(made.place.dir, 'snapshots', `${made.baseId}.json`);
    await writeFile(file, (await readFile(file, 'utf8')).replace('"of 3"', '"0f 3"'));
    return { ...made, later: later.id, since: readState(made.place.databaseFile) };
  };

  test('no other one takes its place unasked, and nothing is merged', async () => {
    const { place, folder, id, baseId, later, since } = await world();
    const { refusals, otherBases } = await planRestore(folder, merging(id));
    expect(refusals).toMatchObject([
      { code: 'merge-refused', detail: { why: 'base-unreadable', base: baseId, hasOthers: true } },
    ]);
    expect(otherBases).toMatchObject([{ snapshot: later, inferred: false }]);
    const request = merging(id, { choices: { all: 'theirs', tables: [] } });
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('merge-refused');
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('another one can be named', async () => {
    const { folder, id, later } = await world();
    const plan = await planRestore(folder, merging(id, { baseId: later }));
    expect(plan).toMatchObject({ refusals: [], base: { snapshot: later, inferred: false } });
  });
});

test('a table with a row that has no value in its key is merged, unless both sides have changed a row of it with the same key', async () => {
  const world = (rewind: string) =>
    makeMergeWorld(root(), {
      ...{ way: 'flags', withBase: true },
      rewind: `INSERT INTO chats VALUES (NULL, 'Nowhere'); ${rewind}`,
      newer: "UPDATE chats SET title = 'Attic' WHERE id = 'c1';",
    });
  const one = await world('');
  await applyRestore(one.folder, merging(one.id), NOW);
  expect(read(one.place, "SELECT title FROM chats WHERE id = 'c1'")).toEqual([['Attic']]);

  const both = await world("UPDATE chats SET title = 'Pier' WHERE id = 'c1';");
  const { refusals } = await planRestore(both.folder, merging(both.id));
  expect(refusals).toMatchObject([{ code: 'merge-refused', detail: { why: 'without-key', table: 'chats' } }]);
  expect(refusals[0]?.message).toContain('“chats”');
  expect(await codeOf(applyRestore(both.folder, merging(both.id), NOW))).toBe('merge-refused');
  expect(readState(both.place.databaseFile)).toEqual(both.since);
});
