import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import type { PrunePolicy } from '../../src/model/prune.ts';
import type { HeldState } from '../../src/model/receipt.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { isEndangered } from '../../words/keep.ts';
import type { Newer } from '../../words/newer.ts';
import type { ChosenPart } from '../../words/part.ts';
import type { UndoneStep } from '../../words/plan.ts';
import { ActionHistoryDialog } from '../action-history/action-history-dialog.tsx';
import { useNow } from '../ask/now.ts';
import { KeepDialog } from '../keep/keep-dialog.tsx';
import { useHold } from '../keep/use-hold.ts';
import { ProtectionDialog } from '../protection/protection-dialog.tsx';
import { PruneDialog } from '../prune/prune-dialog.tsx';
import { RestoreDialog } from '../restore/restore-dialog.tsx';
import { WorkingCopyDialog } from '../restore/working-copy.tsx';
import { TakeDialog } from '../snapshots/take-dialog.tsx';
import { SpaceDialog } from '../space/space-dialog.tsx';
import { TrashDialog } from '../trash/trash-dialog.tsx';
import type { FolderData } from './folder-data.ts';

/** The dialog that is open over the folder, with the data from when it was opened. */
export type OpenDialog =
  | {
      readonly dialog: 'restore';
      readonly snapshotId: SnapshotId;
      readonly newer: Newer;
      /** Null: the whole snapshot is restored. */
      readonly part: ChosenPart | null;
    }
  /** `step`: the entry of the history to take back; without it, the newest. */
  | { readonly dialog: 'undo'; readonly from: HeldState; readonly step?: UndoneStep }
  | { readonly dialog: 'take' | 'space' | 'trash' | 'history' | 'protection' }
  | { readonly dialog: 'keep' | 'working-copy'; readonly snapshot: ListedSnapshot }
  | { readonly dialog: 'prune'; readonly chosen: readonly SnapshotId[]; readonly rule: PrunePolicy | null };

export type FolderDialogProps = {
  readonly dialog: OpenDialog;
  readonly folderId: FolderId;
  readonly snapshots: readonly ListedSnapshot[];
  readonly databaseRevision: number;
  /** Whether the database can be written to. */
  readonly canUndo: boolean;
  readonly prune: FolderData['prune'];
  readonly onTaken: (id: SnapshotId) => void;
  readonly onPutBack: (news: string) => void;
  /** Opens another dialog in the place of this one. */
  readonly onOpen: (dialog: OpenDialog) => void;
  readonly onUndo: (from: HeldState) => void;
  /** Passes the news (null: none), and the trash folder that what was pruned is in now. */
  readonly onClose: (news: string | null, trashName?: string) => void;
};

export function FolderDialog(props: FolderDialogProps) {
  const { dialog, folderId, databaseRevision } = props;
  const close = () => props.onClose(null);
  const now = useNow();
  const inDanger =
    dialog.dialog === 'restore' &&
    props.snapshots.some(({ id, retention }) => id === dialog.snapshotId && isEndangered(retention, now));
  useHold(folderId, inDanger ? dialog.snapshotId : null);
  switch (dialog.dialog) {
    case 'restore':
      return (
        <RestoreDialog
          folderId={folderId}
          subject={{
            action: 'restore',
            snapshotId: dialog.snapshotId,
            ...(dialog.part === null ? {} : { part: dialog.part }),
          }}
          newer={dialog.newer}
          databaseRevision={databaseRevision}
          onClose={close}
          onUndo={props.onUndo}
        />
      );
    case 'undo':
      return (
        <RestoreDialog
          // The receipt of one undo leads to the next one, which starts over.
          key={dialog.from.state}
          folderId={folderId}
          subject={{
            action: 'undo',
            from: dialog.from,
            ...(dialog.step === undefined ? {} : { step: dialog.step }),
          }}
          newer="remove"
          databaseRevision={databaseRevision}
          onClose={close}
          onUndo={props.onUndo}
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
          rule={dialog.rule}
          prune={props.prune}
          onClose={close}
          onPruned={props.onClose}
        />
      );
    case 'keep':
      return (
        <KeepDialog folderId={folderId} snapshot={dialog.snapshot} onClose={close} onKept={props.onClose} />
      );
    case 'working-copy':
      return (
        <WorkingCopyDialog
          folderId={folderId}
          snapshot={dialog.snapshot}
          snapshots={props.snapshots}
          onClose={close}
        />
      );
    case 'space':
      return (
        <SpaceDialog
          folderId={folderId}
          onClose={close}
          onPrune={(rule) => props.onOpen({ dialog: 'prune', chosen: [], rule })}
          onTrash={() => props.onOpen({ dialog: 'trash' })}
        />
      );
    case 'history':
      return (
        <ActionHistoryDialog
          folderId={folderId}
          databaseRevision={databaseRevision}
          canUndo={props.canUndo}
          onClose={close}
          onUndo={(from, step) => props.onOpen({ dialog: 'undo', from, step })}
          onTrash={() => props.onOpen({ dialog: 'trash' })}
        />
      );
    case 'protection':
      return (
        <ProtectionDialog
          folderId={folderId}
          onClose={close}
          onHistory={() => props.onOpen({ dialog: 'history' })}
        />
      );
    case 'trash':
      return (
        <TrashDialog
          folderId={folderId}
          onClose={close}
          onPutBack={props.onPutBack}
          onEmptied={props.onClose}
        />
      );
  }
}
