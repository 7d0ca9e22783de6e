import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  finishInterrupted,
  keepSnapshot,
  openDataFolder,
  planRestore,
  takeSnapshot,
} from '../../src/index.ts';
import {
  addEvents,
  asHost,
  CHATS,
  codeOf,
  makePlace,
  makeRoot,
  open,
  type Place,
  putSnapshot,
  run,
} from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { keeping, REUSING_LOG, REWIND, rewindLately, textsOf, WAYS } from '../support/rewound.ts';
import { findFaults, readState } from '../support/state.ts';

/** Keeping newer events where the log, its events or the files are out of the ordinary. */
const root = makeRoot();

/** The last event of a checkpoint, and how many events it holds. */
function readCheckpoint({ dir }: Place, id: string | null): readonly unknown[] {
  const { last_event_id: last, event_log: log } = JSON.parse(
    readFileSync(join(dir, 'snapshots', `${id}.json`), 'utf8'),
  );
  return [last, log.length];
}

const refusedWith = (why: string) => [{ code: 'newer-not-kept', detail: { why } }];

describe.concurrent.each(WAYS)('of a host whose rewind %s', (way) => {
  test('what newer events have replaced stays replaced', async () => {
    const { place, folder, id, since } = await rewindLately(root(), way);
    run(place, 'UPDATE event_log SET hidden = 1, superseded_by = 15 WHERE id = 5');
    await applyRestore(folder, keeping(id), NOW);
    const flagged = asHost(place, (db) =>
      db.prepare('SELECT id, superseded_by FROM event_log WHERE hidden OR superseded_by IS NOT NULL').all(),
    );
    expect(flagged).toEqual([{ id: 5, superseded_by: 15 }]);
    await applyUndo(folder, {}, NOW);
    run(place, 'UPDATE event_log SET hidden = 0, superseded_by = NULL WHERE id = 5');
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test.each([
    [
      'has no key',
      'CREATE TABLE event_log (id INTEGER, branch_id, ts, kind, payload_json, superseded_by, hidden DEFAULT 0)',
    ],
    [
      'has a key of two columns',
      `CREATE TABLE event_log (id INTEGER, branch_id TEXT DEFAULT 'main', ts, kind, payload_json, superseded_by, hidden DEFAULT 0,
        PRIMARY KEY (branch_id, id)) WITHOUT ROWID`,
    ],
  ])('a log that %s is restored with them, and undone', async (_, log) => {
    const place = await makePlace(root(), CHATS);
    const add = (from: number, to: number, kind = 'message') =>
      `INSERT INTO event_log (id, branch_id, kind, payload_json) WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})
        SELECT i, 'main', '${kind}', json_object('chat_id', 'c1', 'text', 'line ' || i) FROM n;`;
    run(place, `DROP TABLE event_log; ${log}; ${add(1, 12)}`);
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    const take = {
      flags: 'UPDATE event_log SET hidden = 1, superseded_by = 13 WHERE id BETWEEN 9 AND 12;',
      deletes: 'DELETE FROM event_log WHERE id BETWEEN 9 AND 12;',
      appends: '',
    };
    run(place, `${add(13, 13, 'rewind')} ${take[way]} ${add(14, 15)}`);
    const since = readState(place.databaseFile);
    const plan = await planRestore(folder, keeping(id));
    expect(plan).toMatchObject({ refusals: [], replay: { fromEvent: 14n, toEvent: 15n } });
    await applyRestore(folder, keeping(id), { ...NOW, planId: plan.planId });
    expect(textsOf(place)).toEqual([...Array(12).keys(), 13, 14].map((n) => [n + 1, `line ${n + 1}`, 0]));
    await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });
});

describe.concurrent('newer events are refused', () => {
  test.each([
    ['superseded', 'hidden = 1, superseded_by = 15'],
    ['hidden', 'hidden = 1'],
  ])('if the rewind has %s some of them, too', async (_, flags) => {
    const { place, folder, id } = await rewindLately(root(), 'appends', {
      newer: `DELETE FROM event_log WHERE kind = 'rewind'; ${addEvents(1, 'between')} ${REWIND.appends(8)}
        UPDATE event_log SET ${flags} WHERE id > 8 AND kind <> 'rewind'; ${addEvents(1, 'new')}`,
    });
    const plan = await planRestore(folder, keeping(id));
    expect(plan.refusals).toMatchObject(refusedWith('newer-taken'));
    expect(textsOf(place)).toHaveLength(15);
  });

  test('if they replace lost ones and no rewind is recorded', async () => {
    const { folder, id } = await rewindLately(root(), 'appends', {
      newer: `DELETE FROM event_log WHERE kind = 'rewind'; ${addEvents(1, 'instead')}
        UPDATE event_log SET hidden = 1, superseded_by = 14 WHERE id BETWEEN 9 AND 12`,
    });
    expect((await planRestore(folder, keeping(id))).refusals).toMatchObject(refusedWith('replaced'));
  });

  test('if one has the key of a lost one, which is not its id', async () => {
    const log = `CREATE TABLE event_log (id INTEGER, branch_id, ts, kind, payload_json, superseded_by, hidden DEFAULT 0, PRIMARY KEY (ts));
      CREATE TRIGGER numbered AFTER INSERT ON event_log WHEN new.id IS NULL BEGIN
        UPDATE event_log SET id = new.rowid, ts = ifnull(nullif(ts, '2026-01-01T00:00:00Z'), new.rowid) WHERE rowid = new.rowid; END;`;
    const { place, folder, id } = await rewindLately(root(), 'deletes', {
      log,
      newer: `UPDATE event_log SET id = 13, ts = 13 WHERE kind = 'rewind';
        INSERT INTO event_log (id, ts, kind, payload_json) VALUES (20, 9, 'message', '{"chat_id": "c1", "text": "again"}')`,
    });
    const since = readState(place.databaseFile);
    const [refusal] = (await planRestore(folder, keeping(id))).refusals;
    expect([refusal]).toMatchObject(refusedWith('other-timeline'));
    const request = { ...keeping(id), acceptOtherTimeline: true };
    expect(await codeOf(applyRestore(folder, request, NOW))).toBe('newer-not-kept');
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test.each([11, 13])('if the snapshot lies about its last event: %i', async (last) => {
    const { place, folder, id } = await rewindLately(root(), 'flags');
    const file = join(place.dir, 'snapshots', `${id}.json`);
    const { _snapback, ...dump } = JSON.parse(await readFile(file, 'utf8'));
    expect(_snapback).toBeDefined();
    await putSnapshot(place, 'rewind/20260101T000000Z', JSON.stringify({ ...dump, last_event_id: last }));
    const plan = await planRestore(folder, keeping('rewind/20260101T000000Z'));
    expect(plan.refusals).toMatchObject(refusedWith('wrong-end'));
  });

  test('if the ids are texts', async () => {
    const { folder, id } = await rewindLately(root(), 'appends', {
      newer: "INSERT INTO event_log (id, kind) VALUES (99, 'message')",
      log: REUSING_LOG,
    });
    const { databaseFile } = folder;
    run(
      { dir: folder.dir, databaseFile },
      `CREATE TABLE old AS SELECT * FROM event_log; DROP TABLE event_log;
      CREATE TABLE event_log (id TEXT PRIMARY KEY, branch_id, ts, kind, payload_json, superseded_by, hidden);
      INSERT INTO event_log SELECT printf('e%03d', id), branch_id, ts, kind, payload_json, superseded_by, hidden FROM old; DROP TABLE old`,
    );
    const codes = (await planRestore(folder, keeping(id))).refusals.map(({ code }) => code);
    expect(codes).toContain('newer-not-kept');
    expect(await codeOf(applyRestore(folder, keeping(id), NOW))).toBe('newer-not-kept');
  });
});

describe.concurrent('whatever newer events hold', () => {
  test.each(['UTF-8', 'UTF-16le', 'UTF-16be'])('comes through exactly: %s', async (encoding) => {
    const { place, folder, id, since } = await rewindLately(root(), 'deletes', {
      first: `PRAGMA encoding = '${encoding}'`,
      newer: `INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES
        (CAST(x'ff00d8' AS TEXT), 9223372036854775807, NULL, x'00ff'), ('b''1''', -0.0, x'72657769', CAST(x'80' AS TEXT)),
        ('', 9e999, 'message', '{"text": "' || char(0, 8232, 128512) || '"}'), (NULL, '1.0', 'message', NULL),
        (zeroblob(0), 1e-300, 'Rewind', printf('{"chat_id": "c1", "text": "%.*c"}', 3000000, 'x'));`,
    });
    await applyRestore(folder, keeping(id), NOW);
    const kept = readState(place.databaseFile).tables.event_log ?? [];
    const newer = since.tables.event_log?.filter((row) => Number(/^integer (\d+)/.exec(row)?.[1]) > 13) ?? [];
    expect(newer).toHaveLength(5);
    expect(kept).toEqual(expect.arrayContaining([...newer]));
    expect(kept).toHaveLength(17);
    await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('in a column that the snapshot lacks stays', async () => {
    const { place, folder, id } = await rewindLately(root(), 'flags', {
      newer: `ALTER TABLE event_log ADD COLUMN mood TEXT DEFAULT 'calm'; ${addEvents(2, 'new')}
        UPDATE event_log SET mood = 'odd' WHERE id IN (3, 14)`,
    });
    const since = readState(place.databaseFile);
    await applyRestore(folder, keeping(id), NOW);
    const odd = asHost(place, (db) =>
      db.prepare("SELECT id FROM event_log WHERE mood = 'odd'").pluck().all(),
    );
    expect(odd).toEqual([3, 14]);
    expect(textsOf(place)).toHaveLength(14);
    await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('is kept although the log has lost a column, once that is accepted', async () => {
    const { place, folder, id } = await rewindLately(root(), 'flags', {
      newer: `ALTER TABLE event_log DROP COLUMN branch_id; INSERT INTO event_log (kind, payload_json) VALUES ('message', '{"text": "new"}')`,
    });
    expect((await planRestore(folder, keeping(id))).refusals).toMatchObject([{ code: 'schema-drift' }]);
    await applyRestore(folder, { ...keeping(id), acceptDrift: true }, NOW);
    expect(textsOf(place)).toHaveLength(13);
    expect(textsOf(place).at(-1)).toEqual([14, 'new', 0]);
  });

  test('is kept by a snapshot that was taken before the first event', async () => {
    const place = await makePlace(root(), CHATS);
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, addEvents(3, 'new'));
    const plan = await planRestore(folder, keeping(id));
    expect(plan).toMatchObject({ refusals: [], replay: { fromEvent: 1n, toEvent: 3n } });
    const { checkpointId } = await applyRestore(folder, keeping(id), NOW);
    expect(readCheckpoint(place, checkpointId)).toEqual([0, 0]);
    expect(textsOf(place)).toHaveLength(3);
  });
});

describe.concurrent('until the host has applied them', () => {
  test('events that were appended meanwhile do not hide that', async () => {
    const { place, folder, id } = await rewindLately(root(), 'deletes');
    await applyRestore(folder, keeping(id), NOW);
    run(place, addEvents(1, 'meanwhile'));
    expect(await codeOf(takeSnapshot(folder, 'periodic'))).toBe('events-not-applied');
    run(place, "INSERT INTO memories VALUES (14, 'of 14'), (15, 'of 15'), (16, 'of 16')");
    expect(await takeSnapshot(folder, 'periodic')).toMatchObject({ lastEventId: 16n });
  });

  test('a safety copy of that state is restored as what it is, with or without what is newer', async () => {
    const { place, folder, id } = await rewindLately(root(), 'flags');
    await applyRestore(folder, keeping(id), NOW);
    const other = await applyRestore(folder, restoring(id), NOW);
    expect(other.replay).toBe(null);
    await applyUndo(folder, {}, NOW);
    run(place, addEvents(1, 'meanwhile'));
    for (const keepNewer of [true, false]) {
      const request = { ...keeping(other.safetyCopyId), keepNewer };
      expect(await planRestore(folder, request)).toMatchObject({
        refusals: [],
        replay: { fromEvent: 14n, toEvent: keepNewer ? 16n : 15n },
      });
      const { checkpointId } = await applyRestore(folder, request, NOW);
      expect(readCheckpoint(place, checkpointId)).toEqual([12, 12]);
      expect(textsOf(place)).toHaveLength(keepNewer ? 15 : 14);
    }
  });

  test('losing the journal changes nothing', async () => {
    const { place, folder, id, since } = await rewindLately(root(), 'flags');
    await applyRestore(folder, keeping(id), NOW);
    const kept = readState(place.databaseFile);
    await rm(join(place.dir, 'snapback'), { recursive: true });
    const checkpoints = await finishInterrupted(await open(place));
    for (const { checkpointId } of checkpoints) expect(readCheckpoint(place, checkpointId)).toEqual([12, 12]);
    expect(readState(place.databaseFile)).toEqual(kept);
    expect(await codeOf(takeSnapshot(folder, 'periodic'))).toBe('events-not-applied');
    await applyUndo(folder, {}, NOW);
    expect(readState(place.databaseFile)).toEqual(since);
  });

  test('losing the safety copy does not hide that', async () => {
    const { place, folder, id } = await rewindLately(root(), 'flags');
    const { safetyCopyId } = await applyRestore(folder, keeping(id), NOW);
    await rm(join(place.dir, 'snapshots', `${safetyCopyId}.db`));
    expect(await codeOf(takeSnapshot(folder, 'periodic'))).toBe('events-not-applied');
    run(place, "INSERT INTO memories VALUES (14, 'of 14'), (15, 'of 15')");
    expect(await takeSnapshot(folder, 'periodic')).toMatchObject({ lastEventId: 15n });
  });

  test('the checkpoint comes after all others, damaged ones and those of the future', async () => {
    const { place, folder, id } = await rewindLately(root(), 'appends');
    for (const name of ['20991231T235959Z', '20991231T235959Z_998', 'zz'])
      await putSnapshot(place, `periodic/${name}`, '{"last_event_id": 15, "event_log": [');
    const { checkpointId } = await applyRestore(folder, keeping(id), NOW);
    expect(readCheckpoint(place, checkpointId)).toEqual([12, 12]);
    expect(`${checkpointId}` > 'periodic/zz').toBe(true);
  });
});

test('a snapshot that was kept serves as well', async () => {
  const { place, folder, id } = await rewindLately(root(), 'deletes');
  const kept = await keepSnapshot(folder, id, { name: 'Mine', note: null });
  await rm(join(place.dir, 'snapshots', `${id}.json`));
  const { checkpointId } = await applyRestore(folder, keeping(kept.id), NOW);
  expect(readCheckpoint(place, checkpointId)).toEqual([12, 12]);
  expect(findFaults(place.databaseFile)).toEqual([]);
});

test('beside another database, only the one that was restored waits for its host', async () => {
  const { place, folder, id } = await rewindLately(root(), 'flags');
  const other = await rewindLately(root(), 'flags');
  asHost(other.place, (db) => db.prepare('VACUUM INTO ?').run(join(place.dir, 'other.db')));
  await applyRestore(folder, keeping(id), NOW);
  expect(await codeOf(takeSnapshot(folder, 'periodic'))).toBe('events-not-applied');
  const beside = await openDataFolder(place.dir, { database: 'other.db' });
  expect(await codeOf(takeSnapshot(beside, 'periodic'))).toBe('done');
});
