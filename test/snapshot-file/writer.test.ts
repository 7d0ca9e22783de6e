import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { dump } from '../laws/apply-directly.ts';
import { makePlace, makeRoot, open, run } from '../support/place.ts';

const root = makeRoot();

type Dumped = {
  readonly event_log: readonly object[];
  readonly t: readonly object[];
  readonly later?: readonly object[];
  readonly _snapback: { readonly exact: unknown; readonly about: Record<string, unknown> };
};

/** The dump of a place with one projected table `t`, and of one that does not exist. */
async function dumpOf(schema: string, rows = ''): Promise<{ text: string; dumped: Dumped }> {
  const text = await textOf(schema, rows);
  return { text, dumped: JSON.parse(text) };
}

async function textOf(schema: string, rows: string): Promise<string> {
  const place = await makePlace(root(), schema, { tables: ['t', 'later'] });
  run(place, rows);
  return readFile(await dump(await open(place), 'dump'), 'latin1');
}

describe('a snapshot', () => {
  test('has the host’s keys in the host’s order, and ours last', async () => {
    const { dumped } = await dumpOf('CREATE TABLE t (a);');
    expect(Object.keys(dumped)).toStrictEqual(['last_event_id', 'event_log', 't', 'later', '_snapback']);
  });

  test('writes each value as the host does, with the same spacing', async () => {
    const text = await textOf(
      'CREATE TABLE t (a, b);',
      `INSERT INTO t VALUES (1, 1.0), (NULL, 'é"\\' || char(10)), (x'00ff27', 1e16), (9223372036854775807, 9e999);`,
    );
    expect(text).toContain(
      '"t": [{"a": 1, "b": 1.0}, {"a": null, "b": "\\u00e9\\"\\\\\\n"}, {"a": "b\\"\\\\x00\\\\xff\'\\"", "b": 1e+16}, {"a": 9223372036854775807, "b": Infinity}]',
    );
  });

  test('puts the log columns that the host knows first, and keeps the others', async () => {
    const place = await makePlace(root(), 'CREATE TABLE t (a);', { tables: ['t'] });
    run(
      place,
      `DROP TABLE event_log; CREATE TABLE event_log (extra, hidden, superseded_by, payload_json, kind, ts, branch_id, id INTEGER PRIMARY KEY);
       INSERT INTO event_log (id, extra) VALUES (2, 'x'), (1, 'y');`,
    );
    const dumped: Dumped = JSON.parse(await readFile(await dump(await open(place), 'dump'), 'latin1'));
    const columns = ['id', 'branch_id', 'ts', 'kind', 'payload_json', 'superseded_by', 'hidden', 'extra'];
    expect(dumped.event_log.map((row) => Object.keys(row))).toStrictEqual([columns, columns]);
    expect(dumped.event_log).toMatchObject([{ id: 1 }, { id: 2 }]);
  });

  test('leaves out what nobody can write: generated columns, and the internal tables of a virtual one', async () => {
    const { dumped } = await dumpOf(
      `CREATE TABLE t (a, b AS (a + 1), c AS (a + 2) STORED); CREATE VIRTUAL TABLE later USING fts5(a);`,
      'INSERT INTO t (a) VALUES (1); INSERT INTO later VALUES (2);',
    );
    expect(dumped.t).toStrictEqual([{ a: 1 }]);
    expect(Object.keys(dumped)).toStrictEqual(['last_event_id', 'event_log', 't', 'later', '_snapback']);
  });

  test('holds whatever the host would select: the rows of a virtual table, with its rowid last, and of a view', async () => {
    const { dumped } = await dumpOf(
      'CREATE VIRTUAL TABLE t USING fts5(a, b UNINDEXED); CREATE VIEW later AS SELECT b, a FROM t ORDER BY rowid;',
      "INSERT INTO t (rowid, a, b) VALUES (9, 'x', 1), (7, NULL, x'ff');",
    );
    expect(dumped.t).toStrictEqual([
      { a: null, b: "b'\\xff'", rowid: 7 },
      { a: 'x', b: 1, rowid: 9 },
    ]);
    expect(dumped.later).toStrictEqual([
      { b: "b'\\xff'", a: null },
      { b: 1, a: 'x' },
    ]);
  });

  test('distinguishes an empty table from a missing one, which the host cannot', async () => {
    const { text, dumped } = await dumpOf('CREATE TABLE t (a);');
    expect(text).toContain('"t": [], "later": []');
    expect(dumped._snapback.about).toMatchObject({
      absent: ['later'],
      tables: [{ name: 'event_log' }, { name: 't', rows: 0, columns: ['a'] }],
    });
  });

  test('preserves in its notes what the visible form cannot hold', async () => {
    const { dumped } = await dumpOf(
      'CREATE TABLE t (a, b);',
      `INSERT INTO t VALUES (1, 'x'), (x'00', CAST(x'ff' AS TEXT)), ('b''a''', 2.5);`,
    );
    expect(dumped._snapback.exact).toStrictEqual({
      t: [
        [1, 'a', 'blob', 'AA=='],
        [1, 'b', 'text', '/w=='],
      ],
    });
  });

  test('refuses a value that is too large to write in one piece, by name and size, without crashing', async () => {
    const dumping = textOf('CREATE TABLE t (a);', `INSERT INTO t VALUES (zeroblob(${60 << 20}));`);
    await expect(dumping).rejects.toMatchObject({
      code: 'row-too-large',
      detail: { table: 't' },
    });
  });
});
