import { join } from 'node:path';
import type { HostDatabase } from '../host/host-database.ts';
import type { Profile } from '../host/profile.ts';
import { jsonText } from '../host/python-text.ts';
import { createLogChain, type LogChain } from '../log/chain.ts';
import {
  createIdentifier,
  findLogTable,
  findUnfitLog,
  foreignIdError,
  identityOf,
  readLastEventId,
} from '../log/events.ts';
import type { Progress, TaskOptions } from '../model/task.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { placeOfName } from '../sqlite/names.ts';
import { findTable, readSchema } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';
import { type FileHandle, open } from '../system/files.ts';
import { createPrivateFolder } from '../system/private-folder.ts';
import { createTextSink, type Segment } from '../system/text-sink.ts';
import { createYielder } from '../system/yielder.ts';
import { readDumpPieces } from './dumped-table.ts';
import { FORMAT_VERSION, type RestoreNote, type SnapshotAbout, type WrittenDump } from './notes.ts';
import { writeOwnPart } from './own-part.ts';
import { refuseHugeRow } from './row-size.ts';
import { BETWEEN, createRowWriter, exactEntries } from './table-text.ts';

export type DumpRequest = {
  readonly profile: Profile;
  readonly kind: string;
  readonly takenAt: Date;
  readonly phase: Progress['phase'];
  /** The note of a safety copy; null for other snapshots. */
  readonly restore: RestoreNote | null;
  /** The event up to which the tables hold the log; later events are left out. Null: all are applied. */
  readonly tablesAt?: bigint | null;
};

/** What was written: what the file says about itself, and what proves its bytes from the first to the last. */
export type WrittenSnapshot = {
  readonly about: SnapshotAbout;
  readonly segments: readonly Segment[];
};

const ROWS_PER_REPORT = 4096;

/**
 * Dumps the log and every projected table into an empty file: first the host's own form, with its keys, names and order,
 * then `_snapback`. The caller must provide a view of one moment (a transaction or an unchanging copy), and sync and
 * publish the file. Memory use does not grow with the database. On failure the file is incomplete and must be discarded.
 * @throws `database-missing` (as `findLogTable`), `event-ids-unsupported`, `row-too-large`, `cancelled`, `disk-full`,
 * `io-failed`, database errors
 */
export async function writeSnapshot(
  db: AnyDatabase,
  handle: FileHandle,
  request: DumpRequest,
  task: TaskOptions,
): Promise<WrittenSnapshot> {
  const schema = readSchema(db);
  const { profile, phase } = request;
  const logTable = findLogTable(schema, profile);
  const foreignId = findUnfitLog(db, logTable, profile);
  if (foreignId !== null) throw foreignIdError(profile, foreignId);
  const folder = await createPrivateFolder();
  try {
    const exact = await open(join(folder.path, 'exact'), 'wx+', 0o600);
    try {
      const dump = createDump({ db, schema, profile }, { visible: handle, exact }, phase, task);
      const { tablesAt = null } = request;
      const lastEventId = tablesAt ?? readLastEventId(db, profile);
      await dump.text(`{"last_event_id": ${lastEventId}`);
      const chain = createLogChain();
      const tables = [await dump.table(profile.log.table, logTable, { chain, upTo: tablesAt })];
      const absent: string[] = [];
      for (const name of profile.tables) {
        const table = findTable(schema, name);
        if (table !== null) tables.push(await dump.table(name, table, null));
        else {
          absent.push(name);
          await dump.text(`, ${jsonText(name)}: []`);
        }
      }
      const about: SnapshotAbout = {
        format: FORMAT_VERSION,
        kind: request.kind,
        takenAt: request.takenAt.toISOString(),
        lastEventId: lastEventId.toString(),
        userVersion: schema.userVersion,
        encoding: schema.encoding,
        schemaHash: schema.hash,
        tables,
        absent,
        log: chain.peek(),
        restore: request.restore,
      };
      return { about, segments: await dump.finish(about) };
    } finally {
      await exact.close();
    }
  } finally {
    await folder.remove();
  }
}

