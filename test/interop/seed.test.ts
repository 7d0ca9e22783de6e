import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildDemo } from '../../src/demo/demo.ts';
import { jsonReal } from '../../src/host/python-text.ts';
import {
  applyRestore,
  applyUndo,
  defaultRestoreOptions,
  diffSnapshot,
  isDue,
  type RestoreOptions,
  takeSnapshot,
} from '../../src/index.ts';
import { makeDir, makeRoot, open, type Place } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { buildHost, type Content, readContent } from './content.ts';
import { type Host, hosts, plain } from './hosts.ts';
import { askSeed, seedMissing } from './seed.ts';

/*
 * Snapback and the host read each other's snapshots. What the seed writes is tested with committed samples, and with
 * the seed itself if it and Python are installed. Independent code reads the tables to judge whether they are equal.
 */

const samples = fileURLToPath(new URL('../samples/seed/', import.meta.url));
const SAMPLE_ID = 'rewind/20261120T105959Z';

const root = makeRoot();

/** A data folder of a host at one of its moments, with the seed's sample of `before` as its one snapshot. */
async function settle(host: Host, moment: 'before' | 'since'): Promise<Place> {
  const dir = await makeDir(root());
  const databaseFile = join(dir, 'app.db');
  buildHost(databaseFile, host, moment);
  const file = join(dir, 'snapshots', `${SAMPLE_ID}.json`);
  await mkdir(dirname(file), { recursive: true });
  await copyFile(join(samples, `${host.name}.json`), file);
  return { dir, databaseFile };
}

/**
 * The early host's `chat_state` was empty then and is not now: emptying it must be chosen. The strict host has deleted
 * events and written others: that its log went another way must be accepted.
 */
function optionsFor(host: Host): RestoreOptions {
  const clearTables = host.name === 'early' ? ['chat_state'] : [];
  return { ...defaultRestoreOptions, clearTables, acceptOtherTimeline: host.name === 'strict' };
}

function contentOf(host: Host, { databaseFile }: Place): Content {
  return readContent(databaseFile, ['event_log', ...host.projected, ...host.bystanders]);
}

/** What a full restore must end in: log and projections as they were, everything else as it is. */
async function expectedContent(host: Host): Promise<Content> {
  const [before, since] = [await settle(host, 'before'), await settle(host, 'since')];
  return {
    ...readContent(before.databaseFile, ['event_log', ...host.projected]),
    ...readContent(since.databaseFile, host.bystanders),
  };
}

// Concurrent, because a restore mostly waits for its second to pass.
describe.concurrent.each(hosts)('a snapshot that the seed wrote for the $name host', (host) => {
  test('restores exactly, and does not touch what it does not contain', async () => {
    const place = await settle(host, 'since');
    const expected = await expectedContent(host);
    expect(contentOf(host, place)).not.toEqual(expected);
    await applyRestore(
      await open(place),
      { ...optionsFor(host), snapshotId: SAMPLE_ID, action: 'restore' },
      NOW,
    );
    expect(contentOf(host, place)).toEqual(expected);
  });

  test('does not differ from the state it was taken of', async () => {
    const diff = await diffSnapshot(await open(await settle(host, 'before')), SAMPLE_ID);
    for (const table of diff.tables) expect(table).toMatchObject({ added: 0, removed: 0, changed: 0 });
    expect([...diff.newerEvents, ...diff.returningEvents]).toEqual([]);
    expect(diff.lineage).toBe('same');
  });

  test('can restore the projections alone, and the log stays', async () => {
    const place = await settle(host, 'since');
    const { event_log: log, ...others } = await expectedContent(host);
    const { event_log: logNow } = contentOf(host, place);
    const request = {
      ...optionsFor(host),
      mode: 'projections',
      snapshotId: SAMPLE_ID,
      action: 'restore',
    } as const;
    await applyRestore(await open(place), request, NOW);
    expect(contentOf(host, place)).toEqual({ ...others, event_log: logNow });
    expect(logNow).not.toEqual(log);
  });
});

const title =
  seedMissing === null ? 'with the seed itself' : `with the seed itself (not here: ${seedMissing})`;

