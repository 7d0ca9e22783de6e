import type { ResultOf } from '../../electron/contract.ts';
import type { TrashView } from '../../src/model/prune.ts';
import { formatBytes } from '../../words/numbers.ts';
import { choose, count } from '../../words/plurals.ts';
import type { Job } from '../ask/use-job.ts';
import { AlertDialog, CancelButton, DangerButton } from '../parts/alert-dialog.tsx';
import { Working } from '../parts/working.tsx';

export type DeleteForGoodProps = {
  readonly trash: TrashView;
  readonly job: Job<ResultOf<'trash.empty'>>;
  readonly onClose: () => void;
  readonly onDelete: () => void;
};

/** Asks whether to delete what is in the trash. Only this cannot be undone. */
export function DeleteForGood({ trash, job, onClose, onDelete }: DeleteForGoodProps) {
  const what = count(trash.files, 'snapshot');
  return (
    <AlertDialog
      title={`Delete ${what} for good?`}
      onClose={onClose}
      busy={job.busy}
      footer={
        <>
          <CancelButton onPress={onClose} />
          <DangerButton isDisabled={job.busy} onPress={onDelete}>
            Delete {what}, free {formatBytes(trash.freesBytes)}
          </DangerButton>
        </>
      }
    >
      {job.busy ? (
        <Working progress={job.progress} words="Deleting" />
      ) : (
        <p>
          After that {choose(trash.files, 'it', 'they')} can’t be put back. The snapshots in the list are not
          affected.
        </p>
      )}
    </AlertDialog>
  );
}
