import type { HostDatabase } from '../host/host-database.ts';
import type { Diff, SchemaDrift } from '../model/diff.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SnapshotBytes } from '../snapshot-file/bytes.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { readWithNotes } from '../snapshot-file/own-notes.ts';
import { type ReadingOptions, readSnapshot } from '../snapshot-file/reader.ts';
import type { RowCopier } from '../snapshot-file/stored-rows.ts';
import { explainPrivateWrite, openPrivateDatabase, setPageSize } from '../sqlite/database.ts';
import { foldName } from '../sqlite/names.ts';
import { type Schema, unreadableError } from '../sqlite/schema.ts';
import { withLockPatience } from '../sqlite/transaction.ts';
import { truncate } from '../system/files.ts';
import { createYielder } from '../system/yielder.ts';
import type { StagedFacts, StagedTable } from './staged-table.ts';
import { createStoredSource } from './stored-source.ts';
import { createLoader, type TableLoader } from './table-loader.ts';

/** The bytes of a snapshot, the file that its stage is written into, and the database that it is laid out for. */
export type FillPlan = StageTarget & {
  readonly file: SnapshotBytes;
  readonly path: string;
  readonly reading: ReadingOptions;
};

const LOADING_CACHE_KB = 2000;
/** Indexes are sorted in memory up to this size. */
const SORTING_CACHE_KB = 16_000;

/** What a stage is laid out for. The database is only read, to tell bytes from the text of them. */
export type StageTarget = { readonly live: HostDatabase; readonly nativeBinding: string | undefined };

/** What was found while a stage was filled. */
export type Filled = { readonly facts: StagedFacts; readonly guessedBlobs: Diff['guessedBlobs'] };

/**
 * Reads a whole snapshot into an SQLite file, so that comparing and applying are SQL on both sides and memory stays flat.
 * Values get the affinity of the live column, as they would when stored there. In files of the host bytes are told from
 * text as `createBytesReading` does.
 * @throws `snapshot-damaged`, `row-refused` (the live key takes two rows for the same), `schema-needs-host` (a key
 * needs a collation of the host), `cancelled`, `disk-full`; then the file is of no use
 */
export async function fillStage(request: FillPlan, task: TaskOptions): Promise<Filled> {
  return readWithNotes(async (notesIn) => {
    if (notesIn === 'anywhere') await truncate(request.path);
    return fill({ ...request, reading: { notesIn, ...request.reading } }, task);
  });
}

async function fill(plan: FillPlan, task: TaskOptions): Promise<Filled> {
  const { path } = plan;
  try {
    const first = await load({ ...plan, byPlace: [] }, task);
    if (first.filled !== null) return first.filled;
    // Laid out by the places of the rows, the stage can hold whatever the file says, and judge it.
    await truncate(path);
    const second = await load({ ...plan, byPlace: first.misfits }, task);
    if (second.filled === null) throw new TypeError('Rows did not fit by their places.');
    return second.filled;
  } catch (error) {
    throw explainPrivateWrite(error, path);
  }
}

/** `byPlace`: folded names of the tables in which a row's rowid is its place in the file. */
type LoadPlan = FillPlan & { readonly byPlace: readonly string[] };

/** What was found, or the folded names of the tables whose keys can't be rowids. */
type Loaded =
  | { readonly filled: Filled; readonly misfits: null }
  | { readonly filled: null; readonly misfits: readonly string[] };

