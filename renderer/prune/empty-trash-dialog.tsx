import { useState } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import type { ArgsOf, FolderId, ResultOf } from '../../electron/contract.ts';
import type { TrashSummary } from '../../src/model/prune.ts';
import { formatBytes } from '../../words/numbers.ts';
import { choose, count } from '../../words/plurals.ts';
import { call } from '../ask/api.ts';
import { useJob } from '../ask/use-job.ts';
import { AlertDialog, CancelButton, DangerButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Icon } from '../parts/icons.tsx';
import { Working } from '../parts/working.tsx';

type Target = ArgsOf<'trash.empty'>['to'];

export type EmptyTrashDialogProps = {
  readonly folderId: FolderId;
  readonly trash: TrashSummary;
  readonly onClose: () => void;
  readonly onEmptied: (news: string) => void;
};

/**
 * Empties the folder's own trash: deletes its snapshots for good, or moves them to the system's trash, which frees no
 * space.
 */
export function EmptyTrashDialog({ folderId, trash, onClose, onEmptied }: EmptyTrashDialogProps) {
  const [to, setTo] = useState<Target>('deleted');
  const [refused, setRefused] = useState(false);
  const what = count(trash.files, 'snapshot');
  const bytes = formatBytes(trash.freesBytes);
  const job = useJob<ResultOf<'trash.empty'>>((emptied) => {
    if (emptied.refused) {
      setRefused(true);
      setTo('deleted');
      return;
    }
    onEmptied(
      `${count(emptied.files, 'snapshot')}, ${formatBytes(emptied.bytes)}, ${emptied.to === 'deleted' ? 'deleted for good' : 'moved to the system’s trash'}.${emptied.notes.map((note) => ` ${note}`).join('')}`,
    );
  });
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
            onPress={() => void job.run((options) => call('trash.empty', { folderId, to }, options))}
          >
            {to === 'deleted' ? `Delete ${what}, free ${bytes}` : `Move ${what}, free nothing yet`}
          </DangerButton>
        </>
      }
    >
      {job.error !== null && <ErrorNote error={job.error} />}
      {job.busy ? (
        <Working progress={job.progress} words="Emptying the trash" />
      ) : (
        <>
          <RadioGroup
            className="choices"
            value={to}
            onChange={(value) => setTo(value === 'system-trash' ? 'system-trash' : 'deleted')}
          >
            <Label className="visually-hidden">What happens to them</Label>
            <Radio value="deleted" className="choice">
              <span className="dot" />
              <span>
                <b>Delete for good</b>
                <span className="dim">
                  This frees {bytes} now. After that {choose(trash.files, 'it', 'they')} can’t be put back.
                </span>
              </span>
            </Radio>
            <Radio value="system-trash" className="choice" isDisabled={refused}>
              <span className="dot" />
              <span>
                <b>Move to the system’s trash</b>
                <span className="dim">No space is freed until you empty that one too.</span>
              </span>
            </Radio>
          </RadioGroup>
          {refused && (
            <p className="note warn" role="alert">
              <Icon name="warning" />
              <span>The system has no trash for this place. What is left can only be deleted.</span>
            </p>
          )}
          <p>The snapshots in the list are not affected.</p>
          {trash.others > 0 && (
            <p>
              {count(trash.others, 'folder')} in the trash {choose(trash.others, 'holds', 'hold')} something
              that Prune did not put there. It stays. You can check it yourself in “snapback/trash” in this
              folder: {trash.otherNames.join(', ')}
            </p>
          )}
        </>
      )}
    </AlertDialog>
  );
}
