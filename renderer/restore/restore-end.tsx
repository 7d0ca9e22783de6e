import { Button } from 'react-aria-components';
import type { ErrorInfo, FolderId } from '../../electron/contract.ts';
import type { KnownOutcome, PlanOutcome } from '../../src/model/receipt.ts';
import { DONE } from '../../words/done.ts';
import { isUndecided } from '../../words/failure.ts';
import type { Verb } from '../../words/plan.ts';
import { restoreEndWords } from '../../words/restore-end.ts';
import { useRequest } from '../ask/use-request.ts';
import { AlertDialog, CancelButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Icon } from '../parts/icons.tsx';
import { Working } from '../parts/working.tsx';

export type RestoreEndProps = {
  readonly folderId: FolderId;
  readonly verb: Verb;
  readonly error: ErrorInfo;
  /** The plan that was applied. */
  readonly planId: string;
  readonly onAgain: () => void;
  readonly onClose: () => void;
};

/**
 * How a restore without a receipt ended. If the core stopped or the very last step failed, the content of the database shows
 * whether it was made.
 */
export function RestoreEnd({ folderId, verb, error, planId, onAgain, onClose }: RestoreEndProps) {
  const stopped = error.code === 'core-stopped';
  const lost = stopped || isUndecided(error);
  const outcome = useRequest('plan.outcome', lost ? { folderId, planId } : null);
  const close = <CancelButton onPress={onClose}>Close</CancelButton>;
  if (lost && outcome.value === null && outcome.error === null)
    return (
      <AlertDialog wide title="Checking whether it was finished" onClose={onClose} footer={close}>
        <Working progress={outcome.progress} words="Checking the database" />
      </AlertDialog>
    );
  const ended: PlanOutcome | 'failed' = lost ? (outcome.value ?? 'unknown') : 'failed';
  return (
    <AlertDialog
      wide
      title={titleOf(ended, error, verb)}
      onClose={onClose}
      footer={
        <>
          {close}
          {ended !== 'made' && (
            <Button className="button" onPress={onAgain}>
              {error.code === 'plan-stale' ? 'Show the new figures' : 'Try again'}
            </Button>
          )}
        </>
      }
    >
      {ended === 'failed' || ended === 'unknown' ? (
        <ErrorNote error={error} />
      ) : (
        <Lost outcome={ended} stopped={stopped} />
      )}
    </AlertDialog>
  );
}

function titleOf(ended: PlanOutcome | 'failed', error: ErrorInfo, verb: Verb): string {
  if (ended === 'made') return DONE[verb];
  if (ended === 'unknown') return 'It isn’t known whether the restore was made';
  return error.code === 'cancelled' ? 'Nothing was changed' : 'Not restored';
}

/** What the content of the database showed after the core had stopped, or had failed at its last step. */
function Lost({ outcome, stopped }: { readonly outcome: KnownOutcome; readonly stopped: boolean }) {
  const made = outcome === 'made';
  const { title, happened, unharmed } = restoreEndWords(outcome, stopped);
  return (
    <div className={made ? 'error-note calm' : 'error-note'} role={made ? 'status' : 'alert'}>
      <h2>
        {!made && <Icon name="warning" />}
        {title}
      </h2>
      <p>{happened}</p>
      <p className="unharmed">
        <Icon name="check" />
        <span>{unharmed}</span>
      </p>
    </div>
  );
}
