import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { type Rows, withRows } from '../../src/inspect/rows.ts';
import type { RowsRequest, RowsWindow } from '../../src/model/rows.ts';
import type { StoredValue } from '../../src/model/search.ts';
import { dump } from '../laws/apply-directly.ts';
import {
  errorOf,
  hostDump,
  makePlace,
  makeRoot,
  open,
  type Place,
  putSnapshot,
  run,
} from '../support/place.ts';

const root = makeRoot();
const THEN = 'rewind/20260101T000000Z';
const SINCE = 'rewind/20260102T000000Z';
const WINDOW: RowsWindow = { offset: 0, limit: 100, firstColumn: 0, columnCount: 30 };

const ask = (table: string, rest: Partial<RowsRequest> = {}): RowsRequest => ({
  ...{ table, change: null, filter: null, sort: null },
  ...rest,
});

type Told = { readonly folder: DataFolder; readonly place: Place };

/** A snapshot of `before`, and what happened since. */
async function tell(schema: string, before: string, since: string): Promise<Told> {
  const place = await makePlace(root(), schema, { tables: ['things', 'others'] });
  run(place, before);
  const folder = await open(place);
  await putSnapshot(place, THEN, await readFile(await dump(folder, 'then')));
  run(place, since);
  return { folder, place };
}

function look<T>({ folder }: Told, use: (rows: Rows) => T, otherId: string | null = null): Promise<T> {
  return withRows(folder, { snapshotId: THEN, otherId }, {}, async (rows) => use(rows));
}

const THINGS = 'CREATE TABLE things (note TEXT, size, id INTEGER PRIMARY KEY);';

test('columns are in the order of the schema with the key first, and rows come by change', async () => {
  const told = await tell(
    THINGS,
    "INSERT INTO things VALUES ('one', 1, 1), ('two', 2, 2), ('three', 3, 3);",
    "DELETE FROM things WHERE id = 3; UPDATE things SET note = 'second' WHERE id = 2; INSERT INTO things VALUES ('new', 4, 4);",
  );
  const { shape, rows } = await look(told, (rows) => ({
    shape: rows.shape(ask('things')),
    rows: [...rows.exact(ask('THINGS'), WINDOW)],
  }));
  expect(shape.columns.map(({ name, isKey }) => [name, isKey])).toStrictEqual([
    ['id', true],
    ['note', false],
    ['size', false],
  ]);
  expect(shape).toMatchObject({ counts: { added: 1, changed: 1, removed: 1 }, total: 3, without: null });
  expect(rows).toStrictEqual([
    { change: 'added', before: null, after: [3n, 'three', 3n] },
    { change: 'changed', before: [2n, 'second', 2n], after: [2n, 'two', 2n] },
    { change: 'removed', before: [4n, 'new', 4n], after: null },
  ]);
});

test('values are exact: 64-bit integers, reals, BLOBs, NULL and text that is not valid Unicode', async () => {
  const told = await tell(
    THINGS,
    `INSERT INTO things VALUES (CAST(x'ff41' AS TEXT), 9223372036854775807, 1), (NULL, -0.0, 2), (x'00ff', 9e999, 3), ('', 1.0, 4);`,
    'DELETE FROM things;',
  );
  const rows = await look(told, (rows) => [...rows.exact(ask('things'), WINDOW)]);
  expect(rows.map(({ after }) => after)).toStrictEqual([
    [1n, { rawText: Buffer.from('ff41', 'hex') }, 9223372036854775807n],
    [2n, null, -0],
    [3n, Buffer.from('00ff', 'hex'), Infinity],
    [4n, '', 1],
  ]);
  const { rows: shown } = await look(told, (rows) => rows.page(ask('things'), WINDOW));
  expect(shown.map(({ cells }) => cells.slice(1).map(({ after }) => after))).toStrictEqual([
    [
      { type: 'broken-text', hex: 'ff 41', bytes: 2 },
      { type: 'integer', value: 9223372036854775807n },
    ],
    [{ type: 'null' }, { type: 'real', value: -0 }],
    [
      { type: 'blob', hex: '00 ff', bytes: 2, picture: null },
      { type: 'real', value: Infinity },
    ],
    [
      { type: 'text', text: '', bytes: 0, isCut: false },
      { type: 'real', value: 1 },
    ],
  ]);
});

