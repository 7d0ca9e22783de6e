import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { HostDatabase } from '../host/host-database.ts';
import type { Profile } from '../host/profile.ts';
import { jsonText } from '../host/python-text.ts';
import { createLogChain, type LogChain } from '../log/chain.ts';
import {
  createIdentifier,
  findForeignLiveId,
  findLogTable,
  foreignIdError,
  identityOf,
  readLastEventId,
} from '../log/events.ts';
import { SnapbackError } from '../model/errors.ts';
import type { Progress, TaskOptions } from '../model/task.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { placeOfName } from '../sqlite/names.ts';
import { createTableHasher } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import { findTable, readSchema } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';
import { type FileHandle, open } from '../system/files.ts';
import { createPrivateFolder } from '../system/private-folder.ts';
import { createTextSink } from '../system/text-sink.ts';
import { createYielder } from '../system/yielder.ts';
import { dumpOrder } from './dumped-table.ts';
import {
  aboutText,
  type DumpedTable,
  FORMAT_VERSION,
  OWN_KEY,
  type RestoreNote,
  type SnapshotAbout,
} from './notes.ts';
import { refuseHugeRow } from './row-size.ts';
import { BETWEEN, createRowWriter, exactEntries } from './table-text.ts';

export type DumpRequest = {
  readonly profile: Profile;
  readonly kind: string;
  readonly takenAt: Date;
  readonly phase: Progress['phase'];
  /** The note of a safety copy; null for other snapshots. */
  readonly restore: RestoreNote | null;
};

const COPY_BYTES = 256 * 1024;

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
): Promise<SnapshotAbout> {
  const schema = readSchema(db);
  const { log, tables: projected } = request.profile;
  const logTable = findLogTable(schema, request.profile);
  const foreignId = findForeignLiveId(db, logTable, request.profile);
  if (foreignId !== null) throw foreignIdError(request.profile, foreignId);
  const folder = await createPrivateFolder();
  try {
    const exact = await open(join(folder.path, 'exact'), 'wx+', 0o600);
    try {
      const dump = createDump(
        { db, schema, profile: request.profile },
        { visible: handle, exact },
        request.phase,
        task,
      );
      const lastEventId = readLastEventId(db, request.profile);
      await dump.text(`{"last_event_id": ${lastEventId}`);
      const chain = createLogChain();
      const tables = [await dump.table(log.table, logTable, { chain, profile: request.profile })];
      const absent: string[] = [];
      for (const name of projected) {
        const table = findTable(schema, name);
        if (table !== null) tables.push(await dump.table(name, table, null));
        else {
          absent.push(name);
          await dump.text(`, ${jsonText(name)}: []`);
        }
      }
      const { events, chain: chained } = chain.peek();
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
        log: { events, chain: chained },
        restore: request.restore,
      };
      await dump.finish(about);
      return about;
    } finally {
      await exact.close();
    }
  } finally {
    await folder.remove();
  }
}

type LogReading = { readonly chain: LogChain; readonly profile: Profile };

function createDump(
  { db, schema, profile }: HostDatabase,
  files: { readonly visible: FileHandle; readonly exact: FileHandle },
  phase: Progress['phase'],
  task: TaskOptions,
) {
  const yielder = createYielder(task);
  const main = createTextSink(files.visible, yielder);
  const exact = createTextSink(files.exact, yielder);
  let rowsDone = 0;
  let exactTables = 0;

  async function table(name: string, source: Table, logReading: LogReading | null): Promise<DumpedTable> {
    const columns = dumpColumns(source, logReading?.profile ?? null);
    const textOf = createRowWriter(columns);
    const identity = logReading === null ? [] : identityOf(source, logReading.profile);
    const { pick } = createIdentifier(identity, columns);
    const hasher = createTableHasher(columns);
    const rows = readRows(db, {
      schemaName: 'main',
      table: source.name,
      columns,
      order: dumpOrder(source, profile),
      encoding: schema.encoding,
    });
    let ordinal = 0;
    let exactRows = 0;
    await main.text(`, ${jsonText(name)}: [`);
    for (const row of rows) {
      refuseHugeRow(name, columns, row);
      hasher.add(row);
      logReading?.chain.add(pick(row));
      for (const entry of exactEntries(ordinal, columns, row)) {
        const opening = exactRows === 0 ? `${exactTables === 0 ? '' : BETWEEN}${jsonText(name)}: [` : BETWEEN;
        await exact.text(opening + entry);
        exactTables += exactRows === 0 ? 1 : 0;
        exactRows += 1;
      }
      await main.text((ordinal === 0 ? '' : BETWEEN) + textOf(row));
      ordinal += 1;
      rowsDone += 1;
      if (rowsDone % 4096 === 0)
        yielder.report({ phase, done: rowsDone, total: null, unit: 'rows', cancellable: true });
    }
    await main.text(']');
    if (exactRows > 0) await exact.text(']');
    return { name, columns, ...hasher.finish() };
  }

  async function finish(about: SnapshotAbout): Promise<void> {
    await exact.flush();
    await main.text(`, ${jsonText(OWN_KEY)}: {"exact": `);
    const exactAt = main.written();
    await main.text('{');
    for (let position = 0; position < exact.written(); ) {
      const { buffer, bytesRead } = await files.exact.read(Buffer.alloc(COPY_BYTES), 0, COPY_BYTES, position);
      if (bytesRead === 0)
        throw new SnapbackError('io-failed', 'A temporary file of Snapback was cut short.');
      await main.text(buffer.toString('latin1', 0, bytesRead));
      position += bytesRead;
    }
    await main.text('}, "about": ');
    const aboutAt = main.written();
    const text = aboutText(about);
    await main.text(
      `${text}, "aboutHash": "${hash('sha256', text)}", "exactAt": ${exactAt}, "aboutAt": ${aboutAt}}}`,
    );
    await main.flush();
    yielder.report({ phase, done: rowsDone, total: rowsDone, unit: 'rows', cancellable: true });
  }

  return { text: main.text, table, finish };
}

/** All columns of a table; of the log, those that the profile names come first, in the host's order. */
function dumpColumns(table: Table, profile: Profile | null): readonly string[] {
  const names = table.columns.map((column) => column.name);
  if (profile === null) return names;
  const first = Object.values(profile.log.columns).flatMap(
    (column) => names[placeOfName(names, column)] ?? [],
  );
  return [...first, ...names.filter((name) => !first.includes(name))];
}
