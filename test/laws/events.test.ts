import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyRestore, planRestore, takeSnapshot } from '../../src/index.ts';
import { makePlace, makeRoot, open, type Place, run } from '../support/place.ts';
import { restoring } from '../support/requests.ts';

/*
 * What a restore loses of a log, judged by reading both logs. An event is its id, time, kind and payload, counted as
 * often as it occurs. Ids are reused, keys are missing, flags change.
 */

const root = makeRoot();

const KEYS = ['id INTEGER PRIMARY KEY', 'id INTEGER PRIMARY KEY AUTOINCREMENT', 'id INTEGER', 'id'] as const;

/** What a host does to its log. Places are taken modulo what there is; a rewind deletes from there to the end. */
type Step =
  | { readonly type: 'append'; readonly text: string; readonly ts: string }
  | { readonly type: 'rewind' | 'flag' | 'delete' | 'copy'; readonly nth: number }
  | { readonly type: 'edit'; readonly nth: number; readonly text: string };

const nth = fc.nat({ max: 12 });
const text = fc.constantFrom('a', 'b', 'A');
const append: fc.Arbitrary<Step> = fc.record({
  type: fc.constant('append' as const),
  text,
  ts: fc.constantFrom('now', 'then'),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: append },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('rewind' as const, 'flag' as const), nth }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('delete' as const, 'copy' as const), nth }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('edit' as const), nth, text }) },
);
type History = {
  readonly key: (typeof KEYS)[number];
  readonly before: readonly Step[];
  readonly since: readonly Step[];
};
const histories: fc.Arbitrary<History> = fc.record({
  key: fc.constantFrom(...KEYS),
  before: fc.array(append, { maxLength: 8 }),
  since: fc.array(step, { maxLength: 10 }),
});

function liveThrough({ databaseFile }: Place, steps: readonly Step[]): void {
  const db = new Database(databaseFile);
  try {
    for (const one of steps) {
      const rows: readonly unknown[] = db.prepare('SELECT rowid FROM event_log ORDER BY rowid').pluck().all();
      const place = one.type === 'append' || rows.length === 0 ? null : rows[one.nth % rows.length];
      const payload = (said: string) => JSON.stringify({ chat_id: 'c', text: said });
      if (one.type === 'append')
        db.prepare(
          `INSERT INTO event_log (id, ts, kind, payload_json) SELECT ${nextId(db)}, ?, 'message', ?`,
        ).run(one.ts, payload(one.text));
      else if (one.type === 'rewind') db.prepare('DELETE FROM event_log WHERE rowid >= ?').run(place);
      else if (one.type === 'flag') db.prepare('UPDATE event_log SET hidden = 1 WHERE rowid = ?').run(place);
      else if (one.type === 'delete') db.prepare('DELETE FROM event_log WHERE rowid = ?').run(place);
      else if (one.type === 'edit')
        db.prepare('UPDATE event_log SET payload_json = ? WHERE rowid = ?').run(payload(one.text), place);
      else copyEvent(db, place);
    }
  } finally {
    db.close();
  }
}

/** Left to SQLite where there is a key. */
function nextId(db: Database.Database): string {
  return hasKey(db) ? 'NULL' : '(SELECT ifnull(max(id), 0) + 1 FROM event_log)';
}

function copyEvent(db: Database.Database, place: unknown): void {
  db.prepare(
    `INSERT INTO event_log (id, ts, kind, payload_json, hidden)
       SELECT ${hasKey(db) ? 'NULL' : 'id'}, ts, kind, payload_json, 0 FROM event_log WHERE rowid = ?`,
  ).run(place);
}

function hasKey(db: Database.Database): boolean {
  return db.prepare("SELECT 1 FROM pragma_table_info('event_log') WHERE pk > 0").get() !== undefined;
}

/** Every event once for each time that it is there. */
function readEvents({ databaseFile }: Place): readonly string[] {
  const db = new Database(databaseFile, { readonly: true });
  try {
    const events = db.prepare('SELECT id, ts, kind, payload_json FROM event_log').raw().all();
    return events.map((event) => JSON.stringify(event)).toSorted();
  } finally {
    db.close();
  }
}

/** What the first has more of than the second. */
function without(events: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return events.filter((event) => {
    const place = left.indexOf(event);
    if (place !== -1) left.splice(place, 1);
    return place === -1;
  });
}

const idOf = (event: string): number => Number(JSON.parse(event)[0]);

test('the surplus events of the live log are counted as newer, and a restore removes exactly those', async () => {
  const law = async ({ key, before, since }: History) => {
    const place = await makePlace(root(), 'CREATE TABLE chats (id INTEGER PRIMARY KEY, name TEXT)');
    run(
      place,
      `DROP TABLE event_log; CREATE TABLE event_log (${key}, ts TEXT, kind TEXT, payload_json TEXT, hidden INTEGER)`,
    );
    liveThrough(place, before);
    const folder = await open(place);
    const then = readEvents(place);
    const { id } = await takeSnapshot(folder, 'rewind');
    liveThrough(place, since);
    const now = readEvents(place);
    const [lost, back] = [without(now, then), without(then, now)];
    const request = restoring(id, { acceptOtherTimeline: true });
    const plan = await planRestore(folder, { ...request, acceptOtherTimeline: false });
    expect(plan.newerEventsLost).toBe(lost.length);
    const log = plan.tables.find(({ role }) => role === 'log');
    expect(log).toMatchObject({ added: back.length, removed: lost.length, snapshotRows: then.length });
    expect(log?.unchanged).toBe(then.length - back.length - (log?.changed ?? 0));
    const last = (events: readonly string[]) => Math.max(Number.NEGATIVE_INFINITY, ...events.map(idOf));
    const parted =
      lost.some((event) => idOf(event) <= last(then)) || back.some((event) => idOf(event) <= last(now));
    expect(plan.lineage).toBe(parted ? 'other' : 'same');
    expect(plan.refusals.map(({ code }) => code)).toEqual(
      parted && lost.length > 0 ? ['other-timeline'] : [],
    );
    await applyRestore(folder, request, { planId: plan.planId, whileOpen: false });
    expect(without(now, readEvents(place))).toEqual(lost);
    expect(readEvents(place)).toEqual(then);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(histories, { minLength: 1, maxLength: 12, size: 'max' }), async (list) => {
      await Promise.all(list.map(law));
    }),
    { numRuns: 4 },
  );
});