describe.skipIf(seedMissing !== null).concurrent(title, () => {
  /** The seed can't restore where one of its tables is missing. */
  const restorable = hosts.filter(({ name }) => name !== 'early');

  test.each(hosts)('the sample of the $name host is what the seed writes', async (host) => {
    const place = await settle(host, 'before');
    const written = String(askSeed('take', place, ['fresh']));
    expect(await readFile(join(samples, `${host.name}.json`), 'utf8')).toBe(await readFile(written, 'utf8'));
  });

  test.each(hosts)(
    'our snapshot of the $name host equals the seed’s byte for byte, up to our last key',
    async (host) => {
      const place = await settle(host, 'before');
      const theirs = await readFile(String(askSeed('take', place, ['theirs'])), 'utf8');
      const ours = await readFile((await takeSnapshot(await open(place), 'rewind')).file, 'utf8');
      const mark = ours.indexOf(', "_snapback": {');
      // We also keep what the strict host's log has beyond the seven columns that the seed asks for.
      expect(`${ours.slice(0, mark)}}`.replaceAll(', "correlation": null', '')).toBe(theirs);
    },
  );

  test('reals are written as Python writes them', () => {
    const reals = fc
      .sample(fc.double({ noNaN: true }), 2000)
      .concat(1e16, 1e15, 123456789012345680, 1e-4, 1e-5, 1.5e-7, 5e-324);
    const bytes = Buffer.from(new Float64Array(reals).buffer);
    const script =
      'import array, json, sys; print(json.dumps(list(array.array("d", sys.stdin.buffer.read()))))';
    const printed = execFileSync('python3', ['-c', script], { input: bytes, encoding: 'utf8' });
    expect(printed).toBe(`[${reals.map(jsonReal).join(', ')}]\n`);
  });

  test.each([
    ['in an ordinary environment', {}],
    [
      'where Python reads files as ASCII',
      { LC_ALL: 'C', PYTHONUTF8: '0', PYTHONCOERCECLOCALE: '0', PYTHONIOENCODING: 'ascii' },
    ],
  ])('the seed restores our snapshot without changing a row, %s', async (_, env) => {
    for (const host of restorable) {
      const [source, target] = [await settle(host, 'before'), await settle(host, 'since')];
      const ours = await takeSnapshot(await open(source), 'rewind');
      const log = contentOf(host, target).event_log;
      const { event_log: expectedLog, ...expected } = readContent(source.databaseFile, [
        'event_log',
        ...host.projected,
      ]);
      const lastEventId = askSeed('restore', target, [ours.file], env);
      expect(readContent(target.databaseFile, host.projected)).toEqual(expected);
      expect(contentOf(host, target).event_log).toEqual(log);
      expect(BigInt(String(lastEventId))).toBe(ours.lastEventId);
      expect(expectedLog).not.toEqual(log);
    }
  });

  test.each(restorable)(
    'the seed’s next start after our full restore and after its undo changes no row of the $name host',
    async (host) => {
      const place = await settle(host, 'since');
      const mistaken = contentOf(host, place);
      askSeed('take', place, ['periodic']);
      await applyRestore(
        await open(place),
        { ...optionsFor(host), snapshotId: SAMPLE_ID, action: 'restore' },
        NOW,
      );
      const restored = contentOf(host, place);
      const loaded = askSeed('cold-load', place);
      expect(withoutCounters(contentOf(host, place))).toEqual(withoutCounters(restored));
      expect(loaded).toMatchObject({ eventsToReplay: 0 });
      await applyUndo(await open(place), { acceptDrift: false }, NOW);
      expect(askSeed('cold-load', place)).toMatchObject({ eventsToReplay: 0 });
      expect(withoutCounters(contentOf(host, place))).toEqual(withoutCounters(mistaken));
    },
  );

  test('the seed’s next start from a checkpoint that is its own file, byte for byte, changes no row', async () => {
    const place = await settle(plain, 'since');
    const theirs = String(askSeed('take', place, ['theirs']));
    const restored = contentOf(plain, place);
    appendEvents(place.databaseFile, 3);
    const snapshotId = `theirs/${basename(theirs, '.json')}`;
    const request = restoring(snapshotId);
    const { checkpointId } = await applyRestore(await open(place), request, NOW);
    const checkpoint = await readFile(join(place.dir, 'snapshots', `${checkpointId}.json`));
    expect(checkpoint.equals(await readFile(theirs))).toBe(true);
    expect(withoutCounters(contentOf(plain, place))).toEqual(withoutCounters(restored));
    expect(askSeed('cold-load', place)).toMatchObject({ eventsToReplay: 0 });
    expect(withoutCounters(contentOf(plain, place))).toEqual(withoutCounters(restored));
  });

  /** A host that keeps two of its projections in virtual tables, and shows one as a view. */
  const OTHER_KINDS = `
    CREATE TABLE event_log (id INTEGER PRIMARY KEY, branch_id, ts, kind, payload_json, superseded_by, hidden);
    CREATE TABLE bots (id INTEGER PRIMARY KEY, name); CREATE TABLE you_entity (id); CREATE TABLE edges (id); CREATE TABLE chats (id);
    CREATE TABLE chat_state (id); CREATE TABLE containers (id); CREATE TABLE classifier_failures (id);
    CREATE VIRTUAL TABLE memories USING fts5(text, bot UNINDEXED); CREATE VIRTUAL TABLE activity USING fts4(who, what);
    CREATE VIRTUAL TABLE scenes USING rtree(id, x0, x1, +title);`;
  const OTHER_BEFORE = `
    INSERT INTO event_log (id, kind) VALUES (1, 'said'), (2, 'said'); INSERT INTO bots VALUES (1, 'ada');
    INSERT INTO memories(rowid, text, bot) VALUES (4, 'clay', 1), (9, 'glaze', 1), (12, NULL, 2.5);
    INSERT INTO activity(docid, who, what) VALUES (5, 'ada', 'waits'), (6, 'bo', 'runs'); INSERT INTO scenes VALUES (3, 0.1, 0.7, 'kiln');`;
  const OTHER_SINCE = `
    INSERT INTO event_log (id, kind) VALUES (3, 'rewind'); DELETE FROM memories WHERE rowid = 9; DELETE FROM activity;
    INSERT INTO memories(rowid, text) VALUES (10, 'since'); UPDATE scenes SET title = 'oven';`;
  const readOther = ({ databaseFile }: Place) => {
    const db = new Database(databaseFile, { readonly: true });
    const rows = ['event_log', 'memories', 'activity', 'scenes'].map((name) =>
      db.prepare(`SELECT rowid, * FROM ${name} ORDER BY rowid`).raw().all(),
    );
    db.close();
    return rows;
  };

  test('virtual tables: we dump what the seed dumps, and our restore, its undo and the seed’s next start keep every row and rowid', async () => {
    const dir = await makeDir(root());
    const place = { dir, databaseFile: join(dir, 'app.db') };
    const run = (sql: string) => {
      const db = new Database(place.databaseFile);
      db.exec(sql);
      db.close();
    };
    run(OTHER_KINDS + OTHER_BEFORE);
    const theirs = await readFile(String(askSeed('take', place, ['theirs'])), 'utf8');
    const { id, file } = await takeSnapshot(await open(place), 'rewind');
    const ours = await readFile(file, 'utf8');
    const visible = `${ours.slice(0, ours.indexOf(', "_snapback": {'))}}`;
    expect(visible.replaceAll(/, "rowid": \d+/g, '')).toBe(theirs);
    const before = readOther(place);
    run(OTHER_SINCE);
    askSeed('take', place, ['periodic']);
    const since = readOther(place);
    await applyRestore(await open(place), restoring(id), NOW);
    expect(readOther(place)).toEqual(before);
    expect(askSeed('cold-load', place)).toMatchObject({ eventsToReplay: 0 });
    expect(readOther(place)).toEqual(before);
    await applyUndo(await open(place), { acceptDrift: false }, NOW);
    expect(readOther(place)).toEqual(since);
    askSeed('cold-load', place);
    expect(readOther(place)).toEqual(since);
  });

  test('the seed and we agree on when a periodic snapshot is due', async () => {
    for (const { events, ageSeconds } of DUE_CASES) {
      const place = await settle(plain, 'before');
      if (ageSeconds !== null) {
        const written = String(askSeed('take', place, ['periodic']));
        const modified = Date.now() / 1000 - ageSeconds;
        await utimes(written, modified, modified);
      }
      appendEvents(place.databaseFile, events);
      const { due } = await isDue(await open(place));
      expect({ events, ageSeconds, due }).toEqual({ events, ageSeconds, due: askSeed('due', place) });
    }
  });

  test('without our fresh checkpoint the seed’s next start would bring the mistake back', async () => {
    const place = await makeDemo();
    const [folder, id] = [await open(place), await newestRewind(place)];
    const receipt = await applyRestore(folder, restoring(id), NOW);
    const restored = readContent(place.databaseFile, DEMO_TABLES);
    expect(askSeed('cold-load', place)).toMatchObject({ eventsToReplay: 0 });
    expect(readContent(place.databaseFile, DEMO_TABLES)).toEqual(restored);
    await rm(join(place.dir, 'snapshots', `${receipt.checkpointId}.json`));
    askSeed('cold-load', place);
    expect(readContent(place.databaseFile, DEMO_TABLES)).not.toEqual(restored);
  });
});

