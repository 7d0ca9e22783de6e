import { dirname, relative } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { createLogChain, type LogExtent } from '../log/chain.ts';
import { createIdentifier, identityOf } from '../log/events.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { DumpRequest } from '../snapshot-file/writer.ts';
import { createDraft, discardDraft, publishDraft } from '../snapshots/drafts.ts';
import { SAFETY_KIND } from '../snapshots/kinds.ts';
import { writeAndCheck } from '../snapshots/take.ts';
import { noteFaults } from '../sqlite/integrity.ts';
import { placeOfName } from '../sqlite/names.ts';
import { readRows } from '../sqlite/rows.ts';
import { STAGE_SCHEMA, stageColumn } from '../stage/layout.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import { syncFolder, tidy } from '../system/durable.ts';
import { unlink } from '../system/files.ts';
import { createYielder } from '../system/yielder.ts';
import type { PreparedPlan } from './plan.ts';

export type SafetyCopy = { readonly id: SnapshotId; readonly file: string };

/**
 * Dumps what a restore is about to replace, reads it back and publishes it as a snapshot of kind `restore`. When this
 * returns, the copy is on the disk. The caller holds the transaction that makes the copy exactly the state that is replaced.
 * @throws as `writeAndCheck` and `publishDraft`; then there is no copy
 */
export async function takeSafetyCopy(
  folder: DataFolder,
  database: HostDatabase,
  { plan, comparisons, integrity }: PreparedPlan,
  task: TaskOptions,
): Promise<SafetyCopy> {
  const written = comparisons.find(({ staged }) => staged.role === 'log');
  const log = written === undefined ? null : await foreseeLog(database, written.staged, task);
  const draft = await createDraft(folder, SAFETY_KIND);
  try {
    const note: DumpRequest['note'] = () => ({
      planId: plan.planId,
      action: plan.action,
      database: relative(folder.dir, folder.databaseFile),
      snapshotId: plan.snapshot.id,
      snapshotTakenAt: plan.snapshot.takenAt,
      mode: plan.options.mode,
      after: comparisons.map(({ staged }) => ({
        name: staged.live.name,
        columns: staged.columns,
        hash: staged.hash,
      })),
      log,
      faults: noteFaults(integrity),
    });
    await writeAndCheck(database.db, draft, { profile: folder.profile, phase: 'safety-copy', note }, task);
    return await publishDraft(folder, draft);
  } catch (error) {
    await discardDraft(draft);
    throw error;
  }
}

/**
 * What the log will be once it is written from the stage; null where the stage lacks a column that identifies its events.
 * The host only appends to its log. So this tells whether COMMIT happened even long after every table has been changed.
 */
async function foreseeLog(
  { db, schema, profile }: HostDatabase,
  { live, name, columns }: StagedTable,
  task: TaskOptions,
): Promise<LogExtent | null> {
  const { whole, pick } = createIdentifier(identityOf(live, profile), columns);
  if (!whole) return null;
  const yielder = createYielder(task);
  const chain = createLogChain();
  const staged = columns.map((_, index) => stageColumn(index));
  const order = `ORDER BY ${staged[placeOfName(columns, profile.log.columns.id)]}`;
  const { encoding } = schema;
  for (const row of readRows(db, {
    schemaName: STAGE_SCHEMA,
    table: name,
    columns: staged,
    order,
    encoding,
  })) {
    chain.add(pick(row));
    await yielder.step();
  }
  const { events, chain: chained } = chain.peek();
  return { events, chain: chained };
}

/** Removes the safety copy of a restore that wrote nothing, as far as the system lets us. */
export async function removeSafetyCopy({ file }: SafetyCopy): Promise<void> {
  await tidy(async () => {
    await unlink(file);
    await syncFolder(dirname(file));
  });
}
