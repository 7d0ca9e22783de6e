import { basename, relative } from 'node:path';
import type {
  DataFolder,
  Diff,
  ExportedReceipt,
  ExportReceipt,
  PruneReceipt,
  RestorePlan,
  SnapshotSummary,
} from '../../src/index.ts';
import type { ListedSnapshot, ResultOf, TakenSnapshot } from '../contract.ts';

/*
 * What the window sees of the core's answers. Invariant: no absolute path crosses. Which fields of an answer are paths
 * is known here and nowhere else; paths in errors are shortened by `describeError`.
 */

/** A summary without its path. */
export function toListed({ file: _, ...snapshot }: SnapshotSummary): ListedSnapshot {
  return snapshot;
}

/** What was exported, with the file's name and not its place. */
export function toExported({ file, ...receipt }: ExportReceipt): ResultOf<'private.export'> {
  return { ...receipt, name: basename(file) };
}

/** A receipt that was written, with the file's name and not its place. */
export function toWritten({ file, ...receipt }: ExportedReceipt): ResultOf<'private.export-receipt'> {
  return { ...receipt, name: basename(file) };
}

/** What was taken, without its path. */
export function toTaken({ id, lastEventId, sizeBytes }: TakenSnapshot): TakenSnapshot {
  return { id, lastEventId, sizeBytes };
}

/** A difference that names the database, which may be anywhere, without its place. */
export function toShownDiff(diff: Diff): Diff {
  return { ...diff, against: { ...diff.against, database: basename(diff.against.database) } };
}

/** A plan whose folder for the safety copy is relative to the data folder. */
export function toShownPlan({ dir }: DataFolder, plan: RestorePlan): RestorePlan {
  return { ...plan, safetyCopy: { ...plan.safetyCopy, folder: relative(dir, plan.safetyCopy.folder) } };
}

/** A receipt whose trash folder is relative to the data folder. */
export function toShownReceipt({ dir }: DataFolder, receipt: PruneReceipt): PruneReceipt {
  return { ...receipt, trashFolder: relative(dir, receipt.trashFolder) };
}
