import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, type Diff, diffSnapshot, planRestore } from '../../src/index.ts';
import { applyDirectly, dump } from '../laws/apply-directly.ts';
import { hostDump, makePlace, makeRoot, open, type Place, putSnapshot, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';

/*
 * What the stage makes of a snapshot's values, tested through the comparison and the writing alone. A whole restore
 * runs only for what a restore itself decides.
 */

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';
const request = restoring(ID);

/** A place whose one table is called `t`, with a snapshot of the host's form. */
async function makeSeedPlace(schema: string, rows: readonly object[]): Promise<Place> {
  const place = await makePlace(root(), `CREATE TABLE t ${schema};`, { tables: ['t'] });
  await putSnapshot(place, ID, hostDump(0, { t: rows }));
  return place;
}

/** Makes what the database holds a snapshot of ours. */
async function dumpNow(place: Place): Promise<void> {
  await putSnapshot(place, ID, await readFile(await dump(await open(place), 'dump')));
}

const diff = async (place: Place): Promise<Diff> => diffSnapshot(await open(place), ID);
const plan = async (place: Place) => planRestore(await open(place), request);
const rows = (place: Place) => readState(place.databaseFile).tables.t;

/** The rows when the snapshot's have been written. */
async function written(place: Place) {
  const snapshot = join(place.dir, 'snapshots', `${ID}.json`);
  await applyDirectly(await open(place), snapshot, place.databaseFile, 'differing');
  return rows(place);
}

test('in a host’s file the declared type decides about possible bytes if there is no live value, and they are counted', async () => {
  const place = await makeSeedPlace('(id INTEGER PRIMARY KEY, face BLOB, words TEXT, any)', [
    { id: 1, face: "b'\\x00a'", words: "b'a'", any: "b'a'" },
    { id: 2, face: 'plain', words: 'x', any: 'x' },
    { id: 3, face: "b'\\x41'", words: '', any: '' },
  ]);
  const guess = { table: 't', values: 1 } as const;
  expect((await diff(place)).guessedBlobs).toStrictEqual([
    { ...guess, column: 'face', takenAs: 'bytes', because: 'type' },
    { ...guess, column: 'words', takenAs: 'text', because: 'nothing' },
    { ...guess, column: 'any', takenAs: 'bytes', because: 'nothing' },
  ]);
  const [first, second, third] = (await written(place)) ?? [];
  expect(first).toBe('integer 1 blob 0061 text 62276127 blob 61');
  expect(second).toMatch(/text 706C61696E/);
  expect(third).toMatch(/text 62275C78343127/);
});

test('in a file of ours such a text is a text, even in a BLOB column', async () => {
  const place = await makePlace(root(), 'CREATE TABLE t (id INTEGER PRIMARY KEY, face BLOB);', {
    tables: ['t'],
  });
  run(place, `INSERT INTO t VALUES (1, 'b''a'''), (2, x'61');`);
  await dumpNow(place);
  const before = rows(place);
  run(place, 'DELETE FROM t;');
  expect((await diff(place)).guessedBlobs).toStrictEqual([]);
  expect(await written(place)).toStrictEqual(before);
});

test('columns are matched by name as SQLite does, in any order, and written under their live names', async () => {
  const place = await makeSeedPlace('(Id INTEGER PRIMARY KEY, Title TEXT)', [{ TITLE: 'x', id: 1 }]);
  expect((await diff(place)).schemaDrift).toStrictEqual([]);
  expect(await written(place)).toStrictEqual(['integer 1 text 78']);
});

test('values get the affinity of the live column, and this is reported', async () => {
  const place = await makeSeedPlace('(id INTEGER PRIMARY KEY, n INTEGER, t TEXT)', [
    { id: 1, n: '12', t: 5 },
    { id: 2, n: 'twelve', t: 'x' },
  ]);
  expect((await diff(place)).schemaDrift).toStrictEqual([
    { kind: 'value-converted', table: 't', column: 'n', loses: 0 },
    { kind: 'value-converted', table: 't', column: 't', loses: 0 },
  ]);
  expect(await written(place)).toStrictEqual([
    'integer 1 integer 12 text 35',
    'integer 2 text 7477656C7665 text 78',
  ]);
});

test.each([
  ['INTEGER', '"12"', 0],
  ['INTEGER', '"007"', 1],
  ['INTEGER', '"12345678901234567890"', 1],
  ['INTEGER', '" 1"', 1],
  ['INTEGER', '"-0"', 1],
  ['INTEGER', '"1.0"', 1],
  ['INTEGER', '"twelve"', null],
  ['INTEGER', '"\\u00a05"', null],
  ['INTEGER', '"15\\u0000"', 1],
  ['INTEGER', '2.0', 0],
  ['INTEGER', '-0.0', 1],
  ['INTEGER', '2.5', null],
  ['NUMERIC', '"0.5"', 0],
  ['NUMERIC', '"1e3"', 1],
  ['REAL', '9007199254740993', 1],
  ['REAL', '12', 0],
  ['REAL', '"0.25"', 0],
  ['TEXT', '12', 0],
  ['TEXT', '0.5', 0],
  ['TEXT', '0.30000000000000004', 1],
  ['BLOB', '"007"', null],
] as const)(
  'in a column that is %s now, %s is stored in another form and loses %s',
  async (type, json, loses) => {
    const place = await makePlace(root(), `CREATE TABLE t (id INTEGER PRIMARY KEY, v ${type});`, {
      tables: ['t'],
    });
    await putSnapshot(place, ID, `{"last_event_id": 0, "event_log": [], "t": [{"id": 1, "v": ${json}}]}`);
    const { schemaDrift, refusals } = await plan(place);
    expect(schemaDrift).toStrictEqual(
      loses === null ? [] : [{ kind: 'value-converted', table: 't', column: 'v', loses }],
    );
    expect(refusals.map(({ code }) => code)).toStrictEqual(loses === 1 ? ['schema-drift'] : []);
  },
);

test('a missing column is drift if it had values, not if it had only NULLs', async () => {
  const gone = [
    { id: 1, old: 'a' },
    { id: 2, old: null },
    { id: 3, old: 'b' },
  ];
  const place = await makeSeedPlace('(id INTEGER PRIMARY KEY, fresh TEXT DEFAULT 7)', gone);
  expect((await diff(place)).schemaDrift).toStrictEqual([
    { kind: 'column-missing-live', table: 't', column: 'old', loses: 2 },
    { kind: 'column-missing-in-snapshot', table: 't', column: 'fresh', loses: 0 },
  ]);
  expect((await plan(place)).refusals).toMatchObject([{ code: 'schema-drift' }]);
  expect(await written(place)).toStrictEqual(['integer 1 text 37', 'integer 2 text 37', 'integer 3 text 37']);
});

test('rows of which the live table could keep nothing are drift; if that is accepted, the table is left alone', async () => {
  const place = await makeSeedPlace('(id INTEGER PRIMARY KEY)', [{ a: null }, { a: 1 }]);
  run(place, 'INSERT INTO t VALUES (5);');
  const { schemaDrift, refusals } = await plan(place);
  expect(schemaDrift).toStrictEqual([{ kind: 'column-missing-live', table: 't', column: 'a', loses: 2 }]);
  expect(refusals).toMatchObject([{ code: 'schema-drift' }]);
  expect(await written(place)).toStrictEqual(['integer 5']);
});

test('a table that was empty is emptied, even if all its columns have other names now', async () => {
  const place = await makePlace(root(), 'CREATE TABLE t (a, b);', { tables: ['t'] });
  await dumpNow(place);
  run(place, 'DROP TABLE t; CREATE TABLE t (c TEXT PRIMARY KEY, d); INSERT INTO t VALUES (1, 2);');
  const { tables, schemaDrift } = await diff(place);
  expect(tables.at(-1)).toMatchObject({ name: 't', state: 'compared', removed: 1 });
  expect(schemaDrift.filter(({ kind }) => kind !== 'schema-changed')).toStrictEqual([]);
  expect(await written(place)).toStrictEqual([]);
});

test('an empty list in a host’s file never deletes rows unless the user chooses that', async () => {
  const place = await makeSeedPlace('(id INTEGER PRIMARY KEY)', []);
  run(place, 'INSERT INTO t VALUES (5);');
  expect((await plan(place)).tables.at(-1)).toMatchObject({ state: 'empty-then', action: 'leave' });
  const folder = await open(place);
  await applyRestore(folder, request, NOW);
  expect(rows(place)).toStrictEqual(['integer 5']);
  await applyRestore(folder, { ...request, clearTables: ['t'] }, NOW);
  expect(rows(place)).toStrictEqual([]);
});

describe('two rows of an intact snapshot that the live table can hold only one of', () => {
  const changes: readonly (readonly [string, string, string])[] = [
    ['has another collation', '(k TEXT PRIMARY KEY, v)', '(k TEXT COLLATE NOCASE PRIMARY KEY, v)'],
    ['has fewer columns', '(k TEXT, v, PRIMARY KEY (k, v))', '(k TEXT PRIMARY KEY, v)'],
    ['has another type', '(k TEXT PRIMARY KEY, v)', '(k INTEGER PRIMARY KEY, v)'],
  ];

  test.each(changes)('are refused, not called damage, if its key %s since', async (_, before, since) => {
    const place = await makePlace(root(), `CREATE TABLE t ${before};`, { tables: ['t'] });
    run(place, "INSERT INTO t VALUES ('7', 1), ('07', 2), ('a', 3), ('A', 4);");
    if (before.includes('(k, v)')) run(place, "INSERT INTO t VALUES ('a', 5);");
    if (since.includes('INTEGER')) run(place, "DELETE FROM t WHERE k > '9';");
    await dumpNow(place);
    run(place, `DROP TABLE t; CREATE TABLE t ${since};`);
    for (const look of [diff, plan])
      await expect(look(place)).rejects.toMatchObject({ code: 'row-refused', detail: { table: 't' } });
    expect(rows(place)).toStrictEqual([]);
  });

  test('are also refused in a host’s file; only identical keys are damage', async () => {
    const place = await makeSeedPlace('(k TEXT COLLATE NOCASE PRIMARY KEY)', [{ k: 'a' }, { k: 'A' }]);
    await expect(plan(place)).rejects.toMatchObject({ code: 'row-refused' });
    const twice = await makeSeedPlace('(k TEXT COLLATE NOCASE PRIMARY KEY)', [{ k: 'a' }, { k: 'a' }]);
    await expect(plan(twice)).rejects.toMatchObject({ code: 'snapshot-damaged', detail: { table: 't' } });
  });
});

test.each([
  '(k TEXT, v, PRIMARY KEY (k, k COLLATE NOCASE))',
  '(k TEXT, v, PRIMARY KEY (k COLLATE NOCASE, k COLLATE BINARY)) WITHOUT ROWID',
  '(k TEXT, v, PRIMARY KEY (k COLLATE NOCASE, k COLLATE RTRIM)) WITHOUT ROWID',
])('a key that compares one column in two ways, %s, compares it in both', async (schema) => {
  const place = await makePlace(root(), `CREATE TABLE t ${schema};`, { tables: ['t'] });
  run(place, "INSERT INTO t VALUES ('a', 1), ('A', 2), ('a ', 3);");
  await dumpNow(place);
  const before = rows(place);
  run(place, "DELETE FROM t WHERE v = 2; UPDATE t SET v = 9 WHERE k = 'a';");
  expect(await written(place)).toStrictEqual(before);
});

describe('keys of an INTEGER PRIMARY KEY that are no distinct integers', () => {
  const SCHEMA = '(id INTEGER PRIMARY KEY, v)';

  test('twice the same key is damage, wherever the second one is', async () => {
    for (const ids of [
      [1, 1],
      [2, 1, 3, 2],
    ]) {
      const place = await makeSeedPlace(
        SCHEMA,
        ids.map((id) => ({ id, v: 'x' })),
      );
      await expect(diff(place)).rejects.toMatchObject({
        code: 'snapshot-damaged',
        message: 'Two rows of “t” have the same key.',
        detail: { table: 't' },
      });
    }
  });

  test('keys that are the same only after a conversion are refused, not called damage', async () => {
    const place = await makeSeedPlace(SCHEMA, [{ id: 1 }, { id: '1' }]);
    await expect(diff(place)).rejects.toMatchObject({ code: 'row-refused', detail: { table: 't' } });
  });

  test('what damages the file behind them is found first', async () => {
    const place = await makeSeedPlace(SCHEMA, []);
    await putSnapshot(
      place,
      ID,
      '{"last_event_id": 0, "event_log": [], "t": [{"id": 1}, {"id": 1}, {"id": }]}',
    );
    await expect(diff(place)).rejects.toMatchObject({ code: 'snapshot-damaged', detail: { row: 3 } });
  });

  test('keys that become integers are taken for them, and NULL is a key of its own', async () => {
    const rows = [
      { id: 7, v: 'a' },
      { id: null, v: 'b' },
      { id: '3', v: 'c' },
      { id: 2.5, v: 'd' },
    ];
    const place = await makeSeedPlace(SCHEMA, rows.slice(0, 3));
    run(place, "INSERT INTO t VALUES (3, 'c');");
    expect((await diff(place)).schemaDrift).toStrictEqual([
      { kind: 'value-converted', table: 't', column: 'id', loses: 0 },
    ]);
    expect((await diff(place)).tables.at(-1)).toMatchObject({ added: 2, removed: 0, unchanged: 1 });
    const refused = await makeSeedPlace(SCHEMA, rows.slice(3));
    expect((await diff(refused)).tables.at(-1)).toMatchObject({ added: 1, snapshotRows: 1 });
  });

  test('a table by key and one by place are compared and written in one go', async () => {
    const place = await makePlace(root(), `CREATE TABLE t ${SCHEMA}; CREATE TABLE u ${SCHEMA};`, {
      tables: ['t', 'u'],
    });
    const u = [
      { id: 9, v: 'x' },
      { id: 4, v: 'y' },
    ];
    await putSnapshot(place, ID, hostDump(0, { t: [{ id: '5', v: 'z' }], u }));
    expect(await written(place)).toStrictEqual(['integer 5 text 7A']);
    expect(readState(place.databaseFile).tables.u).toStrictEqual(['integer 4 text 79', 'integer 9 text 78']);
  });
});
