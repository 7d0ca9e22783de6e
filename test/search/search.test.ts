import { open as openFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type DataFolder, openDataFolder } from '../../src/host/data-folder.ts';
import type { Hit } from '../../src/model/search.ts';
import { readRowHistory } from '../../src/search/row-history.ts';
import { searchSnapshots } from '../../src/search/search.ts';
import { takeSnapshot } from '../../src/snapshots/take.ts';
import {
  addEvents,
  asHost,
  CHATS,
  codeOf,
  dumpChat,
  makePlace,
  makeRoot,
  open,
  putSnapshot,
  run,
} from '../support/place.ts';

const root = makeRoot();
const ANY = { kind: null, words: false };

async function makeSearched(sql = ''): Promise<DataFolder> {
  const place = await makePlace(root(), `${CHATS} ${addEvents(2)} ${sql}`);
  return openDataFolder(place.dir, { cacheDir: join(place.dir, '..', `${Date.now()}-${Math.random()}`) });
}

function say(text: string): string {
  const payload = JSON.stringify({ chat_id: 'c1', speaker: 'Ada', text }).replaceAll("'", "''");
  return `INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES ('main', '2026-01-02T00:00:00Z', 'message', '${payload}')`;
}

const textsOf = (hits: readonly Hit[]) => hits.map(({ text }) => text);

