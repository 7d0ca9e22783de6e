import type { DataFolder } from '../host/data-folder.ts';
import { markOfDatabase } from '../host/database-mark.ts';
import { readJournalIfAllowed } from '../journal/journal.ts';
import { chainColumns } from '../log/events.ts';
import { type LiveLog, withLiveLog } from '../log/live-log.ts';
import type { ReadMark } from '../log/log-questions.ts';
import { unlessCancelled } from '../model/errors.ts';
import type { SnapshotSummary } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { LiveLogFacts } from './facts.ts';
import { type Remembered, recall, remember } from './memory.ts';

type Lineage = SnapshotSummary['lineage'];

/*
 * A snapshot is of the same lineage if its log begins with the live log, or the live log with its. Event ids alone never
 * decide: after a database was replaced, or a log was cut and grew again, equal ids stand for other events.
 */

/** A log of at most so many events is read even at a glance, if somebody wrote to the database. That takes about 40 ms. */
const MOST_READ_AT_A_GLANCE = 20_000;

/**
 * Remembered verdicts that still hold. One holds while the live log still has all the events that it had then; where the
 * snapshot is longer than that, the live log must not have grown either. A `patient` look reads the log to be sure. To a
 * `glance`, all of them hold while nobody has written to the database since. Where somebody has, it reads a short log, and
 * knows of a long one only that two logs are not the same, by the number of events and the last one, and only until a
 * restore of ours: that may have brought back an earlier event. Where the journal may not be read, nobody knows of a restore.
 * Where another program has changed an event and changed it back, only a `patient` look shows it. `other` is a glance for
 * snapshots of another lineage alone. Empty where the database cannot be read with this effort.
 * @throws `cancelled`
 */
export async function recallLineages(
  folder: DataFolder,
  remembered: ReadonlyMap<string, Remembered>,
  effort: 'other' | 'glance' | 'patient',
  task: TaskOptions,
): Promise<ReadonlyMap<string, Lineage>> {
  const isAsked = ({ lineage }: Remembered) => effort !== 'other' || lineage?.verdict === 'other';
  const known = new Map([...remembered].filter(([, facts]) => isAsked(facts)));
  const verdicts = [...known.values()].flatMap(({ lineage }) => lineage ?? []);
  if (verdicts.length === 0) return new Map();
  const database = await markOfDatabase(folder);
  if (effort !== 'patient' && verdicts.every((verdict) => verdict.database === database))
    return new Map(
      [...known].flatMap(([key, { lineage, log }]) => (lineage && log ? [[key, lineage.verdict]] : [])),
    );
  const access = effort === 'patient' ? 'patient' : 'glance';
  const recalled = await withLiveLog(folder, access, task, async (live) => {
    const marks = verdicts.map((verdict) => verdict.live);
    // Whatever is written in between must not count as seen.
    const before = access === 'patient' ? await newestRestore(folder) : null;
    const now = await (access === 'patient' ? readAgain : lookAgain)(live, marks);
    const restore = now.isSure ? before : await newestRestore(folder);
    const found = new Map<string, Remembered>();
    for (const [key, facts] of known) {
      const { lineage, log } = facts;
      if (lineage === null || log === null) continue;
      const settled = lineage.verdict === 'other' || log.events <= lineage.live.events;
      const fits = settled || now.events === lineage.live.events;
      const isUntouched = restore !== undefined && (lineage.restore ?? null) === restore;
      const isStillOther = lineage.verdict === 'other' && isUntouched;
      const isSure = now.isSure || isStillOther || lineage.database === database;
      if (fits && isSure && now.has(lineage.live))
        found.set(key, { ...facts, lineage: { ...lineage, database, restore: restore ?? null } });
    }
    return found;
  }).catch(unlessCancelled);
  if (recalled === null) return new Map();
  // Now that all of the log was read, they hold at a glance again until somebody writes.
  if (effort === 'patient' && recalled.size > 0) await rememberAgain(folder, recalled);
  return new Map([...recalled].flatMap(([key, { lineage }]) => (lineage ? [[key, lineage.verdict]] : [])));
}

async function rememberAgain(folder: DataFolder, confirmed: ReadonlyMap<string, Remembered>): Promise<void> {
  // Another process may have remembered something meanwhile.
  const remembered = await recall(folder);
  const still = [...confirmed].filter(([key]) => remembered.has(key));
  await remember(folder, new Map([...remembered, ...still]));
}

