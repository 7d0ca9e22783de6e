import { rm } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { finishInterrupted } from '../../src/index.ts';
import { createLogChain } from '../../src/log/chain.ts';
import { killAtCommit } from '../support/killed.ts';
import { addEvents, makeRoot, open, run } from '../support/place.ts';
import { live, type Story } from '../support/story.ts';

/** A safety copy names the log after a restore by the events that go and come. That tells how the restore ended. */
const root = makeRoot();

/** The host writes to every table afterwards, so that only the log tells. */
const EVERYWHERE = `INSERT INTO event_log (id, ts, kind, payload_json) VALUES (9000000000, '2026', 'message', '{}');
  UPDATE bots SET name = 'host';`;

const HIDING_ROWID = `DROP TABLE event_log; CREATE TABLE event_log (id INT DEFAULT 7, branch_id TEXT, ts TEXT, kind TEXT,
  payload_json, superseded_by INTEGER, hidden INTEGER DEFAULT 0, rowid, oid, _rowid_);`;

const stories: Readonly<Record<string, Partial<Story>>> = {
  'with newer events': {},
  'whose newer events only changed their flags': { since: 'UPDATE event_log SET hidden = 1;' },
  'of which some events are gone, and others have their ids': {
    since: `DELETE FROM event_log WHERE id > 3; ${addEvents(2, 'other')}`,
  },
  'whose ids follow in another order than its rows': {
    schema: `DROP TABLE event_log; CREATE TABLE event_log (kind, id INT PRIMARY KEY DEFAULT (abs(random() % 9000000)), ts,
      payload_json, branch_id, superseded_by, hidden);`,
  },
  'with bytes, and text that cannot be decoded': {
    before: `UPDATE event_log SET payload_json = x'00ff' WHERE id = 2; UPDATE event_log SET ts = CAST(x'61ff' AS TEXT);`,
    since: `UPDATE event_log SET payload_json = CAST(x'fffe' AS TEXT) WHERE id = 2; ${addEvents(1, '\uFFFD')}`,
  },
  'with equal rows, which nothing tells apart': {
    schema: HIDING_ROWID,
    before: 'INSERT INTO event_log SELECT * FROM event_log;',
    since: 'INSERT INTO event_log SELECT * FROM event_log LIMIT 3;',
  },
};

test.each(
  Object.entries(stories).flatMap(([name, story]) =>
    [true, false].map((committed) => ({ name, story, committed })),
  ),
)('a log $name tells how a restore ended: committed $committed', async ({ story, committed }) => {
  const { schema = '', before = '', since = '' } = story;
  const { place, id } = await live(root(), {
    schema: `${schema} CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);`,
    before: `${before} INSERT INTO bots VALUES (1, 'ada');`,
    since: `${since} UPDATE bots SET name = 'mistaken';`,
  });
  const { draft } = await killAtCommit(place, id, { committed, acceptOtherTimeline: true });
  if (draft !== null) await rm(draft);
  run(place, EVERYWHERE);
  const outcome = committed ? 'committed' : 'not-committed';
  expect(await finishInterrupted(await open(place))).toMatchObject([{ outcome }]);
});

test('a log that the note of an earlier version names by its extent still tells it', async () => {
  const { place, id } = await live(root(), {
    schema: 'CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT);',
    before: "INSERT INTO bots VALUES (1, 'ada');",
    since: "UPDATE bots SET name = 'mistaken';",
  });
  const { receipt, draft } = await killAtCommit(place, id, { committed: true });
  if (draft !== null) await rm(draft);
  const chain = createLogChain();
  const db = new Database(place.databaseFile);
  const events = db.prepare<[], [bigint, string, string, string]>(
    'SELECT id, ts, kind, payload_json FROM event_log ORDER BY id',
  );
  for (const event of events.raw().safeIntegers().all()) chain.add(event);
  db.close();
  const copy = new Database(`${place.dir}/snapshots/${receipt.safetyCopyId}.db`);
  // Such a copy named its own log, too.
  const notes = "json_set(value, '$.log', json(?), '$.restore.log', json(?))";
  copy
    .prepare(`UPDATE snapback_about SET value = ${notes} WHERE part = 1`)
    .run(JSON.stringify(createLogChain().peek()), JSON.stringify(chain.peek()));
  copy.close();
  run(place, EVERYWHERE);
  expect(await finishInterrupted(await open(place))).toMatchObject([{ outcome: 'committed' }]);
});
