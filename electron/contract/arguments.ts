import type { RestoreOptions } from '../../src/model/restore.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { FolderId } from './values.ts';

/* How requests name what they are about. */

export type In<Args, Result> = { readonly args: Args; readonly result: Result };
export type OfFolder = { readonly folderId: FolderId };
export type OfSnapshot = OfFolder & { readonly snapshotId: SnapshotId };
/** The last two conversations of a folder stay open. `plan-stale` for any other. */
export type OfChat = OfFolder & { readonly conversationId: string; readonly chat: number };

/** A restore into a new file. */
export type OfCopy = OfSnapshot & { readonly options: RestoreOptions; readonly planId: string | null };
/** What a new file starts from where the database is gone. Null: the person is asked for a file. */
export type OfStart = { readonly safetyCopy: SnapshotId | null };
/** An entry of the history, and its receipt in words, line by line, as it is shown. */
export type OfEntry = OfFolder & { readonly entryId: string; readonly text: readonly string[] };
/** The trash as it was shown; `plan-stale` if it holds anything else by now. */
export type OfTrash = OfFolder & { readonly planId: string };

/** The conflicts of a merge that were opened; they end when they are closed or the core's process does. */
export type OfConflicts = { readonly conflictsId: string };

/** A comparison that was opened; it ends when it is closed or the core's process does. */
export type OfRows = { readonly rowsId: string };
/** One value: the column's place in the shape of the rows. */
export type OfCell = OfRows & { readonly table: string; readonly line: number; readonly column: number };
export type OfSide = { readonly side: 'before' | 'after' };
/** Null: the whole row. */
export type Copied = Omit<OfCell, 'column'> & OfSide & { readonly column: number | null };
