import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import type { TrashSummary } from '../../src/model/prune.ts';
import type { HeldState } from '../../src/model/restore.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { EmptyTrashDialog } from '../prune/empty-trash-dialog.tsx';
import { PruneDialog } from '../prune/prune-dialog.tsx';
import { PutBackDialog } from '../prune/put-back-dialog.tsx';
import { RestoreDialog } from '../restore/restore-dialog.tsx';
import { TakeDialog } from '../snapshots/take-dialog.tsx';
import type { FolderData } from './folder-data.ts';

/** The dialog that is open over the folder, with the data from when it was opened. */
export type OpenDialog =
  | { readonly dialog: 'restore'; readonly snapshotId: SnapshotId }
  | { readonly dialog: 'undo'; readonly from: HeldState }
  | { readonly dialog: 'take' | 'put-back' | 'empty-trash' }
  | { readonly dialog: 'prune'; readonly chosen: readonly SnapshotId[] };

export type FolderDialogProps = {
  readonly dialog: OpenDialog;
  readonly folderId: FolderId;
  readonly snapshots: readonly ListedSnapshot[];
  readonly trash: TrashSummary;
  readonly databaseRevision: number;
  readonly prune: FolderData['prune'];
  readonly onTaken: (id: SnapshotId) => void;
  readonly onPutBack: (news: string) => void;
  /** Passes the news (null: none), and the trash folder that what was pruned is in now. */
  readonly onClose: (news: string | null, trashName?: string) => void;
};

export function FolderDialog(props: FolderDialogProps) {
  const { dialog, folderId, databaseRevision } = props;
  const close = () => props.onClose(null);
  switch (dialog.dialog) {
    case 'restore':
      return (
        <RestoreDialog
          folderId={folderId}
          subject={{ action: 'restore', snapshotId: dialog.snapshotId }}
          databaseRevision={databaseRevision}
          onClose={close}
        />
      );
    case 'undo':
      return (
        <RestoreDialog
          folderId={folderId}
          subject={{ action: 'undo', from: dialog.from }}
          databaseRevision={databaseRevision}
          onClose={close}
        />
      );
    case 'take':
      return (
        <TakeDialog
          folderId={folderId}
          onClose={close}
          onTaken={(id, news) => {
            props.onTaken(id);
            props.onClose(news);
          }}
        />
      );
    case 'prune':
      return (
        <PruneDialog
          folderId={folderId}
          snapshots={props.snapshots}
          chosen={dialog.chosen}
          prune={props.prune}
          onClose={close}
          onPruned={props.onClose}
        />
      );
    case 'put-back':
      return <PutBackDialog folderId={folderId} onClose={close} onPutBack={props.onPutBack} />;
    case 'empty-trash':
      return (
        <EmptyTrashDialog folderId={folderId} trash={props.trash} onClose={close} onEmptied={props.onClose} />
      );
  }
}
