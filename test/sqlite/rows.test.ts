import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openReadDatabase } from '../../src/sqlite/database.ts';
import type { SqlValue } from '../../src/sqlite/row-hash.ts';
import { readRows } from '../../src/sqlite/rows.ts';
import { makeRoot } from '../support/place.ts';

const root = makeRoot();
let made = 0;

function read(encoding: 'UTF-8' | 'UTF-16le' | 'UTF-16be', sql: string): readonly (readonly SqlValue[])[] {
  made += 1;
  const file = join(root(), `rows-${made}.db`);
  const db = new Database(file);
  db.pragma(`encoding = '${encoding}'`);
  db.exec(`CREATE TABLE t (n INTEGER PRIMARY KEY, "a b" , c); ${sql}`);
  db.close();
  const reader = openReadDatabase(file, { nativeBinding: undefined });
  try {
    const source = { schemaName: 'main', table: 't', columns: ['a b', 'c'], order: 'ORDER BY n', encoding };
    return [...readRows(reader, source)];
  } finally {
    reader.close();
  }
}

const bytes = (hex: string) => Buffer.from(hex, 'hex');

describe('every value comes with its storage class', () => {
  test('integers of 64 bits, reals that look whole, text that looks like a number, empty values', () => {
    expect(
      read(
        'UTF-8',
        "INSERT INTO t VALUES (1, 9223372036854775807, 1.0), (2, '1', x''), (3, '', NULL), (4, 9e999, x'00')",
      ),
    ).toStrictEqual([
      [2n ** 63n - 1n, 1],
      ['1', bytes('')],
      ['', null],
      [Number.POSITIVE_INFINITY, bytes('00')],
    ]);
  });
});

describe('text that is not valid in the encoding of the database', () => {
  test('is read as its bytes, and the rows before and after it as they are', () => {
    expect(
      read(
        'UTF-8',
        "INSERT INTO t VALUES (1, 'before', 1), (2, CAST(x'61ff00' AS TEXT), 'x'), (3, char(65533), x'ff'), (4, 'after', 1.5)",
      ),
    ).toStrictEqual([
      ['before', 1n],
      [{ rawText: bytes('61ff00') }, 'x'],
      ['\uFFFD', bytes('ff')],
      ['after', 1.5],
    ]);
  });

  test.each(['00d84100', '410000dc', '00dc00d8', '00d800d8', '00d8'])(
    'in UTF-16 is a half of a pair, which SQLite joins to whatever follows: %s',
    (hex) => {
      const [le, be] = [bytes(hex), bytes(hex).swap16()];
      const sql = (value: Buffer) =>
        `INSERT INTO t VALUES (1, CAST(x'${value.toString('hex')}' AS TEXT), 'ok 😀')`;
      expect(read('UTF-16le', sql(le))).toStrictEqual([[{ rawText: le }, 'ok 😀']]);
      expect(read('UTF-16be', sql(be))).toStrictEqual([[{ rawText: be }, 'ok 😀']]);
    },
  );

  test('does not include a byte order mark: that is a letter like any other', () => {
    const text = "INSERT INTO t VALUES (1, char(65279) || 'x', char(65533) || char(65279))";
    for (const encoding of ['UTF-8', 'UTF-16le', 'UTF-16be'] as const)
      expect(read(encoding, text)).toStrictEqual([['\uFEFFx', '\uFFFD\uFEFF']]);
  });
});
