import { compareTables, describeCompared } from '../compare/compare-snapshot.ts';
import type { DataFolder } from '../host/data-folder.ts';
import type { SnapshotRef, TableDiff } from '../model/diff.ts';
import type { SchemaDifference } from '../model/rows.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { explainPrivateUse } from '../sqlite/database.ts';
import { foldName } from '../sqlite/names.ts';
import { lookAgain } from '../stage/look-again.ts';
import { type Tables, withTables } from '../stage/own-tables.ts';
import type { Stage } from '../stage/stage.ts';
import { attachStage, stageById } from '../stage/staged-view.ts';
import { createPrivateFolder, type PrivateFolder } from '../system/private-folder.ts';
import { createYielder } from '../system/yielder.ts';
import type { ComparedStates, ComparedTable } from './compared.ts';
import { pairTables, profileOfStage } from './paired-tables.ts';

/*
 * Two snapshots side by side. The stage of the other one takes the place of the live database, so that the same comparison
 * tells what would change if that state were restored to the snapshot. Its tables have names of the stage's own.
 */

type TwoIds = { readonly snapshotId: SnapshotId; readonly otherId: SnapshotId };
type TwoStages = {
  readonly after: { readonly stage: Stage; readonly snapshot: SnapshotRef };
  readonly before: { readonly stage: Stage; readonly snapshot: SnapshotRef };
  readonly live: Pick<Tables, 'schema' | 'profile' | 'from'>;
};

/**
 * Compares two snapshots of a folder, both laid out for today's tables, or for their own where the database is gone, and
 * keeps them as long as `use` runs. Reads only. @throws as `withTables` and `stageById`
 */
export async function withTwoSnapshots<T>(
  folder: DataFolder,
  ids: TwoIds,
  task: TaskOptions,
  use: (states: ComparedStates) => Promise<T>,
): Promise<T> {
  const place = await createPrivateFolder();
  try {
    return await lookAgain((withStages) => {
      const opened: Stage[] = [];
      // The one that is attached to the other is closed last.
      return withStages(opened, () => compareBoth({ folder, ids, place, opened }, task, use));
    });
  } finally {
    await place.remove();
  }
}

type Both = {
  readonly folder: DataFolder;
  readonly ids: TwoIds;
  readonly place: PrivateFolder;
  /** What was opened so far. The caller closes it. */
  readonly opened: Stage[];
};

async function compareBoth<T>(
  { folder, ids, place, opened }: Both,
  task: TaskOptions,
  use: (states: ComparedStates) => Promise<T>,
): Promise<T> {
  const both = [ids.snapshotId, ids.otherId];
  const stages = await withTables(folder, both, task, async (live): Promise<TwoStages> => {
    const open = async (id: SnapshotId) => {
      const found = await stageById(folder, id, { folder: place, live, proof: 'facts' }, task);
      opened.push(found.stage);
      return found;
    };
    return { after: await open(ids.snapshotId), before: await open(ids.otherId), live };
  });
  const { db } = stages.before.stage;
  const explain = (error: unknown) => {
    for (const stage of opened) void stage.isSpoiltBy(error);
    return explainPrivateUse(error, db.name);
  };
  try {
    attachStage(db, stages.after.stage);
    return await use({ ...(await compareStages(stages, task)), explain });
  } catch (error) {
    throw explainPrivateUse(error, db.name);
  }
}

async function compareStages(
  { after, before, live }: TwoStages,
  task: TaskOptions,
): Promise<Omit<ComparedStates, 'explain'>> {
  const { db, encoding } = before.stage;
  const pairs = pairTables(before.stage, after.stage, live.from);
  const log = pairs.find(({ there }) => there.role === 'log');
  const profile = log === undefined ? live.profile : profileOfStage(live.profile, log.there.live, log.here);
  const { comparisons, match } = await compareTables(
    { db, schema: live.schema, profile },
    pairs.map(({ asked }) => asked),
    'differing',
    createYielder(task),
  );
  const compared = comparisons.flatMap((comparison, index) => {
    const pair = pairs[index];
    if (pair === undefined) return [];
    const { name, key } = pair.there.live;
    const isLog = comparison === match?.log;
    const table: ComparedTable = {
      comparison,
      match: isLog ? match : null,
      columns: pair.columns,
      key,
    };
    return [{ table, diff: { ...describeCompared(comparison), name } }];
  });
  const described = new Map(compared.map((one) => [foldName(one.diff.name), one]));
  return {
    db,
    encoding,
    overview: {
      snapshot: after.snapshot,
      other: before.snapshot,
      tables: describeAll({ after, before, live }, (name) => described.get(name)?.diff),
      schema: schemaDifferences({ after, before, live }),
      lineage: match?.lineage ?? 'same',
    },
    tables: new Map([...described].map(([name, { table }]) => [name, table])),
  };
}

/** What is said of each table of the profile that at least one of the two has. */
function describeAll(
  { after, before, live }: TwoStages,
  compared: (folded: string) => TableDiff | undefined,
): readonly TableDiff[] {
  const { log, tables } = live.profile;
  return [log.table, ...tables].flatMap((name): readonly TableDiff[] => {
    const found = compared(foldName(name));
    if (found !== undefined) return [found];
    const [there, here] = [after, before].map(({ stage }) => rowsIn(stage, name));
    if (there == null && here == null) return [];
    const role = name === log.table ? 'log' : 'projected';
    const none = { role, added: 0, removed: 0, changed: 0, unchanged: 0 } as const;
    const rows = { snapshotRows: there ?? 0, liveRows: here ?? 0 };
    const isUnreadable = live.schema.unreadable.has(foldName(name));
    const state =
      isUnreadable || (there != null && here != null)
        ? 'unreadable'
        : there == null
          ? 'not-in-snapshot'
          : 'missing-live';
    return [{ ...none, name, state, ...rows }];
  });
}

/** How many rows of a table a snapshot holds, whether or not they can be laid out; null where it has no such table. */
function rowsIn({ tables, unreadable, drift }: Stage, name: string): number | null {
  const isIt = (table: string) => foldName(table) === foldName(name);
  return (
    tables.find(({ live }) => isIt(live.name))?.rows ??
    unreadable.find(({ table }) => isIt(table))?.rows ??
    drift.find(({ kind, table }) => kind === 'table-missing-live' && isIt(table))?.loses ??
    null
  );
}

/**
 * How the tables of the two snapshots differ. What both have and only today's database lacks does not count. Nor does what
 * only one of them notes, where there is no database: the tables that stand in for its own tell nothing of the other one.
 */
function schemaDifferences({ after, before, live }: TwoStages): readonly SchemaDifference[] {
  const [was, is] = [before.stage.about, after.stage.about];
  const isUnknown = live.from === 'snapshots' && (was === null || is === null);
  const isSame = (kind: string) =>
    (kind === 'schema-changed' && (isUnknown || (was !== null && was.schemaHash === is?.schemaHash))) ||
    (kind === 'user-version-changed' && (isUnknown || (was !== null && was.userVersion === is?.userVersion)));
  const of = ({ stage }: TwoStages['after'], side: SchemaDifference['of']) =>
    stage.drift.filter(({ kind }) => !isSame(kind)).map((drift) => ({ ...drift, of: side }));
  return [...of(after, 'snapshot'), ...of(before, 'other')];
}
