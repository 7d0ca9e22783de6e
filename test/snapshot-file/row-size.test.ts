import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText, jsonValue } from '../../src/host/python-text.ts';
import { applyRestore, diffSnapshot, planRestore, takeSnapshot } from '../../src/index.ts';
import { refuseHugeRows } from '../../src/snapshot-file/huge-rows.ts';
import { createJsonScanner } from '../../src/snapshot-file/json-scanner.ts';
import { countRowBytes, LONGEST_ROW_BYTES } from '../../src/snapshot-file/row-size.ts';
import { withReadDatabase } from '../../src/sqlite/database.ts';
import { readSchema } from '../../src/sqlite/schema.ts';
import { sqlValues } from '../support/arbitraries.ts';
import { codeOf, errorOf, hostDump, makePlace, makeRoot, open, putSnapshot, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';
const request = restoring(ID);
const COLUMNS = ['id', 'v'] as const;

/** Reads rows of which none may have more than `longest` bytes, in chunks of that size and as large as is asked for. */
async function readRows(text: string, longest: number, chunkBytes: number): Promise<number> {
  const bytes = Buffer.from(text);
  let at = 0;
  let rows = 0;
  const scanner = createJsonScanner(
    async () => {
      const chunk = bytes.subarray(at, at + chunkBytes);
      at += chunk.length;
      return chunk.length === 0 ? null : chunk;
    },
    0,
    longest,
  );
  while ((await scanner.peek()) !== '') {
    await scanner.readRow(COLUMNS);
    rows += 1;
  }
  return rows;
}

test('a row is read up to the limit and not one byte beyond it, whatever the chunk size', async () => {
  const row = (bytes: number) => `{"id": 1, "v": "${'x'.repeat(bytes - 18)}"}`;
  expect(row(50)).toHaveLength(50);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 20, max: 200 }),
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 0, max: 300 }),
      async (longest, chunkBytes, beyond) => {
        const fits = row(longest).repeat(3);
        expect(await readRows(fits, longest, chunkBytes)).toBe(3);
        const tooLong = readRows(fits + row(longest + 1 + beyond), longest, chunkBytes);
        await expect(tooLong).rejects.toMatchObject({ code: 'snapshot-damaged' });
      },
    ),
    { numRuns: 100 },
  );
});

test('the bytes of a row are counted as they are written', () => {
  const rows = fc.array(sqlValues, { maxLength: 4 });
  fc.assert(
    fc.property(rows, (row) => {
      const columns = row.map((_, index) => `c${index}`);
      const written = columns.reduce(
        (sum, name, index) => sum + jsonText(name).length + jsonValue(row[index] ?? null).length,
        0,
      );
      const counted = countRowBytes(columns, row);
      expect(counted).toBeGreaterThanOrEqual(written);
      expect(counted).toBeLessThanOrEqual(written * 6 + 64 * row.length);
    }),
    { numRuns: 500 },
  );
});

test('a row too large for any safety copy is refused by plan and by apply, in the same words, and by take', async () => {
  const place = await makePlace(root(), 'CREATE TABLE bots (id INTEGER PRIMARY KEY, face BLOB);');
  await putSnapshot(place, ID, hostDump(0, { bots: [{ id: 2, face: null }] }));
  run(place, 'INSERT INTO bots VALUES (1, zeroblob(60000000));');
  const folder = await open(place);
  const before = readState(place.databaseFile).tables.event_log;
  const [refusal] = (await planRestore(folder, request)).refusals;
  expect(refusal).toMatchObject({ code: 'row-too-large', message: expect.stringMatching(/“bots”.* 256 MB/) });
  for (const act of [() => applyRestore(folder, request, NOW), () => takeSnapshot(folder, 'rewind')]) {
    const { code, message } = await errorOf(act());
    expect({ code, message }).toEqual({ code: refusal?.code, message: refusal?.message });
  }
  expect(readState(place.databaseFile).tables.event_log).toEqual(before);
  expect((await diffSnapshot(folder, ID)).tables.some(({ removed }) => removed === 1)).toBe(true);
});

test('a row that fits in its file but in no checkpoint of ours is refused by plan and by apply, in the same words', async () => {
  const place = await makePlace(root(), 'CREATE TABLE bots (id INTEGER PRIMARY KEY, note TEXT);');
  const letters = Math.ceil(LONGEST_ROW_BYTES / 6);
  await putSnapshot(
    place,
    ID,
    Buffer.concat([
      Buffer.from('{"last_event_id": 0, "event_log": [], "bots": [{"id": 1, "note": "'),
      // One byte in this file, and six in one of ours.
      Buffer.alloc(letters, '\x7f'),
      Buffer.from('"}]}'),
    ]),
  );
  const folder = await open(place);
  const [refusal] = (await planRestore(folder, request)).refusals;
  expect(refusal?.code).toBe('row-too-large');
  const { code, message } = await errorOf(applyRestore(folder, request, NOW));
  expect({ code, message }).toEqual({ code: refusal?.code, message: refusal?.message });
  expect(readState(place.databaseFile).tables.bots).toEqual([]);
});

const LETTERS = Math.ceil(LONGEST_ROW_BYTES / 6);
const FACES = 'CREATE TABLE bots (id INTEGER PRIMARY KEY, face);';

test.each([
  ['in pages of its own', `${FACES} INSERT INTO bots VALUES (1, printf('%.*c', ${LETTERS}, char(127)));`],
  [
    'without a rowid',
    `CREATE TABLE bots (id TEXT PRIMARY KEY, face) WITHOUT ROWID; INSERT INTO bots VALUES ('a', printf('%.*c', ${LETTERS}, char(127)));`,
  ],
  [
    'in the default of a later column',
    `CREATE TABLE bots (id INTEGER PRIMARY KEY); INSERT INTO bots VALUES (1); ALTER TABLE bots ADD COLUMN face DEFAULT '${'\x7f'.repeat(LETTERS)}';`,
  ],
  ['in a view', `CREATE VIEW bots AS SELECT 1 AS id, printf('%.*c', ${LETTERS}, char(127)) AS face;`],
])('a huge row is found wherever it is kept: %s', async (_, sql) => {
  const place = await makePlace(root(), sql);
  const { profile } = await open(place);
  const options = { nativeBinding: undefined };
  const check = () =>
    withReadDatabase(place.databaseFile, options, (db) => refuseHugeRows(db, readSchema(db), profile));
  expect(await codeOf(check)).toBe('row-too-large');
});
