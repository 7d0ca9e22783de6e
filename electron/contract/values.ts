import type { ErrorCode, ErrorDetail } from '../../src/model/errors.ts';
import type { ExportReceipt } from '../../src/model/export.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { ExportedReceipt } from '../../src/model/history.ts';
import type { CopyReceipt, KnownOutcome } from '../../src/model/receipt.ts';
import type { SalvageReceipt } from '../../src/model/salvage.ts';
import type { SnapshotId, SnapshotSummary } from '../../src/model/snapshots.ts';

/* Parts of answers that are no types of the model. They hold no paths, because the window gets them. */

/** Opaque. Only the main process and the core know the folder's path. */
export type FolderId = string;
/** Chosen by whoever asks. Progress and cancel refer to it. */
export type RequestId = string;

export type ErrorInfo = { readonly code: ErrorCode; readonly message: string; readonly detail: ErrorDetail };
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorInfo };

/** `place` is the folder's parent, shortened for display (`~/Documents`); no request accepts it. */
export type OpenFolder = {
  readonly folderId: FolderId;
  readonly place: string;
  /** Brief: what takes longer is asked for once the list is there. */
  readonly facts: FolderFacts;
  /** Null: it could not be read. Asking for it tells why. */
  readonly snapshots: readonly ListedSnapshot[] | null;
  /** How a restore ended that was running here when Snapback was last closed or stopped; null: none was. */
  readonly interrupted: KnownOutcome | null;
};
export type Recent = {
  readonly recentId: string;
  readonly name: string;
  readonly place: string;
  readonly demo: boolean;
};
/** A summary without its path. */
export type ListedSnapshot = Omit<SnapshotSummary, 'file'>;
export type TakenSnapshot = {
  readonly id: SnapshotId;
  readonly lastEventId: bigint;
  readonly sizeBytes: number;
};
export type Theme = 'system' | 'light' | 'dark';

/** What a menu item or a shortcut asks the window to do. */
export type MenuCommand =
  | 'open'
  | 'open-backup'
  | 'open-target'
  | 'take'
  | 'restore'
  | 'find'
  | 'undo'
  | 'redo'
  | 'prune'
  | 'trash'
  | 'history'
  | 'protection'
  | 'clear-cache'
  | 'reveal'
  | 'help';

export type StartFacts = {
  readonly version: string;
  /** The name of the folder to open first: from the command line, the last one used, or the demo. Null: the welcome screen. */
  readonly target: string | null;
  /** The request under which that folder is being opened since the start. Whoever asks with this id gets it, once. Null: none is. */
  readonly openingId: RequestId | null;
  readonly recents: readonly Recent[];
  /** Where the demo would be built, for display. */
  readonly demoPlace: string;
  readonly theme: Theme;
  /** True on the older runtime that only development and tests use. */
  readonly developmentRuntime: boolean;
};

/** What was salvaged, without its path: only the file's name. */
export type SavedFile = Omit<SalvageReceipt, 'file'> & { readonly fileName: string };

/** What was exported, with the file's name and not its place. */
export type Exported = Omit<ExportReceipt, 'file'> & { readonly name: string };

/**
 * A file that was written, by its name. `place` is its folder, shortened for display; no request accepts it. `startName`: the
 * file that the person chose to start from; null: none.
 */
export type WrittenCopy = Omit<CopyReceipt, 'to'> & {
  readonly name: string;
  readonly place: string;
  readonly startName: string | null;
  readonly copyId: string;
};

/** A receipt that was written, with the file's name and not its place. */
export type WrittenReceipt = Omit<ExportedReceipt, 'file'> & { readonly name: string };
