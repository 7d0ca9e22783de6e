import type { ClearedCache } from '../../src/model/cache.ts';
import type { ExportRequest } from '../../src/model/export.ts';
import type { Protection } from '../../src/model/protection.ts';
import type { EmptiedTrash, TrashSummary } from '../../src/model/prune.ts';
import type { CopyReceipt } from '../../src/model/receipt.ts';
import type { SalvageReceipt } from '../../src/model/salvage.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { Copied, In, OfCopy, OfEntry, OfFolder, OfSnapshot, OfTrash } from './arguments.ts';
import type { Exported, OpenFolder, WrittenReceipt } from './values.ts';

/** Only between the main process and the core's process, because these contain paths. */
export type PrivateRequests = {
  'private.open': In<
    OfFolder & { readonly dir: string; readonly database: string | null; readonly cacheDir: string },
    Pick<OpenFolder, 'facts' | 'snapshots' | 'interrupted'>
  >;
  'private.close': In<OfFolder, null>;
  'private.protect': In<OfFolder & Protection, null>;
  'private.open-backup': In<OfFolder & { readonly path: string }, SnapshotId>;
  'private.close-backup': In<OfSnapshot, null>;
  'private.locate': In<OfSnapshot, string>;
  'private.export': In<OfSnapshot & ExportRequest & { readonly to: string }, Exported>;
  /** `startFrom`: the path of another file to start from instead of the database; absent: none. */
  'private.copy-restore': In<
    OfCopy & { readonly to: string; readonly startFrom?: string | undefined },
    CopyReceipt
  >;
  'private.export-receipt': In<OfEntry & { readonly to: string }, WrittenReceipt>;
  /** What goes to the clipboard. */
  'private.copy': In<Copied, string>;
  /** Finds the demo in `home`, or builds one in a new folder there; answers its path. */
  'private.prepare-demo': In<{ readonly home: string; readonly fresh: boolean }, string>;
  /** What to move to the system's trash: folders with nothing else in them, and single files from other folders. */
  'private.trash': In<OfTrash, { readonly items: readonly string[]; readonly summary: TrashSummary }>;
  'private.empty-trash': In<OfTrash, EmptiedTrash>;
  /** Notes in the history that the system's trash has taken them. */
  'private.note-trashed': In<OfFolder & { readonly files: number; readonly bytes: number }, null>;
  'private.salvage': In<OfSnapshot & { readonly to: string }, SalvageReceipt>;
  'private.clear-cache': In<{ readonly cacheDir: string }, ClearedCache>;
};
