import { join } from 'node:path';
import { defaultProfile } from '../host/profile.ts';
import { jsonText, jsonValue } from '../host/python-text.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { quoteName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { mkdir, open, utimes } from '../system/files.ts';
import { projections } from './projections.ts';
import { type DemoEvent, demoSchema } from './schema.ts';

/**
 * A stand-in for the chat application, as far as its data folder shows. Together with `schema.ts` and `projections.ts` it
 * is the only assumption about the host in this project. The host's real columns, its event kinds and what its rewind
 * does to the log are not known; only the demo and its tests rely on the ones here.
 */
export type DemoHost = {
  /** Appends an event and projects it. Returns the event's id. */
  readonly append: (at: Date, event: DemoEvent) => number;
  /** Takes a chat back to just after an event: its later events are superseded and hidden, and all tables projected again. */
  readonly rewind: (at: Date, chatId: string, toEvent: number) => number;
  /** Writes a snapshot as the host does, and gives the file the time of its name. */
  readonly snapshot: (at: Date, kind: 'rewind' | 'periodic', dataDir: string) => Promise<string>;
};

type LoggedEvent = { readonly id: number; readonly at: Date; readonly event: DemoEvent; hidden: boolean };

/** What such a host finds in a message. These events name the message's event, as `event_id`. */
const FOLLOWS_MESSAGE: ReadonlySet<DemoEvent['kind']> = new Set([
  'memory_kept',
  'edge_moved',
  'mood_changed',
]);

/** Creates the host's schema in an empty database and returns what works in it. The caller begins and commits. */
export function createDemoHost(db: WriteDatabase): DemoHost {
  db.exec(demoSchema);
  const log: LoggedEvent[] = [];
  /** The newest message of each chat. */
  const lastMessages = new Map<string, number>();
  const project = projections(db);
  const insertEvent = db.prepare('INSERT INTO event_log (ts, kind, payload_json) VALUES (?, ?, ?)');
  const hideEvent = db.prepare(
    'UPDATE event_log SET hidden = 1, superseded_by = CAST(? AS INTEGER) WHERE id = ?',
  );

  const append = (at: Date, event: DemoEvent): number => {
    const { kind, ...payload } = event;
    const answered =
      'chat_id' in event && FOLLOWS_MESSAGE.has(kind) ? lastMessages.get(event.chat_id) : undefined;
    const whole = answered === undefined ? payload : { ...payload, event_id: answered };
    const id = Number(insertEvent.run(toIsoSecond(at), kind, jsonObject(whole)).lastInsertRowid);
    if (kind === 'message') lastMessages.set(event.chat_id, id);
    log.push({ id, at, event, hidden: false });
    project.event(id, toIsoSecond(at), event);
    return id;
  };

  const rewind = (at: Date, chatId: string, toEvent: number): number => {
    const undone = log.filter(
      ({ id, event, hidden }) => id > toEvent && !hidden && 'chat_id' in event && event.chat_id === chatId,
    );
    const rewindId = append(at, {
      kind: 'rewind',
      chat_id: chatId,
      to_event_id: toEvent,
      superseded: undone.length,
    });
    for (const entry of undone) {
      entry.hidden = true;
      hideEvent.run(rewindId, entry.id);
    }
    project.clear();
    for (const { id, at: then, event, hidden } of log)
      if (!hidden) project.event(id, toIsoSecond(then), event);
    return rewindId;
  };

  const snapshot = async (at: Date, kind: 'rewind' | 'periodic', dataDir: string): Promise<string> => {
    const folder = join(dataDir, 'snapshots', kind);
    await mkdir(folder, { recursive: true });
    const file = join(folder, `${toSnapshotName(at)}.json`);
    const handle = await open(file, 'wx');
    try {
      for (const chunk of dump(db)) await handle.write(chunk);
    } finally {
      await handle.close();
    }
    await utimes(file, at, at);
    return file;
  };

  return { append, rewind, snapshot };
}

const CHUNK_CHARACTERS = 256 * 1024;

/** A snapshot as the host writes it, in chunks: its keys in its order, no `_snapback`, no FTS tables. */
function* dump(db: WriteDatabase): Generator<string> {
  const { log, tables } = defaultProfile;
  const lastEvent = db
    .prepare<[], bigint | null>(`SELECT MAX(id) FROM ${log.table}`)
    .pluck()
    .safeIntegers()
    .get();
  let chunk = `{"last_event_id": ${lastEvent ?? 0}`;
  for (const table of [log.table, ...tables]) {
    chunk += `, ${jsonText(table)}: [`;
    let separator = '';
    for (const row of readTable(db, table, table === log.table ? 'ORDER BY id' : '')) {
      chunk += `${separator}${row}`;
      separator = ', ';
      if (chunk.length < CHUNK_CHARACTERS) continue;
      yield chunk;
      chunk = '';
    }
    chunk += ']';
  }
  yield `${chunk}}`;
}

function* readTable(db: WriteDatabase, table: string, order: string): Generator<string> {
  const scan = db
    .prepare<[], SqlValue[]>(`SELECT * FROM ${quoteName(table)} ${order}`)
    .raw()
    .safeIntegers();
  const keys = scan.columns().map(({ name }) => `${jsonText(name)}: `);
  for (const row of scan.iterate())
    yield `{${keys.map((key, index) => key + jsonValue(row[index] ?? null)).join(', ')}}`;
}

function jsonObject(record: Readonly<Record<string, string | number>>): string {
  const members = Object.entries(record).map(
    ([key, value]) => `${jsonText(key)}: ${typeof value === 'string' ? jsonText(value) : String(value)}`,
  );
  return `{${members.join(', ')}}`;
}

function toIsoSecond(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

function toSnapshotName(at: Date): string {
  return toIsoSecond(at).replaceAll(/[-:]/g, '');
}