/**
 * What names the newest restore or undo of ours that was about to write; null: there is none. Undefined: the journal may not
 * be read, so that nobody knows.
 */
async function newestRestore(folder: DataFolder): Promise<string | null | undefined> {
  const journal = await readJournalIfAllowed(folder);
  return journal === null
    ? undefined
    : (journal.findLast((one) => one.type === 'prepared')?.safetyCopyId ?? null);
}

/** `has`: whether the log still begins with what it was then; where that `isSure`, every event was looked at. */
type Now = {
  readonly events: number;
  readonly isSure: boolean;
  readonly has: (mark: ReadMark) => boolean;
};

async function lookAgain(live: LiveLog, marks: readonly ReadMark[]): Promise<Now> {
  const glance = await glanceAgain(live, marks);
  return glance.events > MOST_READ_AT_A_GLANCE ? glance : readAgain(live, marks);
}

async function readAgain(live: LiveLog, marks: readonly ReadMark[]): Promise<Now> {
  const chains = await live.chains(marks.map(({ events }) => events));
  return {
    events: chains?.end.events ?? 0,
    isSure: true,
    has: ({ events, chain }) => chains?.at.get(events) === chain,
  };
}

/** Counts each part of the log once, however many marks there are. */
async function glanceAgain(live: LiveLog, marks: readonly ReadMark[]): Promise<Now> {
  const there = new Set<string>();
  const distinct = [...new Map(marks.map((mark) => [mark.chain, mark])).values()];
  let events = 0;
  let from: bigint | null = null;
  for (const mark of distinct.toSorted((a, b) => (a.lastId < b.lastId ? -1 : 1))) {
    if (mark.events > 0) {
      events += await live.countBetween(from, mark.lastId);
      from = mark.lastId;
    }
    if (mark.events === 0 || (events === mark.events && (await live.fingerprint(mark.lastId)) === mark.last))
      there.add(mark.chain);
  }
  return {
    events: events + (await live.countBetween(from, null)),
    isSure: false,
    has: ({ chain }) => there.has(chain),
  };
}

/** What reading snapshots needs to know about the live log. One that cannot be read counts as empty, with the profile's columns. @throws `cancelled` */
export async function readLiveLogFacts(folder: DataFolder, task: TaskOptions): Promise<LiveLogFacts> {
  const found = await withLiveLog(folder, 'patient', task, async ({ identity, countAfter }) => ({
    identity,
    events: await countAfter(null),
  })).catch(unlessCancelled);
  return found ?? { identity: chainColumns(folder.profile), events: 0 };
}

/**
 * Compares the logs of snapshots that were read whole with the live log, which is read once for all of them. A snapshot
 * with more events is judged only if its own chain was noted at the live log's length. There is no verdict where the
 * database cannot be read or changes meanwhile. @throws `cancelled`
 */
export async function judgeLineages(
  folder: DataFolder,
  known: ReadonlyMap<string, Remembered>,
  task: TaskOptions,
): Promise<ReadonlyMap<string, Remembered>> {
  const lengths = [...known.values()].flatMap(({ log }) => (log === null ? [] : [log.events]));
  if (lengths.length === 0) return new Map();
  const restore = (await newestRestore(folder)) ?? null;
  const database = await markOfDatabase(folder);
  const read = (live: LiveLog) => live.chains(lengths);
  const chains = await withLiveLog(folder, 'patient', task, read).catch(unlessCancelled);
  if (chains === null) return new Map();
  const live = chains.end;
  const judged = new Map<string, Remembered>();
  for (const [key, facts] of known) {
    const verdict = compare(facts, chains.at, live.events);
    if (verdict !== null) judged.set(key, { ...facts, lineage: { verdict, live, database, restore } });
  }
  return judged;
}

function compare(
  { log, prefix }: Remembered,
  live: ReadonlyMap<number, string>,
  liveEvents: number,
): 'same' | 'other' | null {
  const shared = log === null || log.events <= liveEvents ? log : prefix;
  if (shared === null || (shared !== log && shared.events !== liveEvents)) return null;
  return live.get(shared.events) === shared.chain ? 'same' : 'other';
}
