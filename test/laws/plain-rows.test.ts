import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonReal, jsonText } from '../../src/host/python-text.ts';
import { createLogChain } from '../../src/log/chain.ts';
import { SnapbackError } from '../../src/model/errors.ts';
import { createBatchFeeder } from '../../src/snapshot-file/batch-lines.ts';
import { type ReadingOptions, readSnapshot } from '../../src/snapshot-file/reader.ts';
import { createTableDigest } from '../../src/snapshot-file/table-text.ts';
import { createTableHasher, type SqlValue } from '../../src/sqlite/row-hash.ts';
import { createBinaryWriter } from '../../src/stage/binary-rows.ts';
import { integers, reals, texts } from '../support/arbitraries.ts';
import { makeRoot } from '../support/place.ts';
import { dumpSmall, KNOWN, makeSmallFolder, readParts, withNotes } from './snapshot-text.ts';

/*
 * Rows are found plain by their bytes, or read one by one by the careful scanner. Whichever it is, and wherever the file
 * is read in pieces, the verdict, the values, and the words and places of what is wrong are the same.
 */

const root = makeRoot();

/** What reading a file tells, without the division into batches. */
async function judge(path: string, options: ReadingOptions) {
  const handle = await open(path);
  const told: unknown[] = [];
  const illFormed: unknown[] = [];
  const rows = new Map<string, { columns: readonly string[]; rows: (readonly SqlValue[])[] }>();
  let plain = 0;
  const chain = createLogChain();
  const feed = createBatchFeeder(['id', null, 'x', 'id']);
  let whole = true;
  try {
    const file = { handle, path, sizeBytes: (await handle.stat()).size };
    for await (const part of readSnapshot(file, KNOWN, {}, options)) {
      if (part.type === 'ill-formed') illFormed.push(part);
      else if (part.type !== 'rows') told.push(part);
      else {
        const known = rows.get(part.table) ?? { columns: part.columns, rows: [] };
        expect([part.first, part.columns]).toEqual([known.rows.length, known.columns]);
        expect(part.rows()).toHaveLength(part.count);
        known.rows.push(...part.rows());
        rows.set(part.table, known);
        whole = feed(chain, part, { from: 0, to: part.count >> 1 }) && whole;
        whole = feed(chain, part, { from: part.count >> 1, to: part.count }) && whole;
        if (part.text === null) continue;
        plain += part.count;
        const lists = createBinaryWriter(part.columns.length)(part.text, part.spans ?? new Uint32Array());
        expect(readBySqlite(asText, part.text)).toStrictEqual(part.rows());
        expect(readBySqlite(asLists, lists)).toStrictEqual(part.rows());
      }
    }
    return { plain, told, illFormed, rows: [...rows], whole, log: chain.peek() };
  } catch (error) {
    if (!(error instanceof SnapbackError)) throw error;
    return { plain, code: error.code, message: error.message, detail: error.detail };
  } finally {
    await handle.close();
  }
}

const db = new Database(':memory:');
const prepareReading = (rows: string) =>
  db
    .prepare<[Buffer], [bigint, SqlValue, string]>(
      `SELECT one.key, cell.atom, typeof(cell.atom) FROM jsonb_each(${rows}) one, jsonb_each(one.value) cell`,
    )
    .raw()
    .safeIntegers();
const asText = prepareReading("jsonb('[' || CAST(? AS TEXT) || ']')");
const asLists = prepareReading('?');

function readBySqlite(sqlite: typeof asText, bytes: Buffer): readonly (readonly SqlValue[])[] {
  const rows: SqlValue[][] = [];
  for (const [row, value, type] of sqlite.all(bytes)) {
    const values = rows[Number(row)] ?? [];
    values.push(type === 'real' ? Number(value) : value);
    rows[Number(row)] = values;
  }
  return rows;
}

async function expectSame(bytes: Buffer, chunkBytes: number): Promise<number> {
  const path = join(root(), 'file');
  await writeFile(path, bytes);
  const { plain, ...found } = await judge(path, { chunkBytes });
  const { plain: none, ...carefully } = await judge(path, { plain: false, chunkBytes });
  expect(none).toBe(0);
  expect(found).toStrictEqual(carefully);
  return plain;
}

/** Tokens that are values, or look like them. */
const oddTokens = fc.constantFrom(
  ...[
    '-0',
    '-0.0',
    '0e1',
    '1E5',
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    '- 1',
    '1 2',
    '0x10',
    '1e400',
    '--1',
    '1.5.5',
  ],
  ...[
    '9223372036854775807',
    '9223372036854775808',
    '-9223372036854775809',
    '123456789012345678',
    '1234567890123456789',
  ],
  ...[
    '358587.9520449015253808',
    '0.00012345678901234567',
    '12345678901234567.5',
    '1e-5',
    '2825734.3419295635549594',
  ],
  ...[
    'true',
    'false',
    'NaN',
    'Infinity',
    '-Infinity',
    'nul',
    'nulls',
    'null',
    '[]',
    '{}',
    '[1]',
    '{"a": 1}',
    '',
  ],
  ...[
    '"\\/"',
    '"\\u00E9"',
    '"\\u0041"',
    '"\\u000a"',
    '"\\u0000"',
    '"\\u007f"',
    '"\\x"',
    '"\\u12"',
    '"a',
    '"\\"',
    '"\\\\"',
  ],
  ...[
    '"\\ud83d\\ude00"',
    '"\\ud83d"',
    '"\\ude00"',
    '"\\ude00\\ud83d"',
    '"\\ud83dx"',
    '"\\ud83d\\n"',
    '"\\ud83d\\u0041"',
  ],
  ...[
    '"}, {"',
    '"}], \\"x\\": [{"',
    '"a\tb"',
    '"\u0000"',
    '"\u007f"',
    '"é日😀"',
    '"b\'x\'"',
    '"b\\"x\\""',
    '" 1"',
    '"\\n1"',
  ],
);
const goodTokens = fc.oneof(
  fc.constant('null'),
  integers.map(String),
  reals.map(jsonReal),
  texts.map(jsonText),
  texts.map((text) => JSON.stringify(text)),
);
const rawBytes = fc.constantFrom(
  [0xff],
  [0xc3],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xef, 0xbb, 0xbf],
);

