import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyRestore, diffSnapshot, isDue, listSnapshots, planRestore } from '../../src/index.ts';
import { makePlace, makeRoot, open, type Place, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';
import { askSeed, seedMissing } from './seed.ts';

/*
 * The host writes a BLOB as the text of Python's repr, so its snapshot alone can't tell whether a value was a BLOB or a
 * text. Whatever type a column declares, each value comes back as it was, or the plan counts it as a guess.
 */

const root = makeRoot();
const TYPES = ['BLOB', 'TEXT', '', 'VECTOR(3)', 'JSONB', 'BINARY(16)', 'NUMERIC', 'INTEGER', 'VARCHAR(9)'];

/** Has the host take a snapshot, some time ago. */
async function takeAsHost(place: Place, kind = 'rewind'): Promise<string> {
  const file = String(askSeed('take', place, [kind]));
  return `${kind}/${basename(file, '.json')}`;
}

async function restore(place: Place, snapshotId: string, options = {}) {
  const request = restoring(snapshotId, options);
  return applyRestore(await open(place), request, NOW);
}

const planOf = async (place: Place, snapshotId: string, options = {}) =>
  planRestore(await open(place), restoring(snapshotId, options));

const title = seedMissing === null ? 'bytes' : `bytes (not here: ${seedMissing})`;

describe.skipIf(seedMissing !== null)(title, () => {
  test.each(TYPES)(
    'in a column declared “%s” come back as they were, beside texts that look like them',
    async (type) => {
      const place = await makePlace(
        root(),
        `CREATE TABLE memories (id INTEGER PRIMARY KEY, v ${type});
       INSERT INTO memories VALUES (1, x'00ff27'), (2, 'b''a'''), (3, x'61'), (4, 'plain'), (5, NULL), (6, x'');`,
      );
      const before = readState(place.databaseFile).tables;
      const id = await takeAsHost(place);
      const unchanged = await diffSnapshot(await open(place), id);
      expect(unchanged.tables.filter(({ added, removed, changed }) => added + removed + changed > 0)).toEqual(
        [],
      );
      expect(unchanged.guessedBlobs).toEqual([]);
      run(place, 'DELETE FROM memories WHERE id = 4;');
      await restore(place, id);
      expect(readState(place.databaseFile).tables.memories).toEqual(before.memories);
    },
  );

  test.each(TYPES.filter((type) => type !== 'INTEGER'))(
    'as keys in a column declared “%s” match the rows that they belong to',
    async (type) => {
      const place = await makePlace(
        root(),
        `CREATE TABLE bots (id ${type} PRIMARY KEY, name TEXT);
       INSERT INTO bots VALUES (x'00ff', 'Ada'), ('b''a''', 'Ben'), (x'61', 'Cy'), ('d', 'Di');`,
      );
      const before = readState(place.databaseFile).tables;
      const id = await takeAsHost(place);
      expect(
        (await planOf(place, id)).tables.filter(
          ({ added, removed, changed }) => added + removed + changed > 0,
        ),
      ).toEqual([]);
      run(place, "DELETE FROM bots WHERE name = 'Di';");
      await restore(place, id, { acceptDrift: true });
      expect(readState(place.databaseFile).tables.bots).toEqual(before.bots);
    },
  );

  test('in a table without a key are recognized by the live rows', async () => {
    const place = await makePlace(
      root(),
      `CREATE TABLE edges (a, b TEXT);
       INSERT INTO edges VALUES (x'61', 'x'), ('b''b''', x'62'), (x'61', 'x'), (1.5, NULL);`,
    );
    const before = readState(place.databaseFile).tables;
    const id = await takeAsHost(place);
    const { tables, guessedBlobs } = await diffSnapshot(await open(place), id);
    expect(tables.find(({ name }) => name === 'edges')).toMatchObject({ added: 0, removed: 0, changed: 0 });
    expect(guessedBlobs).toEqual([]);
    run(place, 'DELETE FROM edges WHERE a = 1.5;');
    await restore(place, id);
    expect(readState(place.databaseFile).tables.edges).toEqual(before.edges);
  });

  test('in the payload of events leave log and snapshot on one timeline, in the list, the plan and the periodic rule', async () => {
    const place = await makePlace(root(), '');
    run(
      place,
      `INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES ('m', 't', 'k', x'80ff'), ('m', 't', 'k', 'b''a''');`,
    );
    const id = await takeAsHost(place, 'periodic');
    run(place, "INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES ('m', 't', 'k', x'81');");
    expect((await planOf(place, id)).newerEvents).toHaveLength(1);
    expect((await diffSnapshot(await open(place), id)).lineage).toBe('same');
    const listed = await listSnapshots(await open(place), { check: true });
    expect(listed.map(({ lineage }) => lineage)).toEqual(['same']);
    const { due, counted } = await isDue(await open(place));
    expect(counted).toBe(id);
    expect(due).toBe(askSeed('due', place));
  });

  test('of deleted rows are recognized by their column, and counted', async () => {
    const place = await makePlace(
      root(),
      `CREATE TABLE memories (id INTEGER PRIMARY KEY, v VECTOR(3), t TEXT);
       INSERT INTO memories VALUES (1, x'01', 'b''a'''), (2, x'02', 'x'), (3, NULL, 'b''c''');`,
    );
    const before = readState(place.databaseFile).tables;
    const id = await takeAsHost(place);
    run(place, 'DELETE FROM memories WHERE id = 1;');
    const { guessedBlobs, refusals } = await planOf(place, id);
    expect(guessedBlobs).toEqual([
      { table: 'memories', column: 'v', values: 1, takenAs: 'bytes', because: 'column' },
      { table: 'memories', column: 't', values: 1, takenAs: 'text', because: 'column' },
    ]);
    expect(refusals).toEqual([]);
    await restore(place, id);
    expect(readState(place.databaseFile).tables.memories).toEqual(before.memories);
  });

  test('that nothing identifies are counted, and restored only once that is accepted', async () => {
    const place = await makePlace(
      root(),
      `CREATE TABLE memories (id INTEGER PRIMARY KEY, v, t TEXT, f BLOB);
       INSERT INTO memories VALUES (1, x'01', x'02', x'03');`,
    );
    const id = await takeAsHost(place);
    run(place, 'DELETE FROM memories;');
    const { guessedBlobs, refusals } = await planOf(place, id);
    expect(guessedBlobs).toEqual([
      { table: 'memories', column: 'v', values: 1, takenAs: 'bytes', because: 'nothing' },
      { table: 'memories', column: 't', values: 1, takenAs: 'text', because: 'nothing' },
      { table: 'memories', column: 'f', values: 1, takenAs: 'bytes', because: 'type' },
    ]);
    expect(refusals.map(({ code }) => code)).toEqual(['schema-drift']);
    expect(refusals[0]?.message).toContain('memories');
    await expect(restore(place, id)).rejects.toMatchObject({ code: 'schema-drift' });
    expect(readState(place.databaseFile).tables.memories).toEqual([]);
    await restore(place, id, { acceptDrift: true });
    expect(readState(place.databaseFile).tables.memories).toEqual([
      `integer 1 blob 01 text ${Buffer.from("b'\\x02'").toString('hex').toUpperCase()} blob 03`,
    ]);
  });
});