test('a filter looks at what a row was and at what it becomes, in one column or in all, whatever the case', async () => {
  const told = await tell(
    THINGS,
    "INSERT INTO things VALUES ('Straße ÉTÉ', 100, 1), ('b', 2, 2), ('c', 3, 3);",
    "UPDATE things SET note = 'winter'; UPDATE things SET size = 100 WHERE id = 3;",
  );
  const ids = (text: string, column: string | null) =>
    look(told, (rows) =>
      [...rows.exact(ask('things', { filter: { column, text } }), WINDOW)].map(({ after }) => after?.[0]),
    );
  expect(await ids('été', null)).toStrictEqual([1n]);
  expect(await ids('WINTER', 'note')).toStrictEqual([1n, 2n, 3n]);
  expect(await ids('100', null)).toStrictEqual([1n, 3n]);
  expect(await ids('100', 'note')).toStrictEqual([]);
});

test('the words that change in a text are told apart, with little of what stays around them', async () => {
  const told = await tell(
    THINGS,
    `INSERT INTO things VALUES ('${'before '.repeat(50)}He counts gulls at night${' after'.repeat(50)}', 1, 1);`,
    "UPDATE things SET note = replace(note, 'gulls', 'ships');",
  );
  const [row] = (await look(told, (rows) => rows.page(ask('things'), WINDOW))).rows;
  const cell = row?.cells[1];
  expect(cell?.isChanged).toBe(true);
  expect(cell?.parts?.filter((part) => part.in !== 'both')).toStrictEqual([
    { in: 'before', text: 'ships' },
    { in: 'after', text: 'gulls' },
  ]);
  expect(cell?.parts?.map(({ text }) => text).join('').length).toBeLessThan(120);
  const whole = await look(told, (rows) => rows.detail('things', row?.line ?? 0, 1));
  expect(whole?.isCut).toBe(false);
  const after = whole?.parts?.filter((part) => part.in !== 'before').map(({ text }) => text);
  expect(after?.join('')).toBe(`${'before '.repeat(50)}He counts gulls at night${' after'.repeat(50)}`);
});

test('of two times or ids, what differs is one piece of each', async () => {
  const told = await tell(
    THINGS,
    "INSERT INTO things VALUES ('2026-11-26T14:42:27Z', 1, 1);",
    "UPDATE things SET note = '2026-11-23T13:57:44Z';",
  );
  const [row] = (await look(told, (rows) => rows.page(ask('things'), WINDOW))).rows;
  expect(row?.cells[1]?.parts).toStrictEqual([
    { in: 'both', text: '2026-11-' },
    { in: 'before', text: '23T13:57:44Z' },
    { in: 'after', text: '26T14:42:27Z' },
  ]);
});

test('JSON is compared as structure, and its numbers keep all their digits', async () => {
  const told = await tell(
    THINGS,
    `INSERT INTO things VALUES ('{"a": 9007199254740993, "b": [1, 2, 3], "__proto__": {"x": 1.0}}', 1, 1);`,
    `UPDATE things SET note = '{"b":[1,3], "a":9007199254740992, "__proto__":{"x":1.0}}';`,
  );
  const found = await look(told, (rows) => rows.detail('things', 1, 1));
  expect(
    found?.json?.map(
      ({ depth, in: side, text }) =>
        `${{ both: ' ', before: '-', after: '+' }[side]}${'  '.repeat(depth)}${text}`,
    ),
  ).toStrictEqual([
    ' {',
    '-  "a": 9007199254740992',
    '+  "a": 9007199254740993',
    '   "b": [',
    '     1',
    '+    2',
    '     3',
    '   ]',
    '   "__proto__": {',
    '     "x": 1.0',
    '   }',
    ' }',
  ]);
});

test('a picture is recognized by how its bytes begin, and only by that', async () => {
  const told = await tell(
    THINGS,
    `INSERT INTO things VALUES (x'89504e470d0a1a0a00', 'image/png', 1), (x'ffd8ffe0', '', 2), (x'47494638396100', '', 3),
       (x'524946460000000057454250', '', 4), (CAST('<svg onload=alert(1)>' AS BLOB), 'image/svg+xml', 5);`,
    'DELETE FROM things;',
  );
  const { rows } = await look(told, (rows) => rows.page(ask('things'), WINDOW));
  const pictures = rows
    .map(({ cells }) => cells[1]?.after)
    .map((cell) => cell?.type === 'blob' && cell.picture);
  expect(pictures).toStrictEqual(['image/png', 'image/jpeg', 'image/gif', 'image/webp', null]);
});

