import { basename } from 'node:path';
import * as diff from '../compare/diff.ts';
import { recordAction } from '../journal/actions.ts';
import * as due from '../prune/due.ts';
import * as undo from '../recovery/undo.ts';
import * as restore from '../restore/restore.ts';
import { takeUpToDate } from '../restore/tables-at.ts';
import * as salvage from '../salvage/salvage.ts';
import { PERIODIC_KIND } from '../snapshots/kinds.ts';
import { measure } from './measure.ts';

/*
 * What takes long, with one progress over all phases: these are the functions of the same names, and each report also
 * says how far the whole is.
 */

export const diffSnapshot: typeof diff.diffSnapshot = (folder, snapshotId, task = {}) =>
  measure('diff', { folder, snapshotId }, task, (measured) =>
    diff.diffSnapshot(folder, snapshotId, measured),
  );

export const takeSnapshot: typeof takeUpToDate = (folder, kind, task = {}) =>
  measure('take', { folder }, task, (measured) =>
    kind === PERIODIC_KIND ? due.takeCheckpoint(folder, measured) : takeUpToDate(folder, kind, measured),
  );

export const takeIfDue: typeof due.takeIfDue = (folder, options, task = {}) =>
  measure('take', { folder }, task, (measured) => due.takeIfDue(folder, options, measured));

export const planRestore: typeof restore.planRestore = (folder, request, task = {}) =>
  measure('plan', { folder, snapshotId: request.snapshotId }, task, (measured) =>
    restore.planRestore(folder, request, measured),
  );

export const applyRestore: typeof restore.applyRestore = (folder, request, apply, task = {}) =>
  measure('apply', { folder, snapshotId: request.snapshotId }, task, (measured) =>
    restore.applyRestore(folder, request, apply, measured),
  );

export const planUndo: typeof undo.planUndo = (folder, consents, task = {}) =>
  measure('plan', { folder }, task, (measured) => undo.planUndo(folder, consents, measured));

export const applyUndo: typeof undo.applyUndo = (folder, consents, apply, task = {}) =>
  measure('apply', { folder }, task, (measured) => undo.applyUndo(folder, consents, apply, measured));

/** Notes what it saved, besides. */
export const salvageSnapshot: typeof salvage.salvageSnapshot = async (folder, id, target, task = {}) => {
  const receipt = await salvage.salvageSnapshot(folder, id, target, task);
  const fileName = basename(receipt.file);
  await recordAction(folder, { did: 'salvage', by: 'person', snapshotId: id, fileName });
  return receipt;
};
