import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRowHistory } from '../../src/search/row-history.ts';
import { CHATS, codeOf, hostDump, makePlace, makeRoot, open, putSnapshot, run } from '../support/place.ts';

const root = makeRoot();
const BIG = 9007199254740993n;

describe('The history of a row', () => {
  it('is its distinct versions, oldest first, with the snapshots that hold each', async () => {
    const place = await makePlace(root(), CHATS, { tables: ['chats'] });
    const folder = await open(place);
    const dump = (title: string) =>
      JSON.stringify({ last_event_id: 0, event_log: [], chats: [{ id: 'c1', title }] });
    await putSnapshot(place, 'rewind/20260101T000000Z', dump('Old'));
    await putSnapshot(place, 'rewind/20260102T000000Z', dump('New'));
    await putSnapshot(place, 'periodic/20260103T000000Z', dump('Old'));
    await putSnapshot(place, 'periodic/20260104T000000Z', '{"last_event_id": 0');
    await putSnapshot(
      place,
      'periodic/20260105T000000Z',
      JSON.stringify({ last_event_id: 0, event_log: [], chats: [] }),
    );
    run(place, "UPDATE chats SET title = 'New'");
    expect(await readRowHistory(folder, { table: 'CHATS', key: ['c1'] })).toEqual({
      table: 'chats',
      key: ['c1'],
      versions: [
        {
          row: [
            ['id', 'c1'],
            ['title', 'Old'],
          ],
          in: ['rewind/20260101T000000Z', 'periodic/20260103T000000Z'],
          live: false,
          said: null,
        },
        {
          row: [
            ['id', 'c1'],
            ['title', 'New'],
          ],
          in: ['rewind/20260102T000000Z'],
          live: true,
          said: null,
        },
      ],
      notSearched: [{ id: 'periodic/20260104T000000Z', reason: expect.any(String) }],
    });
  });

  it('of a message tells what was said, also where it is hidden now, and of another row nothing', async () => {
    const place = await makePlace(root(), CHATS, { tables: ['chats'] });
    const said = JSON.stringify({ chat_id: 'c1', speaker: 'Mara', text: 'One thing first.' });
    const event = (hidden: number) => ({
      ...{ id: 7, branch_id: 'main', ts: '2026-01-01T00:00:00Z', kind: 'message' },
      ...{ payload_json: said, superseded_by: null, hidden },
    });
    await putSnapshot(
      place,
      'rewind/20260101T000000Z',
      JSON.stringify({ last_event_id: 7, event_log: [event(0)], chats: [] }),
    );
    await putSnapshot(
      place,
      'rewind/20260102T000000Z',
      JSON.stringify({ last_event_id: 7, event_log: [event(1)], chats: [] }),
    );
    const { versions } = await readRowHistory(await open(place), { table: 'event_log', key: [7n] });
    const words = { speaker: 'Mara', text: 'One thing first.', ts: '2026-01-01T00:00:00Z', kind: 'message' };
    expect(versions.map((version) => version.said)).toEqual([
      { ...words, isHidden: false },
      { ...words, isHidden: true },
    ]);
  });

  it('finds a row by all values of its key, as they are or as a person writes them, and tells every value exactly', async () => {
    const place = await makePlace(
      root(),
      `CREATE TABLE pairs (a INTEGER, b TEXT COLLATE NOCASE, c, d BLOB, PRIMARY KEY (a, b));
       INSERT INTO pairs VALUES (${BIG}, 'é', ${BIG}, x'00ff'), (1, 'x', 1.0, NULL)`,
      { tables: ['pairs'] },
    );
    const folder = await open(place);
    for (const asked of [
      { key: [BIG, 'é'] },
      { key: [BIG, 'é'], isWritten: true },
      { key: [String(BIG), 'é'], isWritten: true },
    ]) {
      const { versions } = await readRowHistory(folder, { table: 'pairs', ...asked });
      expect(versions.map(({ row }) => Object.fromEntries(row))).toEqual([
        { a: BIG, b: 'é', c: BIG, d: Buffer.from([0, 255]) },
      ]);
    }
    const { versions } = await readRowHistory(folder, { table: 'pairs', key: ['1', 'X'], isWritten: true });
    expect(versions.map(({ row }) => row[2])).toEqual([['c', 1]]);
  });

  it('follows one row wherever a written key could mean several, the text before what it spells', async () => {
    const place = await makePlace(
      root(),
      `CREATE TABLE loose (k PRIMARY KEY, note) WITHOUT ROWID;
       INSERT INTO loose VALUES ('5', 'text'), (5, 'number'), (7, 'seven'), (1.5, 'real'), (9e999, 'endless'),
         (x'00ff', 'bytes'), ('{"base64": "AP8="}', 'like bytes'), ('{"real": "Infinity"}', 'like endless'), (x'01', 'byte');
       CREATE TABLE pairs (a, b, note, PRIMARY KEY (a, b)); INSERT INTO pairs VALUES ('5', 5, 'mixed')`,
      { tables: ['loose', 'pairs'] },
    );
    const folder = await open(place);
    const dump = {
      last_event_id: 0,
      event_log: [],
      loose: [
        { k: 5, note: 'number then' },
        { k: '7', note: 'seven then' },
      ],
    };
    await putSnapshot(place, 'rewind/20260101T000000Z', JSON.stringify(dump));
    const notes = async (table: string, key: readonly (string | bigint)[], isWritten = true) => {
      const { versions } = await readRowHistory(folder, { table, key, isWritten });
      return versions.map(({ row }) => row.at(-1)?.[1]);
    };
    expect(await notes('loose', ['5'])).toEqual(['text']);
    expect(await notes('loose', ['5'], false)).toEqual(['text']);
    expect(await notes('loose', [5n])).toEqual(['number then', 'number']);
    expect(await notes('loose', ['7'])).toEqual(['seven then']);
    expect(await notes('loose', ['1.5'])).toEqual(['real']);
    expect(await notes('loose', ['{"base64": "AP8="}'])).toEqual(['like bytes']);
    expect(await notes('loose', ['{"base64":"AQ=="}'])).toEqual(['byte']);
    expect(await notes('loose', ['{"real": "Infinity"}'])).toEqual(['like endless']);
    expect(await notes('loose', ['{"real":"Infinity"}'])).toEqual(['endless']);
    expect(await notes('pairs', ['5', '5'])).toEqual(['mixed']);
  });

  it('says what it leaves out: columns that today’s table lacks', async () => {
    const place = await makePlace(root(), CHATS, { tables: ['chats', 'other'] });
    const dump = {
      ...{ last_event_id: 0, event_log: [], other: [{ id: 1 }] },
      chats: [{ id: 'c1', title: 'Harbour', mood: 'calm' }],
    };
    await putSnapshot(place, 'rewind/20260101T000000Z', JSON.stringify(dump));
    const { versions, notSearched } = await readRowHistory(await open(place), {
      table: 'chats',
      key: ['c1'],
    });
    expect(versions).toMatchObject([{ in: ['rewind/20260101T000000Z'], live: true }]);
    expect(notSearched).toEqual([
      {
        id: 'rewind/20260101T000000Z',
        reason: 'The database has no column “mood” in “chats”, so it was not searched.',
      },
    ]);
  });

  it.each([
    ['nowhere', ['1']],
    ['chats', []],
    ['chats', ['a', 'b']],
    ['keyless', ['1']],
  ])('refuses %s with the key %j', async (table, key) => {
    const place = await makePlace(root(), `${CHATS} CREATE TABLE keyless (a)`, {
      tables: ['chats', 'keyless'],
    });
    expect(await codeOf(readRowHistory(await open(place), { table, key }))).toBe('usage');
  });

  it('follows a row without the database also where a part of its key is enough in some snapshots', async () => {
    const place = await makePlace(root(), '', { tables: ['moods'] });
    const folder = await open(place);
    const [first, second, third] = ['01', '02', '03'].map((day) => `rewind/202601${day}T000000Z`);
    await putSnapshot(place, `${first}`, dumpMoods(['mara', 'calm']));
    await putSnapshot(place, `${second}`, dumpMoods(['mara', 'glad'], ['otto', 'calm']));
    await putSnapshot(place, `${third}`, dumpMoods(['otto', 'sad']));
    await rm(place.databaseFile);
    const told = async (...key: readonly string[]) => {
      const { versions } = await readRowHistory(folder, { table: 'moods', key });
      return versions.map(({ row, in: ids }) => [new Map(row).get('mood'), ids]);
    };
    expect(await told('c1', 'mara')).toEqual([
      ['calm', [first]],
      ['glad', [second]],
    ]);
    expect(await told('c1', 'otto')).toEqual([
      ['calm', [second]],
      ['sad', [third]],
    ]);
    expect(await codeOf(readRowHistory(folder, { table: 'moods', key: ['c1', 'mara', 'calm'] }))).toBe(
      'usage',
    );
  });

  it('names each snapshot without the database in which so many values do not tell the rows apart', async () => {
    const place = await makePlace(root(), '', { tables: ['moods'] });
    const folder = await open(place);
    const [one, two, none] = ['01', '02', '03'].map((day) => `rewind/202601${day}T000000Z`);
    await putSnapshot(place, `${one}`, dumpMoods(['mara', 'calm']));
    await putSnapshot(place, `${two}`, dumpMoods(['mara', 'glad'], ['otto', 'calm']));
    await putSnapshot(place, `${none}`, dumpMoods());
    await rm(place.databaseFile);
    const { versions, notSearched } = await readRowHistory(folder, { table: 'moods', key: ['c1'] });
    expect(versions.map(({ in: ids }) => ids)).toEqual([[one]]);
    expect(notSearched).toEqual([
      { id: two, reason: 'The rows of “moods” cannot be told apart by 1 value in it.' },
      { id: null, reason: expect.any(String) },
    ]);
  });

  it('never writes into the data folder', async () => {
    const place = await makePlace(root(), CHATS, { tables: ['chats'], journalMode: 'delete' });
    const folder = { ...(await open(place)), cacheDir: join(place.dir, '..', 'cache') };
    const { versions } = await readRowHistory(folder, { table: 'chats', key: ['c1'] });
    expect(versions).toHaveLength(1);
  });
});

function dumpMoods(...moods: readonly (readonly [bot: string, mood: string])[]): string {
  return hostDump(0, { moods: moods.map(([bot_id, mood]) => ({ chat_id: 'c1', bot_id, mood })) });
}