test('a cell of 50 MB is shown by its beginning, and where it differs, with its full size', async () => {
  const told = await tell(
    THINGS,
    `INSERT INTO things VALUES (printf('%.*c', 50000000, 'x') || 'end', zeroblob(5000000), 1);`,
    `UPDATE things SET note = substr(note, 1, length(note) - 3) || 'END', size = NULL;`,
  );
  const { rows } = await look(told, (rows) => rows.page(ask('things'), WINDOW));
  const note = rows[0]?.cells[1];
  expect(note).toMatchObject({ isChanged: true, parts: null, after: { isCut: true } });
  expect(
    note?.after?.type === 'text' && [note.after.text.length, note.after.bytes >= 50_000_000],
  ).toStrictEqual([240, true]);
  expect(rows[0]?.cells[2]).toMatchObject({ after: { type: 'blob', bytes: 5_000_000 } });
  const whole = await look(told, (rows) => rows.detail('things', 1, 1));
  expect(whole?.isCut).toBe(true);
  expect(whole?.parts?.slice(-2)).toMatchObject([{ in: 'before' }, { in: 'after' }]);
  expect(whole?.after?.type === 'text' && whole.after.text.endsWith('end')).toBe(true);
});

test('two thousand columns are compared, and read in parts', async () => {
  const names = Array.from({ length: 1999 }, (_, at) => `c${at}`);
  const told = await tell(
    `CREATE TABLE things (id INTEGER PRIMARY KEY, ${names.join(', ')});`,
    'INSERT INTO things (id, c0, c1998) VALUES (1, 1, 1), (2, 2, 2);',
    'UPDATE things SET c1998 = 3 WHERE id = 2;',
  );
  await look(told, (rows) => {
    expect(rows.shape(ask('things')).columns).toHaveLength(2000);
    expect(rows.changedColumns('things')).toStrictEqual([1999]);
    const { rows: shown } = rows.page(ask('things'), { ...WINDOW, firstColumn: 1990 });
    expect(shown.map(({ cells }) => cells.map(({ isChanged }) => isChanged))).toStrictEqual([
      [...Array(9).fill(false), true],
    ]);
    const [exact] = rows.exact(ask('things'), WINDOW);
    expect(exact?.after?.[1999]).toBe(2n);
    expect([...rows.exact(ask('things', { filter: { column: null, text: '3' } }), WINDOW)]).toHaveLength(1);
  });
});

const VIEW = 'CREATE VIEW others AS SELECT id * 2 AS twice FROM things;';

test.each([
  [
    'the database has no such table',
    THINGS,
    "INSERT INTO things VALUES ('a', 1, 1);",
    'DROP TABLE things;',
    'things',
    'missing-live',
  ],
  [
    'the snapshot has no such table',
    THINGS,
    '',
    'CREATE TABLE others (a); INSERT INTO others VALUES (1);',
    'others',
    'not-in-snapshot',
  ],
  ['it is a view', THINGS + VIEW, '', "INSERT INTO things VALUES ('a', 1, 1);", 'others', 'derived'],
  [
    'it is a virtual table that nobody can write',
    `${THINGS} CREATE VIRTUAL TABLE others USING fts5(note, content='');`,
    '',
    "INSERT INTO others VALUES ('a');",
    'others',
    null,
  ],
] as const)(
  'no rows are shown where %s, and it is said why',
  async (_, schema, before, since, table, without) => {
    const told = await tell(schema, before, since);
    await look(told, (rows) => {
      const shape = rows.shape(ask(table));
      if (without !== null)
        expect(shape).toStrictEqual({
          columns: [],
          counts: { added: 0, changed: 0, removed: 0 },
          total: 0,
          without,
        });
      expect(rows.page(ask(table), WINDOW).rows).toHaveLength(shape.total);
    });
  },
);

test('a table that was empty or absent then shows no row as removed', async () => {
  const told = await tell(THINGS, '', "INSERT INTO things VALUES ('a', 1, 1);");
  await putSnapshot(told.place, SINCE, hostDump(0, { things: [] }));
  await withRows(told.folder, { snapshotId: SINCE, otherId: null }, {}, async (rows) => {
    expect(rows.shape(ask('things'))).toMatchObject({ total: 0, without: 'empty-then' });
  });
});

