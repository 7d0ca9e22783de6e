import type { FolderId, ResultOf } from '../../electron/contract.ts';
import type { TrashSummary } from '../../src/model/prune.ts';
import { formatBytes } from '../../words/numbers.ts';
import { choose, count } from '../../words/plurals.ts';
import { call } from '../ask/api.ts';
import { useJob } from '../ask/use-job.ts';
import { AlertDialog, CancelButton, DangerButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Working } from '../parts/working.tsx';

export type EmptyTrashDialogProps = {
  readonly folderId: FolderId;
  readonly trash: TrashSummary;
  readonly onClose: () => void;
  readonly onEmptied: (news: string) => void;
};

/** Frees the space of pruned snapshots: into the system's trash where there is one, else for good. */
export function EmptyTrashDialog({ folderId, trash, onClose, onEmptied }: EmptyTrashDialogProps) {
  const job = useJob<ResultOf<'trash.empty'>>(({ files, bytes, to }) =>
    onEmptied(
      `${count(files, 'snapshot')}, ${formatBytes(bytes)}, ${to === 'system-trash' ? 'moved to the system’s trash' : 'deleted for good, as there is no system trash here'}.`,
    ),
  );
  const what = count(trash.files, 'snapshot');
  return (
    <AlertDialog
      title={`Empty the trash: ${what}?`}
      onClose={onClose}
      busy={job.busy}
      footer={
        <>
          <CancelButton onPress={onClose} />
          <DangerButton
            isDisabled={job.busy}
            onPress={() => void job.run((options) => call('trash.empty', { folderId }, options))}
          >
            Remove {what}, {formatBytes(trash.bytes)}
          </DangerButton>
        </>
      }
    >
      {job.error !== null && <ErrorNote error={job.error} />}
      {job.busy ? (
        <Working progress={job.progress} words="Emptying the trash" />
      ) : (
        <>
          <p>
            {choose(trash.files, 'It moves', 'They move')} to the system’s trash. If there is none here,{' '}
            {choose(trash.files, 'it is', 'they are')} deleted for good. The snapshots in the list are not
            affected.
          </p>
          {trash.others > 0 && (
            <p>
              {count(trash.others, 'folder')} in the trash {choose(trash.others, 'holds', 'hold')} something
              that Prune did not put there. It stays.
            </p>
          )}
        </>
      )}
    </AlertDialog>
  );
}
