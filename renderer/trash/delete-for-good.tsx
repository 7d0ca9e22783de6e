import { useState } from 'react';
import type { FolderId, ResultOf } from '../../electron/contract.ts';
import type { TrashView } from '../../src/model/prune.ts';
import { formatBytes } from '../../words/numbers.ts';
import { choose, count } from '../../words/plurals.ts';
import type { Job } from '../ask/use-job.ts';
import { useRequest } from '../ask/use-request.ts';
import { AlertDialog, CancelButton, DangerButton } from '../parts/alert-dialog.tsx';
import { Working } from '../parts/working.tsx';
import { OnlyCopies } from '../prune/only-copies.tsx';
import { needsQuestion, type QuestionWords, SecondQuestion } from '../prune/second-question.tsx';

export type DeleteForGoodProps = {
  readonly folderId: FolderId;
  readonly trash: TrashView;
  readonly job: Job<ResultOf<'trash.empty'>>;
  readonly onClose: () => void;
  readonly onDelete: () => void;
};

const LOST_FOR_GOOD = 'Once that is deleted, nothing can bring it back.';

function deleteWords(amount: number): QuestionWords {
  const it = choose(amount, 'it', 'them');
  return {
    title: `Delete ${it} for good all the same?`,
    go: `Delete ${it} all the same`,
    keep: `Keep ${it}`,
    note: LOST_FOR_GOOD,
  };
}

/**
 * Asks whether to delete what is in the trash, and once more where that holds the only copy of something. Only this cannot
 * be undone.
 */
export function DeleteForGood({ folderId, trash, job, onClose, onDelete }: DeleteForGoodProps) {
  const copies = useRequest('trash.only-copies', { folderId, planId: trash.planId });
  const [asking, setAsking] = useState(false);
  const what = count(trash.files, 'snapshot');
  if (asking && needsQuestion(copies))
    return (
      <SecondQuestion
        copies={copies}
        words={deleteWords(trash.files)}
        onKeep={() => setAsking(false)}
        onGo={() => {
          setAsking(false);
          onDelete();
        }}
      />
    );
  return (
    <AlertDialog
      title={`Delete ${what} for good?`}
      onClose={onClose}
      busy={job.busy}
      footer={
        <>
          <CancelButton onPress={onClose} />
          <DangerButton
            isDisabled={job.busy || copies.busy}
            onPress={() => (needsQuestion(copies) ? setAsking(true) : onDelete())}
          >
            Delete {what}, free {formatBytes(trash.freesBytes)}
          </DangerButton>
        </>
      }
    >
      {job.busy ? (
        <Working progress={job.progress} words="Deleting" />
      ) : (
        <>
          <p>
            After that {choose(trash.files, 'it', 'they')} can’t be put back. The snapshots in the list are
            not affected.
          </p>
          <OnlyCopies copies={copies} note={LOST_FOR_GOOD} />
        </>
      )}
    </AlertDialog>
  );
}