test('between two snapshots the schema differences of both are told, and a column that only one has is marked', async () => {
  const told = await tell(
    THINGS,
    "INSERT INTO things VALUES ('a', 1, 1);",
    "ALTER TABLE things ADD COLUMN mood TEXT DEFAULT 'calm';",
  );
  await putSnapshot(told.place, SINCE, await readFile(await dump(told.folder, 'since')));
  const seen = await look(
    told,
    (rows) => ({ overview: rows.overview, shape: rows.shape(ask('things')) }),
    SINCE,
  );
  expect(seen.overview.schema).toMatchObject([
    { kind: 'column-missing-in-snapshot', column: 'mood', of: 'snapshot' },
    { kind: 'schema-changed', of: 'snapshot' },
  ]);
  expect(seen.overview.tables.find(({ name }) => name === 'things')).toMatchObject({
    state: 'compared',
    unchanged: 1,
  });
  expect(seen.shape.columns.map((column) => column.in)).toStrictEqual(['both', 'both', 'both', 'before']);
});

test('what cannot be shown is refused in words: a table that is not there, a damaged snapshot, a snapshot that is gone', async () => {
  const told = await tell(THINGS, '', '');
  expect(await errorOf(look(told, (rows) => rows.shape(ask('nope'))))).toMatchObject({
    code: 'usage',
    message: 'There is no table “nope” here. There are: event_log, things.',
  });
  await putSnapshot(told.place, SINCE, '{"last_event_id": 1, "things": [{"id": 1');
  expect(await errorOf(look(told, () => null, SINCE))).toMatchObject({ code: 'snapshot-damaged' });
  expect(await errorOf(look(told, () => null, 'rewind/20200101T000000Z'))).toMatchObject({
    code: 'snapshot-missing',
  });
});

test('a million rows that differ are there at once, and the last page is as quick as the first', async () => {
  const told = await tell(
    THINGS,
    `INSERT INTO things (note, size) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT 'row ' || i, i FROM n;`,
    'DELETE FROM things WHERE id % 2 = 0; UPDATE things SET size = size + 1;',
  );
  await look(told, (rows) => {
    const { total } = rows.shape(ask('things'));
    expect(total).toBe(1_000_000);
    const took = (use: () => unknown) => {
      const since = performance.now();
      use();
      return performance.now() - since;
    };
    const last = rows.page(ask('things'), { ...WINDOW, offset: total - 100 });
    expect(last.rows).toHaveLength(100);
    const first = took(() => rows.page(ask('things'), WINDOW));
    const end = took(() => rows.page(ask('things'), { ...WINDOW, offset: total - 100 }));
    expect(end).toBeLessThan(first * 5 + 50);
  });
}, 60_000);

test('looking writes nothing into the data folder', async () => {
  const told = await tell(THINGS, "INSERT INTO things VALUES ('a', 1, 1);", 'DELETE FROM things;');
  const file = join(told.place.dir, 'app.db');
  const before = await readFile(file);
  await look(told, (rows) => rows.page(ask('things'), WINDOW));
  expect(await readFile(file)).toStrictEqual(before);
});

test('what names a row leads back to its place, whatever is filtered and however it is sorted, and to nothing else', async () => {
  const told = await tell(
    'CREATE TABLE things (v, b, a, PRIMARY KEY (a, b)); CREATE TABLE others (id TEXT COLLATE NOCASE PRIMARY KEY, v);',
    `INSERT INTO things VALUES (1, x'31', '1'), (2, '1', 1), (3, 1, x'31'), (4, '1', '1'), (5, 1.5, -1), (6, 1, 9007199254740993),
       (8, 0, 'same'); INSERT INTO others VALUES ('A', 1), ('b', 1);`,
    `DELETE FROM things WHERE v <= 5; UPDATE things SET v = v + 10 WHERE v = 6; UPDATE others SET v = 2;
       INSERT INTO things VALUES (20, 1, 9007199254740992);`,
  );
  const requests: readonly RowsRequest[] = [
    ask('things'),
    ask('others'),
    ask('things', { change: 'added' }),
    ask('things', { change: 'removed' }),
    ask('things', { sort: { column: 'v', descending: true } }),
    ask('things', { filter: { column: 'v', text: '1' }, sort: { column: 'a', descending: false } }),
  ];
  await look(told, (rows) => {
    for (const request of requests) {
      const { rows: all } = rows.named(request, { offset: 0, limit: 100 });
      expect(all.length).toBeGreaterThan(0);
      expect(all.map(({ key }) => rows.place(request, key))).toStrictEqual(all.map((_, place) => place));
    }
    const none: readonly (readonly [string, readonly StoredValue[]])[] = [
      ['things', ['same', 0n]],
      ['things', ['1']],
      ['things', []],
      ['things', ['1', new Uint8Array([0x32])]],
      ['others', ['a']],
    ];
    expect(none.map(([table, key]) => rows.place(ask(table), key))).toStrictEqual(none.map(() => null));
    expect(rows.place(ask('things', { change: 'added' }), [9007199254740993n, 1n])).toBeNull();
  });
  const keyless = await tell(
    'CREATE TABLE things (v);',
    'INSERT INTO things VALUES (1)',
    'DELETE FROM things',
  );
  expect(await look(keyless, (rows) => rows.place(ask('things'), []))).toBeNull();
});

