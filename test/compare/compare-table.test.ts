import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diffSnapshot, type TableDiff } from '../../src/index.ts';
import { applyDirectly, dump } from '../laws/apply-directly.ts';
import { asHost, makePlace, makeRoot, open, type Place, putSnapshot } from '../support/place.ts';
import { readState } from '../support/state.ts';

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';

type Story = { readonly schema: string; readonly before: string; readonly since: string };

/** Dumps a place in one state and compares it in another. */
async function tell({
  schema,
  before,
  since,
}: Story): Promise<{ place: Place; table: TableDiff; wanted: unknown }> {
  const place = await makePlace(root(), schema, { tables: ['t'] });
  asHost(place, (db) => db.exec(before));
  const folder = await open(place);
  await putSnapshot(place, ID, await readFile(await dump(folder, 'dump')));
  const wanted = readState(place.databaseFile).tables.t;
  asHost(place, (db) => db.exec(since));
  const { tables } = await diffSnapshot(folder, ID);
  const table = tables.find(({ name }) => name === 't');
  if (table === undefined) throw new Error('The table was not compared.');
  return { place, table, wanted };
}

async function restored(place: Place): Promise<unknown> {
  const snapshot = join(place.dir, 'snapshots', `${ID}.json`);
  await applyDirectly(await open(place), snapshot, place.databaseFile, 'differing');
  return readState(place.databaseFile).tables.t;
}

const keyless = 'CREATE TABLE t (a, b);';

describe.concurrent('rows without a key are equal only if all their values are equal', () => {
  test.each([
    ['a real zero and the number that stands for it', '0.0', 'pi()'],
    ['a negative zero and the number that stands for it', '(-1.0 * 0.0)', '-pi()'],
    ['zero and negative zero', '0.0', '(-1.0 * 0.0)'],
    ['an integer and an equal real', '1', '1.0'],
    ['a text and a BLOB of its bytes', "'a'", "x'61'"],
    ['a text and the name of a class', "'NULL'", 'NULL'],
    ['neighbouring reals', '0.1', '0.10000000000000002'],
    ['neighbouring large reals', '1.7976931348623157e308', '1.7976931348623155e308'],
    ['neighbouring small reals', '5e-324', '1e-323'],
    ['a large real and its neighbour', '1234567890123456.8', '1234567890123456.6'],
    ['texts up to a NUL', "'a' || char(0) || 'b'", "'a' || char(0) || 'c'"],
    ['broken texts', "CAST(x'ff' AS TEXT)", "CAST(x'fe' AS TEXT)"],
  ])('they differ: %s', async (_, a, b) => {
    const { place, table, wanted } = await tell({
      schema: keyless,
      before: `INSERT INTO t VALUES (${a}, 1), (${a}, 1);`,
      since: `UPDATE t SET a = ${b} WHERE rowid = 1;`,
    });
    expect(table).toMatchObject({ added: 1, removed: 1, changed: 0, unchanged: 1 });
    expect(await restored(place)).toStrictEqual(wanted);
  });

  test('they must also occur equally often on both sides', async () => {
    const { place, table, wanted } = await tell({
      schema: keyless,
      before: "INSERT INTO t VALUES ('x', 1), ('x', 1), ('x', 1), (NULL, NULL);",
      since: "DELETE FROM t; INSERT INTO t VALUES (NULL, NULL), ('x', 1), (NULL, NULL);",
    });
    expect(table).toMatchObject({
      snapshotRows: 4,
      liveRows: 3,
      added: 2,
      removed: 1,
      changed: 0,
      unchanged: 2,
    });
    expect(await restored(place)).toStrictEqual(wanted);
  });
});

describe.concurrent('rows with a key', () => {
  test.each([
    ['a NOCASE key', 't (a TEXT COLLATE NOCASE PRIMARY KEY, b)', "'A'", "'a'"],
    ['a NOCASE key without rowid', 't (a TEXT COLLATE NOCASE PRIMARY KEY, b) WITHOUT ROWID', "'A'", "'a'"],
    ['a key that is NOCASE in its index only', 't (a TEXT, b, PRIMARY KEY (a COLLATE NOCASE))', "'A'", "'a'"],
    ['a key without affinity', 't (a PRIMARY KEY, b)', '1', '1.0'],
    ['a key of a pair', 't (a, b, PRIMARY KEY (b, a)) WITHOUT ROWID', '0.0', '(-1.0 * 0.0)'],
  ])('with a key in another spelling end up as the snapshot spells it: %s', async (_, schema, a, b) => {
    const { place, table, wanted } = await tell({
      schema: `CREATE TABLE ${schema};`,
      before: `INSERT INTO t VALUES (${a}, 1);`,
      since: `DELETE FROM t; INSERT INTO t VALUES (${b}, 1);`,
    });
    expect(table.added + table.changed).toBe(1);
    expect(await restored(place)).toStrictEqual(wanted);
  });

  test('with a NULL in the key are told apart by all their values', async () => {
    const { place, table, wanted } = await tell({
      schema: 'CREATE TABLE t (a TEXT PRIMARY KEY, b);',
      before: "INSERT INTO t VALUES (NULL, 1), (NULL, 1), ('k', 1);",
      since: "DELETE FROM t WHERE rowid = 2; UPDATE t SET b = 2 WHERE a = 'k';",
    });
    expect(table).toMatchObject({ added: 2, removed: 1, changed: 0, unchanged: 1 });
    expect(await restored(place)).toStrictEqual(wanted);
  });

  test('may swap a UNIQUE value', async () => {
    const { place, table, wanted } = await tell({
      schema: 'CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE);',
      before: "INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z');",
      since: "UPDATE t SET b = NULL; UPDATE t SET b = 'y' WHERE a = 1; UPDATE t SET b = 'x' WHERE a = 2;",
    });
    expect(table).toMatchObject({ added: 0, removed: 0, changed: 3, unchanged: 0 });
    expect(await restored(place)).toStrictEqual(wanted);
  });
});
