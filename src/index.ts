/** The core, as other parts of Snapback see it. Nothing outside `src/` imports anything else from here. */
export { checkSnapshot, listSnapshots, showSnapshot, verifySnapshots } from './catalog.ts';
export { type DataFolder, type DataFolderOptions, openDataFolder } from './data-folder.ts';
export { buildDemo, type DemoOptions, isDemo } from './demo.ts';
export { diffSnapshot } from './diff.ts';
export { isDue, takeIfDue } from './due.ts';
export { ERROR_CODES, type ErrorCode, type ErrorDetail, SnapbackError } from './errors.ts';
export { describeFolder } from './folder-facts.ts';
export { findUsers } from './in-use.ts';
export { type Finished, finishInterrupted } from './interrupted.ts';
export type * from './model.ts';
export { applyPrune, planPrune } from './prune.ts';
export { applyRestore, defaultRestoreOptions, planRestore } from './restore.ts';
export { takeSnapshot } from './take.ts';
export { describeTrash, emptyTrash } from './trash.ts';
export { applyUndo, planUndo, readRestoredState } from './undo.ts';
