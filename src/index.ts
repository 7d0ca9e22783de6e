/** The only entry to the core for the rest of Snapback: nothing outside `src/` imports any other file of it. */
export {
  applyRestore,
  applyUndo,
  diffSnapshot,
  planRestore,
  planUndo,
  salvageSnapshot,
  takeIfDue,
  takeSnapshot,
} from './actions/actions.ts';
export { listSnapshots, verifySnapshots } from './actions/listing.ts';
export { checkSnapshot } from './catalog/catalog.ts';
export { readHappened } from './catalog/happened.ts';
export { findOnlyCopies } from './catalog/lost.ts';
export { buildDemo } from './demo/demo.ts';
export { isDemo } from './demo/is-demo.ts';
export { describeFolder, placesOf } from './folder-facts.ts';
export { exportReceipt } from './history/export-receipt.ts';
export { readHistory } from './history/history.ts';
export { type DataFolder, openDataFolder } from './host/data-folder.ts';
export { findOpeners } from './host/in-use.ts';
export { rulesOf } from './host/profile.ts';
export { saveFields } from './host/profile-file.ts';
export { isWritable } from './host/writable.ts';
export { checkProfile } from './inspect/check-profile.ts';
export { type Conflicts, withConflicts } from './inspect/conflicts.ts';
export { type Conversation, openConversation } from './inspect/conversation.ts';
export { draftProfile } from './inspect/draft-profile.ts';
export { toExactJson } from './inspect/exact-json.ts';
export { exportSnapshot } from './inspect/export.ts';
export { listNewer } from './inspect/newer.ts';
export { type ExactRow, type Rows, withRows } from './inspect/rows.ts';
export { draftText, saveDraft } from './inspect/save-draft.ts';
export { readTimeline } from './inspect/timeline.ts';
export type * from './model/cache.ts';
export type * from './model/conflicts.ts';
export type * from './model/conversation.ts';
export type * from './model/diff.ts';
export { type ErrorCode, noSuchSnapshot, orNull, SnapbackError, unlessCancelled } from './model/errors.ts';
export type * from './model/export.ts';
export type * from './model/folder.ts';
export type * from './model/happened.ts';
export type * from './model/history.ts';
export type * from './model/profile.ts';
export type * from './model/protection.ts';
export type * from './model/prune.ts';
export type * from './model/receipt.ts';
export type * from './model/rehearsal.ts';
export type * from './model/restore.ts';
export type * from './model/rows.ts';
export type * from './model/rules.ts';
export type * from './model/salvage.ts';
export type * from './model/search.ts';
export type * from './model/selection.ts';
export type * from './model/snapshots.ts';
export type * from './model/task.ts';
export type * from './model/timeline.ts';
export { isDue } from './prune/due.ts';
export { createGuard, type Guard } from './prune/guard.ts';
export { findWhereKept, holdSnapshot, keepSnapshot } from './prune/kept.ts';
export { findOnlyCopiesInTrash } from './prune/lost-with-trash.ts';
export { protectOnce } from './prune/protect.ts';
export { applyPrune, planPrune } from './prune/prune.ts';
export { putBack } from './prune/put-back.ts';
export { releaseAbandoned, releaseSnapshot } from './prune/release.ts';
export { describeSpace } from './prune/space.ts';
export { describeTrash, emptyTrash, recordEmptied } from './prune/trash.ts';
export { viewTrash } from './prune/trash-view.ts';
export { finishAndLook, finishInterrupted } from './recovery/interrupted.ts';
export { readRestoredState } from './recovery/restored-state.ts';
export type { Finished } from './recovery/settle.ts';
export { readPlanOutcome, rehearseUndo } from './recovery/undo.ts';
export { rehearseRestore } from './restore/rehearse-on-copy.ts';
export { defaultRestoreOptions } from './restore/restore.ts';
export { readMergeChoices, readRowNames } from './restore/row-file.ts';
export { type CopyRequest, planCopy, restoreToCopy } from './restore/to-copy.ts';
export { readWaiting } from './restore/waiting-events.ts';
export { findSalvageable } from './salvage/salvage.ts';
export { readRowHistory } from './search/row-history.ts';
export { type SearchTask, searchSnapshots } from './search/search.ts';
export { openBackup, type WithBackup } from './snapshots/backups.ts';
export { closeBackup, closeBackups } from './snapshots/close-backups.ts';
export { type Look, lookAtSnapshots } from './snapshots/files.ts';
export { BACKUP_KIND, isKind, KEPT_KIND, snapshotTime } from './snapshots/names.ts';
export { foldName } from './sqlite/names.ts';
export type { SqlValue } from './sqlite/row-hash.ts';
export { clearCache, describeCache } from './stage/cache-folder.ts';
export { clockMs } from './system/clock.ts';
export { fetchPart } from './system/fetch-part.ts';
export { lstat, watch } from './system/files.ts';
export { sweepPrivateFolders, whileMarked } from './system/private-folder.ts';