async function load(
  { file, path, reading, byPlace, nativeBinding, live }: LoadPlan,
  task: TaskOptions,
): Promise<Loaded> {
  const { schema, profile } = live;
  const db = openPrivateDatabase(path, { nativeBinding });
  const source = createStoredSource(db, schema);
  try {
    setPageSize(db, 16_384);
    // SQLite insists on a journal here. In memory it takes next to nothing, because a new file has hardly anything to
    // overwrite.
    db.pragma('journal_mode = MEMORY');
    db.pragma(`encoding = '${schema.encoding}'`);
    // Rows are only appended: a page that is full is not needed again, and the next one can take its memory.
    db.pragma(`cache_size = -${LOADING_CACHE_KB}`);
    const known = new Map([
      [foldName(profile.log.table), 'log'] as const,
      ...profile.tables.map((name) => [foldName(name), 'projected'] as const),
    ]);
    const names = [profile.log.table, ...profile.tables];
    const loaders: TableLoader[] = [];
    const drift: SchemaDrift[] = [];
    const unreadable: { readonly table: string; readonly rows: number }[] = [];
    let about: SnapshotAbout | null = null;
    let lastEventId: bigint | null = null;
    let sha256: string | null = null;
    let hostFindsAll = true;
    let loader: TableLoader | null = null;
    const yielder = createYielder(task);
    const copier: RowCopier = {
      addBytes: source.addBytes,
      copyRows: async (rows) => (await loader?.copy(source, rows, yielder)) === true,
    };
    db.exec('BEGIN');
    const how = { copier, tellsUnreadable: true, ...reading };
    for await (const part of readSnapshot(file, new Set(known.keys()), task, how)) {
      if (part.type === 'start') about = part.about;
      else if (part.type === 'last-event-id') lastEventId = part.value;
      else if (part.type === 'unknown') {
        drift.push({ kind: 'table-unknown', table: part.name, column: null, loses: part.elements });
        hostFindsAll &&= part.elements === 0 && part.isValue !== true;
      } else if (part.type === 'end') ({ sha256 } = part);
      else if (part.type === 'unreadable') {
        loader = null;
        // Where the live table can be read, the snapshot would seem to have none.
        if (schema.tables.has(foldName(part.table)))
          throw unreadableError({ name: part.table, reason: part.reason });
        unreadable.push({ table: part.table, rows: 0 });
      } else if (part.type === 'table') {
        hostFindsAll &&= names.includes(part.name);
        const isHosts = (about === null && file.form !== 'database') || about?.salvaged?.exact === false;
        const rowid = byPlace.includes(foldName(part.name)) ? 'place' : 'key';
        loader = createLoader(
          db,
          { name: `t${loaders.length}`, table: part.name, rowid, isHosts },
          { ...live, ask: (question) => withLockPatience(task, question) },
          about,
        );
        if (about?.absent.includes(part.name) !== true) loaders.push(loader);
      } else if (part.type === 'ill-formed') loader?.noteIllFormed(part.column);
      else await loader?.add(part);
    }
    db.exec('COMMIT');
    db.pragma(`cache_size = -${SORTING_CACHE_KB}`);
    if (sha256 === null) throw new TypeError('The snapshot was not hashed.');
    const misfits = loaders.filter((one) => !one.fits()).map((one) => foldName(one.table));
    if (misfits.length > 0) return { filled: null, misfits };
    const tables: StagedTable[] = [];
    for (const one of loaders) {
      const table = one.finish(known.get(foldName(one.table)) ?? 'projected', yielder);
      if (table !== null) tables.push(table);
    }
    const isUnreadable = (one: TableLoader) => schema.unreadable.has(foldName(one.table));
    const facts: StagedFacts = {
      tables,
      unreadable: [
        ...unreadable,
        ...loaders.filter(isUnreadable).map((one) => ({ table: one.table, rows: one.rows() })),
      ],
      drift: [
        ...drift,
        ...loaders.filter((one) => !isUnreadable(one)).flatMap((one) => one.drift()),
        ...schemaDrift(about, schema),
      ].filter(({ kind, loses }) => kind !== 'table-unknown' || loses > 0),
      sha256,
      about,
      lastEventId,
      hasLog: loaders.some((one) => foldName(one.table) === foldName(profile.log.table)),
      hostFindsAll,
    };
    const guessedBlobs = loaders.flatMap((one) => one.guesses());
    return { filled: { facts, guessedBlobs }, misfits: null };
  } finally {
    db.close();
    await source.remove();
  }
}

/** A restore changes neither the schema nor `user_version`. Where the snapshot has others, the plan says so. */
function schemaDrift(about: SnapshotAbout | null, schema: Schema): readonly SchemaDrift[] {
  // Nobody knows the schema that a damaged file was written with.
  if (about === null || about.salvaged !== undefined) return [];
  const whole = { table: 'sqlite_schema', column: null, loses: 0 };
  const [was, now] = [about.userVersion, schema.userVersion];
  return [
    ...(about.schemaHash === schema.hash ? [] : [{ kind: 'schema-changed', ...whole } as const]),
    ...(was === now ? [] : [{ kind: 'user-version-changed', ...whole, was, now } as const]),
  ];
}
