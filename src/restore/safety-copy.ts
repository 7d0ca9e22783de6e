import { dirname, relative } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import type { RestoreNote } from '../snapshot-file/notes.ts';
import type { DumpRequest } from '../snapshot-file/writer.ts';
import { createDraft, discardDraft, publishDraft } from '../snapshots/drafts.ts';
import { SAFETY_KIND } from '../snapshots/kinds.ts';
import { writeAndCheck } from '../snapshots/take.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { noteFaults } from '../sqlite/integrity.ts';
import { syncFolder, tidy } from '../system/durable.ts';
import { unlink } from '../system/files.ts';
import { copyDatabase, findCopied } from './database-copy.ts';
import type { PreparedPlan } from './plan.ts';
import { isPart } from './refusals.ts';
import { readTablesAt } from './tables-at.ts';
import { noteContent, noteLog } from './touched-content.ts';

export type SafetyCopy = { readonly id: SnapshotId; readonly file: string };

/**
 * Copies what a restore is about to replace, proves the copy and publishes it as a snapshot of kind `restore`: as a
 * database, or where `findCopied` says so, as JSON. When this returns, the copy is on the disk. The caller holds the transaction that makes the copy exactly the state that is replaced.
 * @throws as `copyDatabase`, `writeAndCheck` and `publishDraft`; then there is no copy
 */
export async function takeSafetyCopy(
  folder: DataFolder,
  database: HostDatabase<WriteDatabase>,
  { plan, stage, comparisons, match, contents, integrity, tablesAt: after }: PreparedPlan,
  task: TaskOptions,
): Promise<SafetyCopy> {
  const before = await readTablesAt(folder, database, task);
  const tablesAt = { before: before?.toString() ?? null, after: after?.toString() ?? null };
  const writesLog = comparisons.some(({ staged }) => staged.role === 'log');
  // The host only appends to its log. So this tells whether COMMIT happened even long after every table has been changed.
  const log = writesLog && match !== null ? await noteLog(database, match, task) : null;
  const noted: RestoreNote['after'][number][] = [];
  for (const { staged } of comparisons) {
    const content = contents.find(({ name }) => name === staged.live.name);
    if (content !== undefined) noted.push(await noteContent(stage, staged, content, task));
  }
  const tables = findCopied(database);
  const draft = await createDraft(folder, SAFETY_KIND, tables === null ? 'json' : 'database');
  try {
    const restore: DumpRequest['restore'] = {
      planId: plan.planId,
      action: plan.action,
      database: relative(folder.dir, folder.databaseFile),
      snapshotId: plan.snapshot.id,
      snapshotTakenAt: plan.snapshot.takenAt,
      mode: plan.options.mode,
      ...(isPart(plan) ? { isPart: true as const } : {}),
      after: noted,
      log,
      faults: noteFaults(integrity),
      ...(before === null && after === null ? {} : { tablesAt }),
    };
    if (tables !== null) await copyDatabase(folder, database, { draft, tables, restore }, task);
    else
      await writeAndCheck(
        database.db,
        draft,
        { profile: folder.profile, phase: 'safety-copy', restore },
        task,
      );
    return await publishDraft(folder, draft);
  } catch (error) {
    await discardDraft(draft);
    throw error;
  }
}

/** Removes the safety copy of a restore that wrote nothing, as far as the system lets us. */
export async function removeSafetyCopy({ file }: SafetyCopy): Promise<void> {
  await tidy(async () => {
    await unlink(file);
    await syncFolder(dirname(file));
  });
}