describe('A search', () => {
  it('tells what is gone from what is still there, and which snapshots hold it', async () => {
    const folder = await makeSearched();
    run(folder, say('The lighthouse keeper'));
    await putSnapshot(folder, 'rewind/20260101T000000Z', dumpChat(folder));
    await putSnapshot(folder, 'periodic/20260102T000000Z', dumpChat(folder));
    run(folder, 'DELETE FROM event_log WHERE id = 3');
    run(folder, say('Another lighthouse'));
    const { hits } = await searchSnapshots(folder, { phrase: 'lightHOUSE', ...ANY });
    expect(hits).toEqual([
      expect.objectContaining({
        text: 'Another lighthouse',
        live: true,
        in: [],
        key: [4n],
        marks: [[8, 18]],
      }),
      expect.objectContaining({
        table: 'event_log',
        column: 'payload_json',
        text: 'The lighthouse keeper',
        live: false,
        in: ['periodic/20260102T000000Z', 'rewind/20260101T000000Z'],
        event: {
          chat: 'c1',
          chatName: 'Harbour',
          speaker: 'Ada',
          ts: '2026-01-02T00:00:00Z',
          kind: 'message',
        },
      }),
    ]);
    const { hits: checkpoints } = await searchSnapshots(folder, {
      phrase: 'lighthouse',
      kind: 'periodic',
      words: false,
    });
    expect(checkpoints.map((one) => one.in)).toEqual([['periodic/20260102T000000Z']]);
  });

  it('shows a row that an event changed elsewhere as one version of its text', async () => {
    const folder = await makeSearched('ALTER TABLE chats ADD COLUMN mood TEXT');
    await putSnapshot(folder, 'rewind/20260101T000000Z', dumpChat(folder));
    run(folder, "UPDATE chats SET mood = 'calm'");
    const { hits } = await searchSnapshots(folder, { phrase: 'harbour', ...ANY });
    expect(hits).toEqual([
      expect.objectContaining({ table: 'chats', key: ['c1'], live: true, in: ['rewind/20260101T000000Z'] }),
    ]);
  });

  it('tells a message that a rewind has hidden from one that everybody sees', async () => {
    const folder = await makeSearched();
    await putSnapshot(folder, 'rewind/20260101T000000Z', dumpChat(folder));
    run(folder, 'UPDATE event_log SET hidden = 1 WHERE id = 2');
    await putSnapshot(folder, 'rewind/20260102T000000Z', dumpChat(folder));
    const { hits } = await searchSnapshots(folder, { phrase: 'line', ...ANY });
    const ids = ['rewind/20260102T000000Z', 'rewind/20260101T000000Z'];
    expect(hits).toEqual([
      expect.objectContaining({
        text: 'line 2',
        live: true,
        hiddenNow: true,
        in: ids,
        hiddenIn: ids.slice(0, 1),
      }),
      expect.objectContaining({ text: 'line 1', live: true, hiddenNow: false, in: ids, hiddenIn: [] }),
    ]);
  });

  it('looks at whole words on request, in scripts without spaces too', async () => {
    const folder = await makeSearched();
    run(folder, [say('a rainbow'), say('the bow'), say('我喜欢北京'), say('東京都')].join(';'));
    const find = async (phrase: string, words: boolean) =>
      textsOf((await searchSnapshots(folder, { phrase, kind: null, words })).hits).toSorted();
    expect(await find('bow', false)).toEqual(['a rainbow', 'the bow']);
    expect(await find('bow', true)).toEqual(['the bow']);
    expect(await find('北京', true)).toEqual(['我喜欢北京']);
    expect(await find('欢北', true)).toEqual([]);
  });

  it('names the snapshots that it could not search, with the reason, and searches the others', async () => {
    const folder = await makeSearched();
    await putSnapshot(folder, 'rewind/20260101T000000Z', dumpChat(folder));
    await putSnapshot(folder, 'rewind/20260102T000000Z', dumpChat(folder).slice(0, -40));
    const { hits, searched, notSearched } = await searchSnapshots(folder, { phrase: 'line 2', ...ANY });
    expect(textsOf(hits)).toEqual(['line 2']);
    expect(searched).toBe(1);
    expect(notSearched).toEqual([
      { id: 'rewind/20260102T000000Z', reason: expect.stringContaining('damaged') },
    ]);
  });

  it('finds what is in tables and columns that the database does not have any more', async () => {
    const folder = await makeSearched(
      `CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT, mood TEXT);
       INSERT INTO memories VALUES (7, 'The letter', 'calm as glass');
       CREATE TABLE scenes (id INTEGER PRIMARY KEY, chat_id TEXT, title TEXT);
       INSERT INTO scenes VALUES (1, 'c1', 'glass house'), (2, 'c1', 'shore');`,
    );
    const { id } = await takeSnapshot(folder, 'rewind');
    const dump = JSON.stringify({
      last_event_id: 2,
      event_log: [],
      scraps: [{ id: 'a', text: 'glass beads' }],
    });
    await putSnapshot(folder, 'rewind/20260101T000000Z', dump);
    run(folder, 'ALTER TABLE memories DROP COLUMN mood; DROP TABLE scenes');
    for (const _ of ['cold', 'again']) {
      const { hits, notSearched } = await searchSnapshots(folder, { phrase: 'glass', ...ANY });
      expect(notSearched).toEqual([]);
      const found = hits.map(({ table, key, column, text, in: ids, live }) => [
        table,
        key,
        column,
        text,
        ids,
        live,
      ]);
      expect(new Set(found)).toEqual(
        new Set([
          ['memories', [7n], 'mood', 'calm as glass', [id], false],
          ['scenes', [1n], 'title', 'glass house', [id], false],
          ['scraps', ['a'], 'text', 'glass beads', ['rewind/20260101T000000Z'], false],
        ]),
      );
    }
    const { hits } = await searchSnapshots(folder, { phrase: 'the letter', ...ANY });
    expect(hits.map(({ table, key, live }) => [table, key, live])).toEqual([['memories', [7n], true]]);
  });

  it('says that a part of a snapshot that is no table was not searched', async () => {
    const folder = await makeSearched();
    const dump = JSON.stringify({ last_event_id: 0, event_log: [], scraps: ['glass', 1] });
    await putSnapshot(folder, 'rewind/20260101T000000Z', dump);
    for (const _ of ['cold', 'again'])
      expect((await searchSnapshots(folder, { phrase: 'glass', ...ANY })).notSearched).toEqual([
        { id: 'rewind/20260101T000000Z', reason: expect.stringContaining('scraps') },
      ]);
  });

  it('names the rows by the columns that tell them apart, and follows one, although the database is gone', async () => {
    const folder = await makeSearched(
      `CREATE TABLE memories (id INTEGER PRIMARY KEY, chat_id TEXT, text TEXT);
       INSERT INTO memories VALUES (1, 'c1', 'glass one'), (2, 'c1', 'glass two');
       CREATE TABLE edges (source_id TEXT, target_id TEXT, note TEXT, PRIMARY KEY (source_id, target_id));
       INSERT INTO edges VALUES ('a', 'b', 'glass ab'), ('a', 'c', 'glass ac');
       CREATE TABLE activity (entity_id TEXT, doing TEXT);
       INSERT INTO activity VALUES ('a', 'glass here'), ('a', 'glass there');`,
    );
    const { id: first } = await takeSnapshot(folder, 'rewind');
    run(folder, "UPDATE memories SET text = 'glass two, later' WHERE id = 2");
    const { id: second } = await takeSnapshot(folder, 'rewind');
    await rm(folder.databaseFile);
    const gone = await openDataFolder(folder.dir, { cacheDir: folder.cacheDir, withoutDatabase: true });
    const { hits } = await searchSnapshots(gone, { phrase: 'glass', ...ANY });
    expect(new Map(hits.map(({ text, key }) => [text, key]))).toEqual(
      new Map<string, unknown>([
        ['glass one', [1n]],
        ['glass two', [2n]],
        ['glass two, later', [2n]],
        ['glass ab', ['a', 'b']],
        ['glass ac', ['a', 'c']],
        ['glass here', []],
        ['glass there', []],
      ]),
    );
    const { versions } = await readRowHistory(gone, { table: 'memories', key: [2n] });
    expect(versions.map(({ row, in: ids }) => [new Map(row).get('text'), ids])).toEqual([
      ['glass two', [first]],
      ['glass two, later', [second]],
    ]);
    expect(await codeOf(readRowHistory(gone, { table: 'memories', key: [2n, 'c1'] }))).toBe('usage');
    expect(await codeOf(readRowHistory(gone, { table: 'activity', key: ['a'] }))).toBe('usage');
  });

  it('names an event by its id, and leads to its history, although the database is gone and its id is not the first column', async () => {
    const folder = await makeSearched();
    const event = (id: number) => ({
      ...{ branch_id: 'main', id, ts: '2026-01-01T00:00:00Z', kind: 'message' },
      ...{
        payload_json: JSON.stringify({ chat_id: 'c1', text: `glass ${id}` }),
        superseded_by: null,
        hidden: 0,
      },
    });
    const dump = (...ids: readonly number[]) =>
      JSON.stringify({ last_event_id: ids.at(-1), event_log: ids.map(event) });
    await putSnapshot(folder, 'rewind/20260101T000000Z', dump(1));
    await putSnapshot(folder, 'rewind/20260102T000000Z', dump(1, 2));
    await rm(folder.databaseFile);
    const gone = await openDataFolder(folder.dir, { cacheDir: folder.cacheDir, withoutDatabase: true });
    const both = ['rewind/20260102T000000Z', 'rewind/20260101T000000Z'];
    const { hits } = await searchSnapshots(gone, { phrase: 'glass', ...ANY });
    expect(hits.map(({ text, key, in: ids }) => [text, key, ids])).toEqual([
      ['glass 2', [2n], both.slice(0, 1)],
      ['glass 1', [1n], both],
    ]);
    const { versions } = await readRowHistory(gone, { table: 'event_log', key: [1n] });
    expect(versions.map(({ in: ids }) => ids)).toEqual([both.toReversed()]);
  });

  it.each(['gone', 'empty', 'overwritten', 'damaged'])(
    'searches the snapshots although the database is %s, and tells nothing of what that holds',
    async (state) => {
      const { dir, databaseFile, cacheDir } = await makeSearched();
      await putSnapshot({ dir }, 'rewind/20260101T000000Z', dumpChat(await open({ dir, databaseFile })));
      await putSnapshot({ dir }, 'rewind/20260102T000000Z', '{"last_event_id": 1, "event_log": [{"id": 1,');
      if (state === 'gone') await rm(databaseFile);
      else if (state === 'damaged') {
        const handle = await openFile(databaseFile, 'r+');
        await handle.write(Buffer.alloc(8192, 7), 0, 8192, 4096);
        await handle.close();
      } else await writeFile(databaseFile, state === 'empty' ? '' : 'no database at all');
      const folder = await openDataFolder(dir, { cacheDir, withoutDatabase: true });
      for (const _ of ['cold', 'again']) {
        const { hits, notSearched } = await searchSnapshots(folder, { phrase: 'line', ...ANY });
        expect(hits.map(({ text, in: ids, live }) => [text, ids, live])).toEqual([
          ['line 2', ['rewind/20260101T000000Z'], null],
          ['line 1', ['rewind/20260101T000000Z'], null],
        ]);
        expect(notSearched.map(({ id }) => id)).toEqual([null, 'rewind/20260102T000000Z']);
      }
    },
  );

  it('finds a phrase anywhere in a text of several megabytes, and shows what stands around it', async () => {
    const folder = await makeSearched();
    const long = (at: number) => `${'ä'.repeat(at)} Lost Lighthouse ${'ö'.repeat(3_000_000 - at)}`;
    for (const [index, at] of [0, 1_048_570, 1_040_000, 2_999_990].entries())
      run(folder, `INSERT INTO chats VALUES ('long ${index}', '${long(at)}')`);
    const { hits } = await searchSnapshots(folder, { phrase: 'lost lighthouse', ...ANY });
    expect(hits.map(({ key }) => key[0]).toSorted()).toEqual(['long 0', 'long 1', 'long 2', 'long 3']);
    for (const { text, marks } of hits) {
      expect(text.length).toBeLessThan(11_000);
      expect(marks.map(([from, to]) => text.slice(from, to))).toEqual(['Lost Lighthouse']);
    }
  });

  it.each([
    ['a list of many elements', JSON.stringify({ text: 'x', list: Array(300_000).fill('y') })],
    ['a list in a list, and so on', `${'['.repeat(200_000)}1${']'.repeat(200_000)}`],
    [
      'a text of JSON with many elements',
      JSON.stringify({ text: JSON.stringify(Array(300_000).fill('\\')) }),
    ],
  ])('finds what stands beside a payload with %s', async (_, payload) => {
    const folder = await makeSearched();
    asHost(folder, (db) => {
      db.prepare("INSERT INTO event_log (kind, payload_json) VALUES ('message', ?)").run(payload);
      db.prepare("INSERT INTO chats VALUES ('c2', ?)").run(payload);
    });
    run(folder, say('The lighthouse'));
    const { hits } = await searchSnapshots(folder, { phrase: 'lighthouse', ...ANY });
    expect(textsOf(hits)).toEqual(['The lighthouse']);
  });

  it('keeps a bounded number of hits and says that there are more', async () => {
    const folder = await makeSearched(addEvents(1500, 'word'));
    const { hits, more } = await searchSnapshots(folder, { phrase: 'word', ...ANY });
    expect(hits).toHaveLength(1000);
    expect(more).toBe(true);
    expect(hits[0]?.text).toBe('word 1500');
  });

  it('tells of hits while it goes on, newest first', async () => {
    const folder = await makeSearched();
    run(folder, say('word then'));
    await putSnapshot(folder, 'rewind/20260101T000000Z', dumpChat(folder));
    run(folder, `DELETE FROM event_log WHERE id = 3; ${say('word now')}`);
    const found: string[][] = [];
    const onFound = (hits: readonly Hit[]) => void found.push(hits.map(({ text }) => text));
    await searchSnapshots(folder, { phrase: 'word', ...ANY }, { onFound });
    expect(found).toEqual([['word now'], ['word then']]);
  });

  it('reads no snapshot a second time, not even where its stage is gone', async () => {
    const folder = await makeSearched();
    await putSnapshot(folder, 'rewind/20260101T000000Z', dumpChat(folder));
    run(folder, 'DELETE FROM event_log');
    await sleep(2100);
    await searchSnapshots(folder, { phrase: 'line', ...ANY });
    const stages = join(folder.cacheDir ?? '', 'stages');
    const listStages = async () => (await readdir(stages)).filter((name) => name.endsWith('.db'));
    for (const name of await listStages()) await rm(join(stages, name));
    const { hits } = await searchSnapshots(folder, { phrase: 'line', ...ANY });
    expect(textsOf(hits)).toEqual(['line 2', 'line 1']);
    expect(await listStages()).toEqual([]);
  });

  it('forgets a damaged index and searches all the same', async () => {
    const folder = await makeSearched();
    await searchSnapshots(folder, { phrase: 'line', ...ANY });
    const stages = join(folder.cacheDir ?? '', 'stages');
    const [index = ''] = (await readdir(stages)).filter((name) => name.endsWith('.index'));
    await writeFile(join(stages, index), 'no database');
    expect((await searchSnapshots(folder, { phrase: 'line', ...ANY })).hits).toHaveLength(2);
  });

  it('searches where nothing can be kept', async () => {
    const { dir } = await makeSearched();
    const folder = await open({ dir, databaseFile: '' });
    expect((await searchSnapshots(folder, { phrase: 'line', ...ANY })).hits).toHaveLength(2);
  });

  it('stops when it is cancelled, and the next search is whole', async () => {
    const folder = await makeSearched();
    await putSnapshot(folder, 'rewind/20260101T000000Z', dumpChat(folder));
    const abort = new AbortController();
    const cancelled = searchSnapshots(
      folder,
      { phrase: 'line', ...ANY },
      {
        signal: abort.signal,
        onFound: () => abort.abort(),
      },
    );
    const next = searchSnapshots(folder, { phrase: 'line', ...ANY });
    expect(await codeOf(cancelled)).toBe('cancelled');
    expect((await next).hits).toHaveLength(2);
  });

  it.each(['', '  ', '\u0301', 'x'.repeat(1001)])(
    'refuses a phrase with nothing in it, or too long (%#)',
    async (phrase) => {
      const folder = await makeSearched();
      expect(await codeOf(searchSnapshots(folder, { phrase, ...ANY }))).toBe('usage');
    },
  );
});
