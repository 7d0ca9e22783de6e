import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLogChain } from '../../src/log/chain.ts';
import { createTableHasher, type SqlValue } from '../../src/sqlite/row-hash.ts';
import { sqlValues } from '../support/arbitraries.ts';

type Row = readonly SqlValue[];

function hashOf(columns: readonly string[], rows: readonly Row[]): string {
  const hasher = createTableHasher(columns);
  for (const row of rows) hasher.add(row);
  return hasher.finish().hash;
}

/** An injective text of a value, made in another way than the hash's. */
function nameOf(value: SqlValue): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return Object.is(value, -0) ? 'real -0' : `real ${value}`;
  if (typeof value === 'bigint') return `integer ${value}`;
  if (typeof value === 'string') return `text ${Buffer.from(value).toString('hex')}`;
  return value instanceof Uint8Array
    ? `blob ${Buffer.from(value).toString('hex')}`
    : `broken ${Buffer.from(value.rawText).toString('hex')}`;
}

const multiset = (rows: readonly Row[]) =>
  rows
    .map((row) => row.map(nameOf).join(','))
    .sort()
    .join(';');

const tables = fc
  .integer({ min: 1, max: 3 })
  .chain((width) => fc.array(fc.array(sqlValues, { minLength: width, maxLength: width }), { maxLength: 5 }));

describe('the content hash', () => {
  test('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(tables, fc.nat(), (rows, turn) => {
        const at = turn % (rows.length + 1);
        const turned = [...rows.slice(at), ...rows.slice(0, at)].reverse();
        expect(hashOf(['a'], turned)).toBe(hashOf(['a'], rows));
      }),
    );
  });

  test('is equal for two tables exactly if they hold the same multiset of rows', () => {
    fc.assert(
      fc.property(tables, tables, (a, b) => {
        expect(hashOf(['a'], a) === hashOf(['a'], b)).toBe(multiset(a) === multiset(b));
      }),
      { numRuns: 300 },
    );
  });

  test('of one table can be told by another and the rows in which they differ', () => {
    fc.assert(
      fc.property(tables, tables, tables, (both, here, there) => {
        const other = createTableHasher(['a']);
        for (const row of [...there, ...both]) other.add(row);
        const told = createTableHasher(['a'], other.total());
        const gone = createTableHasher(['a']);
        for (const row of there) gone.add(row);
        told.removeTotal(gone.total());
        for (const row of here) told.add(row);
        expect(told.finish()).toStrictEqual({
          hash: hashOf(['a'], [...both, ...here]),
          rows: both.length + here.length,
        });
      }),
      { numRuns: 300 },
    );
  });

  test('differs for two values that are almost equal', () => {
    fc.assert(
      fc.property(sqlValues, sqlValues, (a, b) => {
        expect(hashOf(['a'], [[a]]) === hashOf(['a'], [[b]])).toBe(nameOf(a) === nameOf(b));
      }),
      { numRuns: 3000 },
    );
    const bytes = Uint8Array.from([0x61]);
    const alike: readonly SqlValue[] = [
      null,
      0n,
      0,
      -0,
      '',
      '0',
      'a',
      bytes,
      { rawText: bytes },
      "b'a'",
      new Uint8Array(),
    ];
    expect(new Set(alike.map((value) => hashOf(['a'], [[value]]))).size).toBe(alike.length);
  });

  test('depends on where one value ends and the next begins, how often a row occurs, and the column names', () => {
    expect(hashOf(['a', 'b'], [['x', 'yz']])).not.toBe(hashOf(['a', 'b'], [['xy', 'z']]));
    expect(hashOf(['a', 'b'], [['x', null]])).not.toBe(hashOf(['a', 'b'], [[null, 'x']]));
    expect(hashOf(['a'], [['x'], ['x']])).not.toBe(hashOf(['a'], [['x']]));
    expect(hashOf(['a'], [])).not.toBe(hashOf(['b'], []));
    expect(hashOf(['a', 'b'], [])).not.toBe(hashOf(['a,b'], []));
  });

  test('handles values longer than its buffer', () => {
    const long = 'ü'.repeat(100_000);
    expect(hashOf(['a'], [[1n, long]])).toBe(hashOf(['a'], [[1n, `${long}`]]));
    expect(hashOf(['a'], [[1n, long]])).not.toBe(hashOf(['a'], [[1n, `${long}x`]]));
  });
});

describe('the chain of a log', () => {
  test('is equal for two logs exactly if they have the same events in the same order', () => {
    fc.assert(
      fc.property(tables, tables, (a, b) => {
        const chainOf = (events: readonly Row[]) => {
          const chain = createLogChain();
          for (const event of events) chain.add(event);
          return chain.peek().chain;
        };
        const same =
          JSON.stringify(a.map((row) => row.map(nameOf))) === JSON.stringify(b.map((row) => row.map(nameOf)));
        expect(chainOf(a) === chainOf(b)).toBe(same);
      }),
    );
  });

  test('can be read after any event without affecting it', () => {
    const chain = createLogChain();
    chain.add([1n, 'a']);
    const first = chain.peek();
    expect(chain.peek()).toStrictEqual(first);
    chain.add([2n, 'b']);
    expect(chain.peek().events).toBe(2);
    expect(chain.peek().chain).not.toBe(first.chain);
  });
});
