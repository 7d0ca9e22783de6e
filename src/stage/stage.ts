import { join } from 'node:path';
import type { HostDatabase } from '../host/host-database.ts';
import type { Diff, SchemaDrift } from '../model/diff.ts';
import type { TaskOptions } from '../model/task.ts';
import type { SnapshotBytes } from '../snapshot-file/bytes.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { type ReadingOptions, readSnapshot } from '../snapshot-file/reader.ts';
import { explainPrivateWrite, openPrivateDatabase } from '../sqlite/database.ts';
import { foldName } from '../sqlite/names.ts';
import type { Schema } from '../sqlite/schema.ts';
import { withLockPatience } from '../sqlite/transaction.ts';
import { rm } from '../system/files.ts';
import type { PrivateFolder } from '../system/private-folder.ts';
import { createYielder } from '../system/yielder.ts';
import type { StagedContents, StagedTable } from './staged-table.ts';
import { createLoader, type TableLoader } from './table-loader.ts';

export type Stage = {
  readonly file: string;
  readonly tables: readonly StagedTable[];
  readonly drift: readonly SchemaDrift[];
  /** Tables of the profile that the file holds, and that the database has but can't be read here. */
  readonly unreadable: readonly { readonly table: string; readonly rows: number }[];
  readonly guessedBlobs: Diff['guessedBlobs'];
  readonly sha256: string;
  readonly about: SnapshotAbout | null;
  readonly lastEventId: bigint | null;
  readonly hasLog: boolean;
  /** The schema it was laid out for. Another schema needs another stage. */
  readonly schemaHash: string;
  readonly encoding: Schema['encoding'];
  readonly nativeBinding: string | undefined;
  /** Ask `contentHash` and `logExtent`. */
  readonly contents: StagedContents;
};

/** Where a stage is made, and for which database. */
export type StagePlace = {
  readonly folder: PrivateFolder;
  readonly nativeBinding: string | undefined;
  /** What it is laid out for. It is only read, to tell bytes from the text of them. */
  readonly live: HostDatabase;
};

/**
 * Reads a whole snapshot into a private SQLite file, so that comparing and applying are SQL on both sides and memory
 * stays flat. Values get the affinity of the live column, as they would when stored there. In files of the host bytes are
 * told from text as `createBytesReading` does.
 * @throws `snapshot-damaged`, `row-refused` (the live key takes two rows for the same), `schema-needs-host` (a key
 * needs a collation of the host), `cancelled`, `disk-full`
 */
export async function stageSnapshot(
  file: SnapshotBytes,
  place: StagePlace,
  task: TaskOptions,
  reading: ReadingOptions = {},
): Promise<Stage> {
  const path = join(place.folder.path, 'snapshot.db');
  try {
    const first = await loadSnapshot(file, { ...place, path, reading, byPlace: [] }, task);
    if (first.stage !== null) return first.stage;
    // Laid out by the places of the rows, the stage can hold whatever the file says, and judge it.
    await rm(path, { force: true });
    const second = await loadSnapshot(file, { ...place, path, reading, byPlace: first.misfits }, task);
    if (second.stage === null) throw new TypeError('Rows did not fit by their places.');
    return second.stage;
  } catch (error) {
    throw explainPrivateWrite(error, path);
  }
}

type LoadPlan = StagePlace & {
  readonly path: string;
  readonly reading: ReadingOptions;
  /** Folded names of the tables in which a row's rowid is its place in the file. */
  readonly byPlace: readonly string[];
};

/** A stage, or the folded names of the tables whose keys can't be rowids. */
type Loaded =
  | { readonly stage: Stage; readonly misfits: null }
  | { readonly stage: null; readonly misfits: readonly string[] };

async function loadSnapshot(
  file: SnapshotBytes,
  { path, reading, byPlace, nativeBinding, live }: LoadPlan,
  task: TaskOptions,
): Promise<Loaded> {
  const { schema, profile } = live;
  const db = openPrivateDatabase(path, { nativeBinding });
  try {
    db.pragma('page_size = 16384');
    db.pragma('journal_mode = OFF');
    db.pragma(`encoding = '${schema.encoding}'`);
    const known = new Map([
      [foldName(profile.log.table), 'log'] as const,
      ...profile.tables.map((name) => [foldName(name), 'projected'] as const),
    ]);
    const loaders: TableLoader[] = [];
    const drift: SchemaDrift[] = [];
    let about: SnapshotAbout | null = null;
    let lastEventId: bigint | null = null;
    let sha256 = '';
    let loader: TableLoader | null = null;
    db.exec('BEGIN');
    for await (const part of readSnapshot(file, new Set(known.keys()), task, reading)) {
      if (part.type === 'start') about = part.about;
      else if (part.type === 'last-event-id') lastEventId = part.value;
      else if (part.type === 'unknown')
        drift.push({ kind: 'table-unknown', table: part.name, column: null, loses: part.elements });
      else if (part.type === 'end') sha256 = part.sha256 ?? '';
      else if (part.type === 'table') {
        const rowid = byPlace.includes(foldName(part.name)) ? 'place' : 'key';
        loader = createLoader(
          db,
          { name: `t${loaders.length}`, table: part.name, rowid },
          { ...live, ask: (question) => withLockPatience(task, question) },
          about,
        );
        if (about?.absent.includes(part.name) !== true) loaders.push(loader);
      } else if (part.type === 'ill-formed') loader?.noteIllFormed(part.column);
      else await loader?.add(part);
    }
    db.exec('COMMIT');
    const misfits = loaders.filter((one) => !one.fits()).map((one) => foldName(one.table));
    if (misfits.length > 0) return { stage: null, misfits };
    const yielder = createYielder(task);
    const tables: StagedTable[] = [];
    for (const one of loaders) {
      const table = one.finish(known.get(foldName(one.table)) ?? 'projected', yielder);
      if (table !== null) tables.push(table);
    }
    const isUnreadable = (one: TableLoader) => schema.unreadable.has(foldName(one.table));
    const stage: Stage = {
      file: path,
      tables,
      unreadable: loaders.filter(isUnreadable).map((one) => ({ table: one.table, rows: one.rows() })),
      drift: [
        ...drift,
        ...loaders.filter((one) => !isUnreadable(one)).flatMap((one) => one.drift()),
        ...schemaDrift(about, schema),
      ].filter(({ kind, loses }) => kind !== 'table-unknown' || loses > 0),
      guessedBlobs: loaders.flatMap((one) => one.guesses()),
      sha256,
      about,
      lastEventId,
      hasLog: loaders.some((one) => foldName(one.table) === foldName(profile.log.table)),
      schemaHash: schema.hash,
      encoding: schema.encoding,
      nativeBinding,
      contents: { totals: new Map(), log: null },
    };
    return { stage, misfits: null };
  } finally {
    db.close();
  }
}

/** A restore changes neither the schema nor `user_version`. Where the snapshot has others, the plan says so. */
function schemaDrift(about: SnapshotAbout | null, schema: Schema): readonly SchemaDrift[] {
  if (about === null) return [];
  const whole = { table: 'sqlite_schema', column: null, loses: 0 };
  const [was, now] = [about.userVersion, schema.userVersion];
  return [
    ...(about.schemaHash === schema.hash ? [] : [{ kind: 'schema-changed', ...whole } as const]),
    ...(was === now ? [] : [{ kind: 'user-version-changed', ...whole, was, now } as const]),
  ];
}
