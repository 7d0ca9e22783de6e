import type { ClearedCache } from '../../src/model/cache.ts';
import type { ExportRequest } from '../../src/model/export.ts';
import type { Protection } from '../../src/model/protection.ts';
import type { EmptiedTrash } from '../../src/model/prune.ts';
import type { Copied, In, OfCopy, OfEntry, OfFolder, OfSnapshot, OfStart, OfTrash } from './arguments.ts';
import type {
  Exported,
  MenuCommand,
  OpenFolder,
  Recent,
  SavedFile,
  StartFacts,
  Theme,
  WrittenCopy,
  WrittenReceipt,
} from './values.ts';

/** Moving to the system's trash frees no space until that is emptied. */
type TrashTarget = 'system-trash' | 'deleted';

/** Answered by the main process, because only it can reach the desktop. */
export type DesktopRequests = {
  /** Asks for a file and opens it beside the snapshots; `backup-opened` tells which it is. Also if the dialog was dismissed: null. */
  'backup.choose': In<OfFolder, null>;
  'backup.close': In<OfSnapshot, null>;
  'start.facts': In<Record<never, never>, StartFacts>;
  'folder.open-target': In<Record<never, never>, OpenFolder>;
  /** Null: the dialog was dismissed. */
  'folder.choose': In<{ readonly what: 'folder' | 'database' }, OpenFolder | null>;
  'folder.open-recent': In<{ readonly recentId: string }, OpenFolder>;
  'folder.close': In<OfFolder, null>;
  'folder.reveal': In<OfFolder, null>;
  'recent.forget': In<{ readonly recentId: string }, readonly Recent[]>;
  /** Opens the demo, building it first where there is none yet, or beside it if `fresh`. */
  'demo.open': In<{ readonly fresh: boolean }, OpenFolder>;
  'snapshot.reveal': In<OfSnapshot, null>;
  /** Asks where to save what is whole of a damaged snapshot. Null: the dialog was dismissed. */
  'snapshot.salvage': In<OfSnapshot, SavedFile | null>;
  /**
   * Empties the trash if it still holds what was shown; else `plan-stale`. `refused`: the system has no trash for this
   * place. What it did not take is still there.
   */
  'trash.empty': In<
    OfTrash & { readonly to: TrashTarget },
    EmptiedTrash & { readonly to: TrashTarget; readonly refused: boolean }
  >;
  /** Deletes what is kept of snapshots that were read. It is shared by all folders. */
  'cache.clear': In<Record<never, never>, ClearedCache>;
  /** Asks for a place and exports into a new file there. Null: the dialog was dismissed. */
  'snapshot.export': In<OfSnapshot & ExportRequest, Exported | null>;
  /**
   * Asks for a place and restores into a new file there; the database stays as it is. `planId`: exactly what was shown, or
   * `plan-stale`; null: whatever the plan is. `startFrom`: where the database is gone. Null: a dialog was dismissed.
   */
  'restore.copy': In<OfCopy & { readonly startFrom?: OfStart | undefined }, WrittenCopy | null>;
  /** Shows the file that was written last, by its id; any other is refused. */
  'copy.reveal': In<{ readonly copyId: string }, null>;
  /** Asks for a place and writes the receipt of an entry into a new file there. Null: the dialog was dismissed. */
  'history.export': In<OfEntry, WrittenReceipt | null>;
  /** Copies a value or a row of a comparison to the clipboard. */
  'rows.copy': In<Copied, null>;
  /** Remembers what may be done by itself in this folder, and does it from now on. */
  'protection.set': In<OfFolder & Protection, null>;
  /** Which menu items make sense now. */
  'menu.enable': In<{ readonly commands: readonly MenuCommand[] }, null>;
  'theme.set': In<{ readonly theme: Theme }, null>;
};
