import { expect, test } from 'vitest';
import {
  applyRestore,
  describeFolder,
  diffSnapshot,
  isDue,
  listSnapshots,
  planRestore,
  readRestoredState,
  takeIfDue,
} from '../../src/index.ts';
import { errorOf, makePlace, makeRoot, open, type Place, putSnapshot, run } from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';
import { readState } from '../support/state.ts';

/** Only the id of an event is required; whatever else a log lacks or computes, everything works. */
const root = makeRoot();

const APPEND = 'INSERT INTO event_log (id) VALUES (NULL)';

const logs: readonly (readonly [string, string, string])[] = [
  [
    'computes the kind',
    `kind TEXT GENERATED ALWAYS AS (payload_json ->> 'kind'), payload_json TEXT, ts TEXT`,
    `INSERT INTO event_log (payload_json) VALUES ('{"kind":"message"}')`,
  ],
  [
    'keeps what it computes',
    `kind TEXT, payload_json TEXT AS (json_object('kind', kind)) STORED, ts TEXT`,
    `INSERT INTO event_log (kind) VALUES ('message')`,
  ],
  ['has no time', 'kind TEXT, payload_json TEXT', "INSERT INTO event_log (kind) VALUES ('message')"],
  ['has no kind', 'ts TEXT, payload_json TEXT', "INSERT INTO event_log (ts) VALUES ('2026-01-01')"],
  ['has no payload', 'ts TEXT, kind TEXT', "INSERT INTO event_log (kind) VALUES ('message')"],
  ['has nothing but ids', 'more', APPEND],
];

async function makeLog(columns: string, append: string): Promise<Place> {
  const place = await makePlace(root(), 'CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT)');
  run(
    place,
    `DROP TABLE event_log; CREATE TABLE event_log (id INTEGER PRIMARY KEY AUTOINCREMENT, ${columns});
     INSERT INTO chats VALUES (1, 'Harbour'); ${append}; ${append};`,
  );
  return place;
}

test.concurrent.each(logs)('a log that %s', async (_, columns, append) => {
  const place = await makeLog(columns, append);
  const folder = await open(place);
  const taken = await takeIfDue(folder);
  if (!taken.taken) throw new Error('None was due.');
  expect(await isDue(folder)).toMatchObject({ due: false, counted: taken.id, passedOver: [] });
  const before = readState(place.databaseFile);
  run(place, `${append}; DELETE FROM chats`);
  expect(await isDue(folder)).toMatchObject({ due: false, counted: taken.id, passedOver: [] });
  expect(await listSnapshots(folder, { check: true })).toMatchObject([{ health: 'good', lineage: 'same' }]);
  expect(await diffSnapshot(folder, taken.id)).toMatchObject({ lineage: 'same' });
  const request = restoring(taken.id);
  expect((await planRestore(folder, request)).refusals).toEqual([]);
  await applyRestore(folder, request, NOW);
  expect(readState(place.databaseFile).tables).toEqual(before.tables);
  expect(await readRestoredState(folder)).toMatchObject({ snapshotId: taken.id });
  run(place, 'UPDATE event_log SET id = 7 WHERE id = 2');
  expect(await diffSnapshot(folder, taken.id)).toMatchObject({ lineage: 'other' });
  const listed = await listSnapshots(folder, { check: true });
  expect(listed.find(({ id }) => id === taken.id)).toMatchObject({ lineage: 'other' });
});

test('columns that the log computes do not make a host’s dump another timeline', async () => {
  const [, columns, append] = logs[0] ?? ['', '', ''];
  const place = await makeLog(columns, append);
  const event = (id: number) => ({ id, kind: 'message', payload_json: '{"kind":"message"}', ts: null });
  const dump = { last_event_id: 2, event_log: [event(1), event(2)], chats: [] };
  await putSnapshot(place, 'periodic/20260101T000000Z', JSON.stringify(dump));
  const folder = await open(place);
  expect(await listSnapshots(folder, { check: true })).toMatchObject([{ lineage: 'same' }]);
  expect(await isDue(folder)).toMatchObject({ counted: 'periodic/20260101T000000Z', passedOver: [] });
});

test('a log without ids is refused with the reason', async () => {
  const place = await makeLog('kind TEXT', APPEND);
  run(place, 'ALTER TABLE event_log RENAME COLUMN id TO number');
  const folder = await open(place);
  const problem = { code: 'database-missing', message: 'The event log “event_log” has no column “id”.' };
  for (const look of [isDue, takeIfDue]) expect(await errorOf(look(folder))).toMatchObject(problem);
  expect(await describeFolder(folder)).toMatchObject({ databaseProblem: problem });
});