/** Events since the newest periodic snapshot and its age; null: there is none. */
const DUE_CASES = [
  { events: 0, ageSeconds: null },
  { events: 0, ageSeconds: 0 },
  { events: 99, ageSeconds: 1700 },
  { events: 100, ageSeconds: 0 },
  { events: 0, ageSeconds: 1801 },
];

function appendEvents(databaseFile: string, events: number): void {
  const db = new Database(databaseFile);
  db.exec(
    `INSERT INTO event_log (kind) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'message' FROM n LIMIT ${events}`,
  );
  db.close();
}

const DEMO_TABLES = [
  'event_log',
  'bots',
  'edges',
  'memories',
  'memories_fts',
  'chats',
  'chat_state',
  'scenes',
  'activity',
  'drafts',
];

async function makeDemo(): Promise<Place> {
  const dir = join(await makeDir(root()), 'demo');
  await buildDemo(dir, {}, {});
  return { dir, databaseFile: join(dir, 'chat.db') };
}

async function newestRewind({ dir }: Place): Promise<string> {
  const names = (await readdir(join(dir, 'snapshots', 'rewind'))).sort();
  return `rewind/${names.at(-1)?.replace('.json', '')}`;
}

/** The strict host counts memories by a trigger, which its own loading fires. */
function withoutCounters({ counters: _, ...content }: Content): Content {
  return content;
}