type Spacing = readonly [colon: string, comma: string, between: string];
const spacings = fc.constantFrom<Spacing>(
  [': ', ', ', ', '],
  [':', ',', ','],
  [' :\n', '\t,  ', '\r\n,\n'],
  [': ', ', ', ' , '],
);

const tables = fc
  .record({
    name: fc.constantFrom('event_log', 'bots', 'chats', 'Bots'),
    columns: fc.uniqueArray(fc.constantFrom('id', 'näme', 'a"b', '__proto__', 'x', 'X', ''), {
      minLength: 1,
      maxLength: 4,
    }),
    spacing: spacings,
    odd: fc.boolean(),
  })
  .chain(({ name, columns, spacing: [colon, comma, between], odd }) => {
    const token = odd
      ? fc.oneof({ weight: 30, arbitrary: goodTokens }, { weight: 1, arbitrary: oddTokens })
      : goodTokens;
    const row = fc
      .tuple(fc.tuple(...columns.map(() => token)), fc.nat(odd ? 60 : 0))
      .map(([values, turn]) => {
        const cells = values.map((value, index) => `${jsonText(columns[index] ?? '')}${colon}${value}`);
        if (turn === 1) cells.reverse();
        if (turn === 2) cells.push(...cells);
        if (turn === 3) cells.pop();
        return `{${turn === 4 ? ' ' : ''}${cells.join(comma)}}`;
      });
    return fc.array(row, { maxLength: 12 }).map((rows) => `${jsonText(name)}${colon}[${rows.join(between)}]`);
  });

const files = fc
  .tuple(
    fc.constantFrom('{', '{ ', '\u{feff}{'),
    fc.uniqueArray(tables, {
      minLength: 1,
      maxLength: 3,
      selector: (list) => list.slice(0, 7).toLowerCase(),
    }),
    fc.constantFrom('}', ' }\n'),
  )
  .map(([start, lists, end]) => Buffer.from(`${start}"last_event_id": 1, ${lists.join(', ')}${end}`));

const mutations = fc.oneof(
  { weight: 3, arbitrary: fc.constant((bytes: Buffer) => bytes) },
  fc
    .double({ min: 0, max: 1, noNaN: true })
    .map((at) => (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * at))),
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)).map(([at, value]) => (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    changed[Math.floor(changed.length * at)] = value;
    return changed;
  }),
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), rawBytes).map(([at, raw]) => (bytes: Buffer) => {
    const cut = Math.floor(bytes.length * at);
    return Buffer.concat([bytes.subarray(0, cut), Buffer.from(raw), bytes.subarray(cut)]);
  }),
);

const chunks = fc.constantFrom(1, 2, 3, 7, 64, 1 << 20);

test('a file reads the same by its bytes and by its values, also if it was damaged, and SQLite reads its plain rows as we do', async () => {
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(files, mutations, chunks, async (file, mutate, chunkBytes) => {
      plain += await expectSame(mutate(file), chunkBytes);
    }),
    { numRuns: 3000 },
  );
  expect(plain).toBeGreaterThan(3000);
});

test.each([1, 2])(
  'a file of ours in format %s reads the same by its bytes and by its values wherever one of its bits is flipped',
  async (format) => {
    const folder = await makeSmallFolder(root());
    const own = Buffer.from(await asFormat(format, await dumpSmall(folder)), 'latin1');
    expect(await expectSame(own, 64)).toBeGreaterThan(0);
    await fc.assert(
      fc.asyncProperty(fc.nat(own.length - 1), fc.nat(7), chunks, async (at, bit, chunkBytes) => {
        const changed = Buffer.from(own);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        await expectSame(changed, chunkBytes);
      }),
      { numRuns: 500 },
    );
  },
);

/** The file with notes of that format. */
async function asFormat(format: number, text: string): Promise<string> {
  const path = join(root(), 'own');
  await writeFile(path, text, 'latin1');
  const parts = await readParts(path);
  return withNotes(text, ({ about }) => {
    if (about.format === format) return;
    about.format = format;
    about.tables = parts.flatMap<unknown>((part) => {
      if (part.type !== 'rows') return [];
      const { table: name, columns, rows } = part;
      const [digest, hasher] = [createTableDigest(columns), createTableHasher(columns)];
      for (const row of rows) {
        digest.add(row);
        hasher.add(row);
      }
      if (format === 1) return [{ name, columns, ...hasher.finish() }];
      const { sha256, exactSha256 } = digest.finish();
      return [{ name, columns, rows: rows.length, sha256, exactSha256 }];
    });
  });
}

test('rows of any length read the same by their bytes and by their values', async () => {
  const row = (id: number, length: number) => `{"id": ${id}, "x": "${'y'.repeat(length)}"}`;
  const lengths = [1, 5000, 3 << 20, 1, 5 << 20, 2, 9 << 20, 100_000, 0, 11, 12, 255, 256, 65_535, 65_536, 1];
  const text = `{"last_event_id": 1, "bots": [${lengths.map((length, id) => row(id, length)).join(', ')}]}`;
  expect(await expectSame(Buffer.from(text), 1 << 20)).toBeGreaterThan(5);
});
