import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Merge,
  planCopy,
  planRestore,
  restoreToCopy,
  type Selection,
  takeSnapshot,
} from '../../src/index.ts';
import { asHost, makePlace, makeRoot, open, run } from '../support/place.ts';
import { restoring } from '../support/requests.ts';
import { keeping } from '../support/rewound.ts';

const root = makeRoot();
const ID = 'backup/20260101_000000';

/** A log whose ids may be anything. */
const LOG = `CREATE TABLE event_log (id PRIMARY KEY, branch_id TEXT, ts TEXT, kind TEXT, payload_json TEXT,
  superseded_by, hidden INTEGER DEFAULT 0);`;

/** SQL: a message of the first chat with such an id, and a note on it. */
const say = (id: string, place: number) =>
  `INSERT INTO event_log VALUES ('${id}', 'main', '2026-01-01T00:00:0${place}Z', 'message',
      json_object('chat_id', 'c1', 'text', 'line ${place}'), NULL, 0);
   INSERT INTO notes VALUES (${place}, '${id}');`;

/** A rewind of that chat, with a record that has such an id. */
const recordOf = (id: string) =>
  `INSERT INTO event_log VALUES ('${id}', 'main', '2026-01-01T00:00:08Z', 'rewind', json_object('chat_id', 'c1'), NULL, 0);`;

describe.concurrent.each([
  ['that are usual', (place: number) => `m-${place}`],
  ['that read like SQL', (place: number) => `${place}) UNION SELECT (9`],
])('a log with texts as ids %s', (_, idOf) => {
  test('gives back, into a new file, all that a rewind took', async () => {
    const place = await makePlace(root(), 'CREATE TABLE notes (id INTEGER PRIMARY KEY, event_id TEXT);', {
      tables: ['notes'],
    });
    const events = [1, 2, 3, 4].map((at) => say(idOf(at), at)).join(' ');
    run(place, `DROP TABLE event_log; ${LOG} ${events}`);
    await mkdir(join(place.dir, 'snapshots', 'backup'), { recursive: true });
    asHost(place, (db) => db.prepare('VACUUM INTO ?').run(join(place.dir, 'snapshots', `${ID}.db`)));
    run(
      place,
      `DELETE FROM event_log WHERE ts > '2026-01-01T00:00:02Z'; DELETE FROM notes WHERE id > 2; ${recordOf(idOf(8))}`,
    );
    const folder = await open(place);
    const selection: Selection = {
      ...{ by: 'rows', rows: [{ table: 'event_log', key: [idOf(3)] }] },
      related: 'operation',
    };
    const to = join(root(), `${idOf(1).replaceAll(/\W/g, '')}.db`);
    const request = { ...restoring(ID, { selection }), to };
    run(place, recordOf(idOf(9)));
    expect((await planCopy(folder, request)).refusals).toMatchObject([
      { code: 'selection-refused', detail: { why: 'no-operation' } },
    ]);
    asHost(place, (db) => db.prepare('DELETE FROM event_log WHERE id = ?').run(idOf(9)));
    const { planId, refusals, related } = await planCopy(folder, request);
    expect(refusals).toEqual([]);
    expect(related).toEqual([
      { table: 'notes', rows: 2 },
      { table: 'event_log', rows: 1 },
    ]);
    await restoreToCopy(folder, request, { planId });
    const ids = asHost({ databaseFile: to }, (db) =>
      db.prepare('SELECT id FROM event_log ORDER BY ts').pluck().all(),
    );
    expect(ids).toEqual([1, 2, 3, 4, 8].map(idOf));
  });

  test('that have come in since is refused in place for what it is, also to merge or to keep', async () => {
    const place = await makePlace(root(), 'CREATE TABLE notes (id INTEGER PRIMARY KEY, event_id TEXT);', {
      tables: ['notes'],
    });
    const numbered = LOG.replace('id PRIMARY KEY', 'id INT PRIMARY KEY');
    run(place, `DROP TABLE event_log; ${numbered} ${say('1', 1)} ${say('2', 2)} ${say('3', 3)}`);
    const folder = await open(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    run(place, `DELETE FROM event_log WHERE id > 1; DELETE FROM notes WHERE id > 1; ${recordOf(idOf(8))}`);
    const merge: Merge = { baseId: null, choices: { all: null, tables: [] } };
    for (const request of [restoring(id, { merge }), keeping(id), restoring(id)])
      expect((await planRestore(folder, request)).refusals).toContainEqual(
        expect.objectContaining({ code: 'event-ids-unsupported' }),
      );
  });
});
