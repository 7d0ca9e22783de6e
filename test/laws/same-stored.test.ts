import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { sameStored } from '../../src/compare/same-stored.ts';
import { openPrivateDatabase } from '../../src/sqlite/database.ts';
import { sqliteCode } from '../../src/sqlite/result-codes.ts';
import { sameScanned, sameValue } from '../../src/sqlite/same-values.ts';
import { readSchema } from '../../src/sqlite/schema.ts';
import { affinityOf } from '../../src/stage/affinity.ts';
import { makeRoot } from '../support/place.ts';

const root = makeRoot();

/** Values of every class, with those that SQLite converts, and neighbours that only a careful comparison tells apart. */
const VALUES = [
  ...['NULL', '0', '1', '-1', '5', '9223372036854775807', '-9223372036854775808', '9007199254740993'],
  ...[
    '0.0',
    '(-1.0 * 0.0)',
    '1.0',
    '5.0',
    '0.5',
    '-0.5',
    'pi()',
    '-pi()',
    '9007199254740992.0',
    '1e999',
    '-1e999',
  ],
  ...['9223372036854775807.0', '-9223372036854775808.0', '5e-324', '1e300', '0.1', '0.10000000000000002'],
  ...[
    "''",
    "'5'",
    "'5.0'",
    "' 5 '",
    "'0'",
    "'-0'",
    "'0.0'",
    "'-0.0'",
    "'1e0'",
    "'-9223372036854775808'",
    "'0x5'",
  ],
  ...[
    "'a'",
    "'A'",
    "'a '",
    "'a' || char(0)",
    "'a' || char(0) || 'b'",
    "CAST(x'ff' AS TEXT)",
    "CAST(x'fe' AS TEXT)",
  ],
  ...["x''", "x'00'", "x'35'", "x'61'", "x'ff'"],
];

const TYPES = [
  '',
  'BLOB',
  'INTEGER',
  'INT',
  'BOOLEAN',
  'NUMERIC',
  'DATE',
  'REAL',
  'DOUBLE',
  'TEXT',
  'VARCHAR(3)',
];
const STRICT_TYPES = ['ANY', 'BLOB', 'INTEGER', 'INT', 'REAL', 'TEXT'];

/**
 * Every pair of a live value and a staged one for which the cheap form and `sameValue` do not say the same. The live values
 * are stored as they are and only then get the type, as when a host edits its schema.
 */
function findDisagreements(type: string, { strict, edited }: { strict: boolean; edited: boolean }) {
  const file = join(root(), `${type}-${strict}-${edited}.db`);
  const options = strict ? 'STRICT' : '';
  const host = new Database(file);
  host.unsafeMode(true);
  host.exec(`CREATE TABLE t (k INTEGER PRIMARY KEY, v ${edited ? '' : type}) ${edited ? '' : options}`);
  host.pragma('synchronous = OFF');
  for (const [k, value] of VALUES.entries())
    try {
      host.exec(`INSERT INTO t SELECT ${k}, ${value}`);
    } catch (error) {
      // A STRICT table refuses it, so it cannot stand there.
      expect(sqliteCode(error)).toBe('SQLITE_CONSTRAINT_DATATYPE');
    }
  if (edited) {
    host.pragma('writable_schema = ON');
    host
      .prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 't'")
      .run(`CREATE TABLE t (k INTEGER PRIMARY KEY, v ${type}) ${options}`);
  }
  host.close();
  const db = openPrivateDatabase(file, { nativeBinding: undefined });
  try {
    const live = readSchema(db).tables.get('t');
    const column = live?.columns.find(({ name }) => name === 'v');
    if (live === undefined || column === undefined) throw new Error('The table is missing.');
    db.exec(
      `ATTACH ':memory:' AS stage; CREATE TABLE stage.s (ord INTEGER PRIMARY KEY, v ${affinityOf(column, strict)})`,
    );
    for (const [ord, value] of VALUES.entries()) db.exec(`INSERT INTO stage.s SELECT ${ord}, ${value}`);
    const pairs = db.prepare(
      `SELECT quote(l.v) AS live, quote(s.v) AS staged, ${sameValue('l.v', 's.v')} AS same,
         ${sameStored(live, 'v', 'l.v', 's.v')} AS cheap, ${sameScanned('l.v', 's.v')} AS scanned FROM main.t l CROSS JOIN stage.s s`,
    );
    const found = pairs.all() as {
      live: string;
      staged: string;
      same: unknown;
      cheap: unknown;
      scanned: unknown;
    }[];
    expect(found.filter(({ same }) => same === 1).length).toBeGreaterThan(1);
    return found.filter(({ same, cheap, scanned }) =>
      [cheap, scanned].some((one) => (same === 1) !== (one === 1)),
    );
  } finally {
    db.close();
  }
}

describe('comparing by a column’s affinity says the same as comparing storage class and bytes', () => {
  test.each([
    ...TYPES.flatMap((type) => [false, true].map((edited) => [type, { strict: false, edited }] as const)),
    ...STRICT_TYPES.flatMap((type) =>
      [false, true].map((edited) => [type, { strict: true, edited }] as const),
    ),
  ])('“%s”, %o: for every pair of values', (type, how) => {
    expect(findDisagreements(type, how)).toStrictEqual([]);
  });
});
