import type { Profile } from '../host/profile.ts';
import { type EventPlace, inOrder, standsBefore } from '../log/event-order.ts';
import { createEventReader, type EventFields, type ReadEvent } from '../log/event-reader.ts';
import { findForeignId, hasRepeatedId } from '../log/events.ts';
import { flaggedSql } from '../log/flags.ts';
import type { TaskOptions } from '../model/task.ts';
import type { ReadDatabase, WriteDatabase } from '../sqlite/database.ts';
import { placeOfName } from '../sqlite/names.ts';
import { stageColumn } from '../stage/layout.ts';
import { stagedEventColumns } from '../stage/staged-events.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { createYielder } from '../system/yielder.ts';
import type { LogDifference } from './log-difference.ts';
import { createIndex, type IndexWriter, PRESENCE } from './message-index.ts';

/** The log of a snapshot, and how its events are read. */
export type LogRows = {
  /** A connection to the stage of its own. */
  readonly db: ReadDatabase;
  readonly log: StagedTable;
  readonly profile: Profile;
  readonly fields: EventFields;
};

/** Notes what is different now, while the moment lasts in which it was found. Begins the index. @throws `cancelled`, `disk-full` */
export async function noteDifference(
  index: WriteDatabase,
  { db, profile, fields }: LogRows,
  difference: LogDifference,
  task: TaskOptions,
): Promise<IndexWriter> {
  const yielder = createYielder(task);
  const writer = createIndex(index);
  db.pragma('temp_store = FILE');
  db.exec(`CREATE TEMP TABLE missing (ord INTEGER PRIMARY KEY);
    CREATE TEMP TABLE reflagged (ord INTEGER PRIMARY KEY, flagged INTEGER, by)`);
  const addMissing = db.prepare<[bigint]>('INSERT INTO temp.missing VALUES (?)');
  const addReflagged = db.prepare<[bigint, number, unknown]>('INSERT INTO temp.reflagged VALUES (?, ?, ?)');
  db.exec('BEGIN');
  for (const ord of difference.missing()) {
    addMissing.run(ord);
    await yielder.step();
  }
  for (const { ord, flagged, by } of difference.reflagged()) {
    addReflagged.run(ord, Number(flagged), by);
    await yielder.step();
  }
  db.exec('COMMIT');
  const reader = createEventReader(profile, fields, difference.names);
  for (const values of difference.newer(reader.columns)) {
    writer.addNewer({ ...reader.read(values), flagged: values.at(-1) === 1n });
    await yielder.step();
  }
  return writer;
}

/** Writes a line for each event, in the order of both logs together. Newer ones stand after what was lost at their place. @throws `cancelled`, `disk-full` */
export async function fillIndex(
  index: WriteDatabase,
  rows: LogRows,
  writer: IndexWriter,
  task: TaskOptions,
): Promise<void> {
  const { db, log, profile, fields } = rows;
  const yielder = createYielder(task);
  const { names, sqlOf } = stagedEventColumns(profile, log, { alias: 's', schemaName: 'main' });
  const reader = createEventReader(profile, fields, names);
  const own = [...reader.columns.map(sqlOf), flaggedSql(profile, sqlOf), 's.rowid'];
  const now = ['m.ord IS NOT NULL', 'r.ord IS NOT NULL', 'r.flagged', 'r.by'];
  const scan = db
    .prepare<[], unknown[]>(
      `SELECT ${[...own, ...now].join(', ')} FROM main.${log.name} s
         LEFT JOIN temp.missing m ON m.ord = s.rowid LEFT JOIN temp.reflagged r ON r.ord = s.rowid
         ORDER BY ${orderOf(rows)}`,
    )
    .raw()
    .safeIntegers();
  const newer = createNewerQueue(index, writer);
  let done = 0;
  for (const values of scan.iterate()) {
    const [isFlagged, ord, isMissing, isReflagged, flaggedNow, by] = values.slice(reader.columns.length);
    const was = isFlagged === 1n ? PRESENCE.hidden : PRESENCE.visible;
    const hiddenNow = isReflagged === 1n ? flaggedNow === 1n : isFlagged === 1n;
    const there = hiddenNow ? PRESENCE.hidden : PRESENCE.visible;
    const event = reader.read(values);
    if (isMissing !== 1n) newer.addUpTo(event.order);
    const source = typeof ord === 'bigint' ? ord : 0n;
    const state = { source, isNewer: false, was, now: isMissing === 1n ? PRESENCE.absent : there, by };
    writer.add({ ...event, speaks: speaks(event), ...state });
    done += 1;
    if (done % 1000 === 0)
      yielder.report({ phase: 'compare', done, total: log.rows, unit: 'rows', cancellable: true });
    await yielder.step();
  }
  newer.addAll();
}

/** By the column that the profile names; else by id where each is a whole number of its own; else as the snapshot has them. */
function orderOf({ db, log, profile }: LogRows): string {
  const ordered = profile.log.order === null ? -1 : placeOfName(log.columns, profile.log.order);
  if (ordered !== -1) return inOrder(profile, `s.${stageColumn(ordered)}`, 's.rowid');
  const place = placeOfName(log.columns, profile.log.columns.id);
  if (place === -1 || log.rowid === 'key') return 's.rowid';
  const column = stageColumn(place);
  const ids = { schemaName: 'main', table: log.name, column };
  const isOrdered = findForeignId(db, ids) === null && !hasRepeatedId(db, ids);
  return isOrdered ? `s.${column}, s.rowid` : 's.rowid';
}

function speaks({ text, isRewind }: Pick<ReadEvent, 'text' | 'isRewind'>): boolean {
  return text !== null && !isRewind;
}

type StoredNewer = Pick<ReadEvent, 'id' | 'order' | 'chat' | 'branch' | 'ts' | 'text' | 'target'> & {
  readonly k: bigint;
  readonly is_rewind: bigint;
  readonly belongs: string | null;
  readonly flagged: bigint;
};

/** How many newer events are read at once, without their texts. */
const NEWER_AT_ONCE = 500;

/** The newer events that are not in the index yet, in their order. They are read in small batches. */
function createNewerQueue(index: WriteDatabase, writer: IndexWriter) {
  const following = index
    .prepare<[bigint, number], StoredNewer>(
      `SELECT k, id, "order", chat, branch, ts, iif(text IS NULL, NULL, '') AS text, is_rewind, target, belongs, flagged
         FROM newer WHERE k > ? ORDER BY k LIMIT ?`,
    )
    .safeIntegers();
  let batch = following.all(0n, NEWER_AT_ONCE).values();
  let waiting = batch.next().value;

  function addOne({ k, is_rewind, belongs, flagged, ...event }: StoredNewer): void {
    const isRewind = is_rewind === 1n;
    const now = flagged === 1n ? PRESENCE.hidden : PRESENCE.visible;
    const state = { source: k, isNewer: true, was: PRESENCE.absent, now, by: null };
    writer.add({ ...event, isRewind, belongsTo: belongs, speaks: speaks({ ...event, isRewind }), ...state });
    waiting = batch.next().value;
    if (waiting !== undefined) return;
    batch = following.all(k, NEWER_AT_ONCE).values();
    waiting = batch.next().value;
  }

  return {
    /** Adds those that stand before an event that both logs have. */
    addUpTo(place: EventPlace): void {
      while (waiting !== undefined && standsBefore(waiting.order, place)) addOne(waiting);
    },
    addAll(): void {
      while (waiting !== undefined) addOne(waiting);
    },
  };
}