test('so it does where a state lacks a column of the key, or spells it in another way', async () => {
  const told = await tell(
    'CREATE TABLE things (v, b, a, PRIMARY KEY (a, b)); CREATE TABLE others (id TEXT COLLATE NOCASE PRIMARY KEY, v) WITHOUT ROWID;',
    "INSERT INTO others VALUES ('A', 1), ('b', 1), ('C', 1);",
    `UPDATE others SET id = 'a', v = 2 WHERE id = 'A'; DELETE FROM others WHERE id = 'C'; INSERT INTO others VALUES ('D', 1);
       INSERT INTO things VALUES (1, 'x', 'y'), (2, 'x', 'z');`,
  );
  await putSnapshot(told.place, SINCE, hostDump(0, { things: [{ v: 3, a: 'y' }] }));
  await look(told, (rows) => {
    const { rows: all } = rows.named(ask('others'), { offset: 0, limit: 100 });
    expect(all.map(({ key }) => key)).toStrictEqual([['C'], ['A'], ['D']]);
    expect(all.map(({ key }) => rows.place(ask('others'), key))).toStrictEqual([0, 1, 2]);
    expect(rows.place(ask('others'), ['a'])).toBeNull();
  });
  const { folder } = told;
  await withRows(folder, { snapshotId: SINCE, otherId: null }, {}, async (rows) => {
    const { rows: all, unnamed } = rows.named(ask('things'), { offset: 0, limit: 100 });
    expect([all.map(({ change, key }) => [change, key]), unnamed]).toStrictEqual([
      [
        ['removed', ['y', 'x']],
        ['removed', ['z', 'x']],
      ],
      1,
    ]);
    expect(all.map(({ key }) => rows.place(ask('things'), key))).toStrictEqual([1, 2]);
  });
});

test('a row is named by its key, unless that is NULL, no valid text or very long', async () => {
  const told = await tell(
    'CREATE TABLE things (v, b, a, PRIMARY KEY (a, b));',
    `INSERT INTO things VALUES (1, x'00ff', '1'), (2, '', 9007199254740993), (3, 1, NULL),
       (4, 1, CAST(x'80' AS TEXT)), (5, 1, '${'x'.repeat(100_001)}');`,
    'DELETE FROM things;',
  );
  const { keys, all, last } = await look(told, (rows) => ({
    keys: rows.page(ask('things'), WINDOW).rows.map(({ line }) => {
      const number = rows.row('things', line)?.after?.[2];
      return [number, rows.key('things', line)];
    }),
    all: rows.named(ask('things'), { offset: 0, limit: 10 }),
    last: rows.named({ ...ask('things'), sort: { column: 'v', descending: true } }, { offset: 3, limit: 1 }),
  }));
  const [first, second] = [
    ['1', Buffer.from([0, 255])],
    [9007199254740993n, ''],
  ];
  expect(all.rows.map(({ key }) => key).toSorted()).toStrictEqual([first, second]);
  expect(all.unnamed).toBe(3);
  expect(last).toMatchObject({ rows: [{ change: 'added', key: second }], unnamed: 0 });
  expect(keys).toStrictEqual([
    [1n, ['1', Buffer.from([0, 255])]],
    [2n, [9007199254740993n, '']],
    [3n, null],
    [4n, null],
    [5n, null],
  ]);
});
