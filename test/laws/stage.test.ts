import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonValue } from '../../src/host/python-text.ts';
import { integers, reals, sqlValues, texts } from '../support/arbitraries.ts';
import { asHost, makePlace, makeRoot, open as openFolder } from '../support/place.ts';
import { dump } from './apply-directly.ts';
import { stageOf } from './stage-of.ts';

/*
 * The stage that SQLite's own reader of JSON helps to fill is the one that the careful scanner fills alone: the same rows
 * in the same classes, the same drift, guesses and hashes, or the same error. The files are of the host's form and of ours,
 * and damaged ones.
 */

const root = makeRoot();

const types = fc.constantFrom('', 'TEXT', 'INTEGER', 'REAL', 'NUMERIC', 'BLOB', 'VARCHAR(9)', 'ANY');
const names = fc.constantFrom('v', 'größe', "it's", 'a b', '$.x[0]', '"', 'a\\b', 'rowid', '');
const keys = fc.constantFrom('INTEGER PRIMARY KEY', 'INT PRIMARY KEY', 'TEXT PRIMARY KEY', '');

const worlds = fc.record({
  key: keys,
  columns: fc.uniqueArray(fc.tuple(names, types), { minLength: 1, maxLength: 3, selector: ([name]) => name }),
  /** A column that only the file has. */
  lost: fc.boolean(),
});

/** Tokens as programs write them, the careless included. */
const tokens = fc.oneof(
  { weight: 40, arbitrary: fc.oneof(integers, reals, texts, fc.constant(null)).map(jsonValue) },
  { weight: 20, arbitrary: texts.map((text) => JSON.stringify(text)) },
  { weight: 20, arbitrary: fc.constantFrom('1', '-3', 'null', '"word"', '"b\'x\'"', '"\\u0062\'x\'"') },
  {
    weight: 10,
    arbitrary: fc.constantFrom('"\\u0031"', '" 1"', '"\\t7"', '"007"', '1.0', '-0.0', '1E5', '-0'),
  },
  { weight: 10, arbitrary: fc.constantFrom('"\\ud83d\\ude00"', '"\\ud83d"', '"a\\/b"', '"é"', '"\\u00E9"') },
  { weight: 10, arbitrary: fc.constantFrom('408916985163359776.0626', '3.302671861254495189988', '1e400') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('01', '1.', '12345678901234567890', '{}', '[1]', 'true', '"\u0001"'),
  },
);

const rarely = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

const files = worlds.chain((world) => {
  const width = world.columns.length + (world.lost ? 1 : 0);
  const values = fc.array(tokens, { minLength: width, maxLength: width });
  return fc.record({
    world: fc.constant(world),
    /** Rows that are alike, as in a real file, and others that may be anything. */
    pattern: values,
    copies: fc.nat(20),
    others: fc.array(values, { maxLength: 6 }),
    /** The first of the others may have an odd key. */
    odd: rarely(fc.constantFrom('null', '"7"', '7.0', '2.5', '"x"', '0', '-9223372036854775808')),
    cut: rarely(fc.nat(300)),
  });
});

test('what SQLite reads itself is what the careful scanner reads', async () => {
  const seen = { staged: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(files, async ({ world, pattern, copies, others, odd, cut }) => {
      const declared = world.columns.map(([name, type]) => `"${name.replaceAll('"', '""')}" ${type}`);
      const schema = `CREATE TABLE t (${[`id ${world.key}`, ...declared].join(', ')});`;
      const place = await makePlace(root(), schema, { tables: ['t'] });
      const head = ['id', ...world.columns.map(([name]) => name), ...(world.lost ? ['lost'] : [])];
      const rows = [...Array.from({ length: copies + 1 }, () => pattern), ...others];
      const written = rows.map((values, index) => {
        const id = index === copies + 1 && odd !== null ? odd : String(index * 3);
        const pairs = [id, ...values].map((token, index) => `${JSON.stringify(head[index])}: ${token}`);
        return `{${pairs.join(', ')}}`;
      });
      const text = `{"last_event_id": 0, "event_log": [], "t": [${written.join(', ')}]}`;
      const path = join(place.dir, 'snapshot');
      await writeFile(path, cut === null ? text : text.slice(0, cut));
      const careful = await stageOf(place, { path, reading: { plain: false } });
      expect(await stageOf(place, { path, reading: {} })).toEqual(careful);
      if (typeof careful === 'object' && careful !== null && 'code' in careful) seen.refused += 1;
      else seen.staged += 1;
    }),
    { numRuns: 150 },
  );
  expect(seen.staged).toBeGreaterThan(30);
  expect(seen.refused).toBeGreaterThan(10);
});

test('so it is with files of ours, whatever the tables hold', async () => {
  const value = sqlValues.filter(
    (one) => one === null || typeof one !== 'object' || one instanceof Uint8Array,
  );
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(types, types),
      fc.array(fc.tuple(value, value), { maxLength: 12 }),
      async ([a, b], rows) => {
        const schema = `CREATE TABLE t (id INTEGER PRIMARY KEY, a ${a}, b ${b}, c TEXT DEFAULT 'same');`;
        const place = await makePlace(root(), schema, { tables: ['t'] });
        asHost(place, (db) => {
          const insert = db.prepare('INSERT INTO t (a, b) VALUES (?, ?)');
          for (const values of rows) insert.run(...values);
        });
        const path = await dump(await openFolder(place), 'dump');
        expect(await stageOf(place, { path, reading: {} })).toEqual(
          await stageOf(place, { path, reading: { plain: false } }),
        );
      },
    ),
    { numRuns: 40 },
  );
});
