import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonValue } from '../../src/host/python-text.ts';
import { applyRestore, diffSnapshot, planRestore } from '../../src/index.ts';
import { asHost, codeOf, makePlace, makeRoot, open, type Place, putSnapshot } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';

/*
 * Bytes and texts in columns of all declared types, dumped as the host does, which writes bytes as the text of Python's
 * repr. What a restore brings back is exact, or the plan counts it as a guess; and a guess without any evidence needs
 * consent first.
 */

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';
const request = restoring(ID);

type Value = string | Buffer | bigint | null;

/** `then` and `since` share no bytes: a value that became the text of itself could be told by nobody. */
const valuesOf = (bytes: readonly number[]) => {
  const blobs = fc
    .array(fc.constantFrom(...bytes), { minLength: 1, maxLength: 2 })
    .map((list) => Buffer.from(list));
  const plain = fc.constantFrom<Value>('x', '', null, 7n, `c${bytes[0] ?? 0}`);
  return fc.oneof(blobs, blobs.map(reprOf), plain);
};
const [then, since] = [valuesOf([0, 0x27, 0xff]), valuesOf([1, 0x61])];

function reprOf(bytes: Buffer): string {
  const token = jsonValue(bytes);
  return String(JSON.parse(token));
}

const types = fc.constantFrom(
  'BLOB',
  'TEXT',
  '',
  'VECTOR(3)',
  'JSONB',
  'BINARY(16)',
  'NUMERIC',
  'ANY',
  'CHAR',
);
const keys = fc.constantFrom('number', 'value', 'both', 'none');

const worlds = fc.record({ key: keys, a: types, b: types }).chain(({ key, a, b }) =>
  fc.record({
    schema: fc.constant(schemaOf(key, a, b)),
    rows: fc.array(fc.tuple(then, then), { minLength: 1, maxLength: 5 }),
    deleted: fc.array(fc.nat(4), { maxLength: 3 }),
    changed: fc.array(fc.tuple(fc.nat(4), since), { maxLength: 2 }),
    added: fc.array(fc.tuple(since, since), { maxLength: 2 }),
  }),
);

type WorldOfBytes = typeof worlds extends fc.Arbitrary<infer W> ? W : never;

function schemaOf(key: string, a: string, b: string): string {
  const id = key === 'number' ? 'id INTEGER PRIMARY KEY' : 'id INTEGER';
  const rest = { number: '', value: ', PRIMARY KEY (a)', both: ', PRIMARY KEY (a, b)', none: '' }[key] ?? '';
  return `CREATE TABLE t (${id}, a ${a}, b ${b}${rest});`;
}

function insert(place: Place, rows: readonly (readonly [Value, Value])[], from: number): void {
  asHost(place, (db) => {
    const statement = db.prepare('INSERT OR IGNORE INTO t VALUES (?, ?, ?)');
    for (const [index, values] of rows.entries()) statement.run(from + index, ...values);
  });
}

/** Writes the table as the host would. */
async function dump(place: Place): Promise<void> {
  const rows = asHost(place, (db) =>
    db.prepare<[], [bigint, Value, Value]>('SELECT id, a, b FROM t').raw().safeIntegers().all(),
  );
  const texts = rows.map(
    ([id, a, b]) => `{"id": ${jsonValue(id)}, "a": ${jsonValue(a)}, "b": ${jsonValue(b)}}`,
  );
  await putSnapshot(place, ID, `{"last_event_id": 0, "event_log": [], "t": [${texts.join(', ')}]}`);
}

/** Checks the law for one world. */
const check = async ({ schema, rows, deleted, changed, added }: WorldOfBytes) => {
  const place = await makePlace(root(), schema, { tables: ['t'] });
  insert(place, rows, 0);
  const before = readState(place.databaseFile).tables.t ?? [];
  await dump(place);
  const same = await diffSnapshot(await open(place), ID);
  const counted = same.guessedBlobs.reduce((sum, { values }) => sum + values, 0);
  if (counted === 0)
    expect(same.tables.find(({ name }) => name === 't')).toMatchObject({
      unchanged: before.length,
    });
  asHost(place, (db) => {
    for (const id of deleted) db.prepare('DELETE FROM t WHERE id = ?').run(id);
    for (const [id, value] of changed) db.prepare('UPDATE OR IGNORE t SET b = ? WHERE id = ?').run(value, id);
  });
  insert(place, added, 10);
  const changedState = readState(place.databaseFile).tables.t;
  const folder = await open(place);
  const { guessedBlobs, refusals } = await planRestore(folder, request);
  const asked = guessedBlobs.some(({ because }) => because === 'nothing');
  expect(refusals.map(({ code }) => code)).toEqual(asked ? ['schema-drift'] : []);
  if (asked) {
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('schema-drift');
    expect(readState(place.databaseFile).tables.t).toEqual(changedState);
  }
  await applyRestore(folder, { ...request, acceptDrift: true }, NOW);
  const after = readState(place.databaseFile).tables.t ?? [];
  const wrong = after.filter((row) => !before.includes(row)).length;
  expect(after).toHaveLength(before.length);
  const guesses = guessedBlobs.reduce((sum, { values }) => sum + values, 0);
  expect(wrong).toBeLessThanOrEqual(guesses);
  return { wrong, counted: guesses };
};

test('bytes and texts come back as they were, or are counted as a guess', async () => {
  let exact = 0;
  let guessed = 0;
  await fc.assert(
    // Each restore waits for the end of a second, so several pass together.
    fc.asyncProperty(fc.array(worlds, { minLength: 12, maxLength: 12 }), async (list) => {
      for (const { wrong, counted } of await Promise.all(list.map(check))) {
        if (wrong === 0) exact += 1;
        if (counted > 0) guessed += 1;
      }
    }),
    { numRuns: 6 },
  );
  expect(exact).toBeGreaterThan(15);
  expect(guessed).toBeGreaterThan(5);
});