/** What else is needed of the log: the chain of its events, and where to stop. */
type DumpedLog = { readonly chain: LogChain; readonly upTo: bigint | null };

function createDump(
  database: HostDatabase,
  files: { readonly visible: FileHandle; readonly exact: FileHandle },
  phase: Progress['phase'],
  task: TaskOptions,
) {
  const yielder = createYielder(task);
  const main = createTextSink(files.visible, yielder);
  const exact = createTextSink(files.exact, yielder);
  const segments: Segment[] = [];
  let rowsDone = 0;
  let exactTables = 0;

  /** Ends what was written so far as a segment, and returns its hash. */
  function endSegment(): string {
    const segment = main.endSegment();
    segments.push(segment);
    return segment.sha256;
  }

  /** Writes a table, and adds its events to the chain if it is the log. */
  async function table(name: string, source: Table, log: DumpedLog | null): Promise<WrittenDump> {
    const { columns, identity } = log === null ? plainColumns(source) : logColumns(source, database.profile);
    const chain = log?.chain ?? null;
    const upTo = log?.upTo ?? null;
    const { pick, places } = createIdentifier(identity, columns);
    const textOf = createRowWriter(columns);
    let rows = 0;
    let exactValues = 0;
    const add = async (part: string | Uint8Array, count: number) => {
      if (rows > 0) await main.text(BETWEEN);
      await main.text(part);
      const reports = Math.floor(rowsDone / ROWS_PER_REPORT);
      rows += count;
      rowsDone += count;
      if (Math.floor(rowsDone / ROWS_PER_REPORT) > reports)
        yielder.report({ phase, done: rowsDone, total: null, unit: 'rows', cancellable: true });
    };
    await main.text(`, ${jsonText(name)}: [`);
    endSegment();
    for (const piece of readDumpPieces(database, { table: source, columns, extract: places, upTo })) {
      if ('text' in piece) {
        chain?.addLines(piece.extracts, piece.rows);
        await add(piece.text, piece.rows);
        continue;
      }
      const { values } = piece;
      refuseHugeRow(name, columns, values);
      chain?.add(pick(values));
      for (const entry of exactEntries(rows, columns, values)) {
        if (exactValues === 0) {
          await exact.text(`${exactTables === 0 ? '' : BETWEEN}${jsonText(name)}: [`);
          exact.endSegment();
        } else await exact.text(BETWEEN);
        await exact.text(entry);
        exactValues += 1;
      }
      await add(textOf(values), 1);
    }
    const sha256 = endSegment();
    await main.text(']');
    if (exactValues === 0) return { name, columns, rows, sha256, exactSha256: null };
    const exactSha256 = exact.endSegment().sha256;
    await exact.text(']');
    exactTables += 1;
    return { name, columns, rows, sha256, exactSha256 };
  }

  async function finish(about: SnapshotAbout): Promise<readonly Segment[]> {
    await exact.flush();
    await writeOwnPart(main, { handle: files.exact, bytes: exact.written() }, about);
    yielder.report({ phase, done: rowsDone, total: rowsDone, unit: 'rows', cancellable: true });
    endSegment();
    return segments;
  }

  return { text: main.text, table, finish };
}

function plainColumns(table: Table) {
  return { columns: table.columns.map((column) => column.name), identity: [] };
}

/** All columns of the log. Those that the profile names come first, in the host's order. */
function logColumns(table: Table, profile: Profile) {
  const { columns: names } = plainColumns(table);
  const first = Object.values(profile.log.columns).flatMap(
    (column) => names[placeOfName(names, column)] ?? [],
  );
  const columns = [...first, ...names.filter((name) => !first.includes(name))];
  return { columns, identity: identityOf(table, profile) };
}
