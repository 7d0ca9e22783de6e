import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { FolderId } from '../../electron/contract.ts';
import type { RestoreOptions, RestorePlan, RestoreReceipt } from '../../src/model.ts';
import { AlertDialog, CancelButton, DangerButton } from '../alert-dialog.tsx';
import { call } from '../api.ts';
import { ErrorNote } from '../error-note.tsx';
import { useInUse } from '../in-use.ts';
import { useNow } from '../now.ts';
import { useJob } from '../use-job.ts';
import { Working } from '../working.tsx';
import { PlanChoices } from './plan-choices.tsx';
import { PlanView } from './plan-view.tsx';
import { confirmWords, isBlocked, questionWords, type Subject, verbOf } from './plan-words.ts';
import { ReceiptView } from './receipt-view.tsx';
import { RestoreSteps } from './restore-steps.tsx';
import { useShownPlan } from './shown-plan.ts';

const LOOK_EVERY_MS = 1_500;
const RUNNING = { Restore: 'Restoring', Undo: 'Undoing the restore', Redo: 'Redoing the restore' };
const DONE = { Restore: 'Restored', Undo: 'The restore was undone', Redo: 'Restored again' };

export type RestoreDialogProps = {
  readonly folderId: FolderId;
  readonly subject: Subject;
  readonly databaseRevision: number;
  readonly onClose: () => void;
};

/** From the plan to the receipt. What is shown when the button is pressed is what happens, or nothing does. */
export function RestoreDialog({ folderId, subject, databaseRevision, onClose }: RestoreDialogProps) {
  const [options, setOptions] = useState<RestoreOptions>({
    mode: 'full',
    acceptDrift: false,
    clearTables: [],
    rewrite: 'differing',
  });
  const [whileOpen, setWhileOpen] = useState(false);
  const planning = useShownPlan(folderId, subject, options, databaseRevision);
  const job = useJob<RestoreReceipt>();
  const now = useNow();
  const { plan } = planning;
  const apply = (shown: RestorePlan) =>
    void job.run((callOptions) =>
      call('plan.apply', { folderId, planId: shown.planId, whileOpen }, callOptions),
    );
  const lookAgain = () => {
    job.reset();
    planning.renew();
  };

  if (job.value !== null) return <Done subject={subject} receipt={job.value} onClose={onClose} />;
  if (job.busy)
    return (
      <AlertDialog
        wide
        busy
        title={RUNNING[verbOf(subject)]}
        onClose={onClose}
        footer={
          <Button className="button" isDisabled={job.progress?.cancellable === false} onPress={job.cancel}>
            Cancel
          </Button>
        }
      >
        <RestoreSteps progress={job.progress} mode={plan?.options.mode ?? 'full'} />
      </AlertDialog>
    );
  if (job.error !== null)
    return (
      <AlertDialog
        wide
        title={job.error.code === 'cancelled' ? 'Nothing was changed' : 'Not restored'}
        onClose={onClose}
        footer={
          <>
            <CancelButton onPress={onClose}>Close</CancelButton>
            <Button className="button" onPress={lookAgain}>
              {job.error.code === 'plan-stale' ? 'Show the new figures' : 'Back'}
            </Button>
          </>
        }
      >
        <ErrorNote error={job.error} />
      </AlertDialog>
    );
  if (plan === null)
    return (
      <AlertDialog
        wide
        title={questionWords(subject, null, now)}
        onClose={onClose}
        footer={<CancelButton onPress={onClose} />}
      >
        {planning.error === null ? (
          <Working progress={planning.progress} words="Working out what would happen" />
        ) : (
          <ErrorNote error={planning.error}>
            <Button className="button" onPress={planning.renew}>
              Try again
            </Button>
          </ErrorNote>
        )}
      </AlertDialog>
    );
  return (
    <Confirm
      {...{ folderId, subject, plan, planning, options, whileOpen, onClose }}
      onOptions={setOptions}
      onWhileOpen={setWhileOpen}
      onApply={apply}
    />
  );
}

type ConfirmProps = {
  readonly folderId: FolderId;
  readonly subject: Subject;
  readonly plan: RestorePlan;
  readonly planning: ReturnType<typeof useShownPlan>;
  readonly options: RestoreOptions;
  readonly whileOpen: boolean;
  readonly onOptions: (options: RestoreOptions) => void;
  readonly onWhileOpen: (whileOpen: boolean) => void;
  readonly onApply: (plan: RestorePlan) => void;
  readonly onClose: () => void;
};

function Confirm(props: ConfirmProps) {
  const { folderId, subject, plan, planning, options, whileOpen, onClose } = props;
  const now = useNow();
  const inUse = useInUse(folderId, plan.inUse, LOOK_EVERY_MS);
  const unused = inUse.state !== 'yes';
  const { onWhileOpen } = props;
  useEffect(() => {
    if (unused) onWhileOpen(false);
  }, [unused, onWhileOpen]);
  return (
    <AlertDialog
      wide
      title={questionWords(subject, plan, now)}
      onClose={onClose}
      footer={
        <>
          <CancelButton onPress={onClose} />
          <DangerButton
            isDisabled={planning.busy || planning.outdated || isBlocked(plan, inUse, whileOpen)}
            onPress={() => props.onApply(plan)}
          >
            {confirmWords(subject, plan)}
          </DangerButton>
        </>
      }
    >
      <div role="status">
        {planning.outdated && (
          <div className="consent">
            <p>
              <span>
                <b>The database has changed since these figures were worked out.</b>
              </span>
            </p>
            <Button className="button" onPress={planning.accept}>
              Show the new figures
            </Button>
          </div>
        )}
      </div>
      {planning.error !== null && <ErrorNote error={planning.error} />}
      <div className={planning.busy ? 'renewing' : ''}>
        <PlanView plan={plan} inUse={inUse} />
      </div>
      <PlanChoices
        plan={plan}
        options={options}
        inUse={inUse}
        whileOpen={whileOpen}
        onOptions={props.onOptions}
        onWhileOpen={onWhileOpen}
      />
    </AlertDialog>
  );
}

type DoneProps = {
  readonly subject: Subject;
  readonly receipt: RestoreReceipt;
  readonly onClose: () => void;
};

function Done({ subject, receipt, onClose }: DoneProps) {
  return (
    <AlertDialog
      wide
      title={DONE[verbOf(subject)]}
      onClose={onClose}
      footer={<CancelButton onPress={onClose}>Close</CancelButton>}
    >
      <ReceiptView receipt={receipt} />
    </AlertDialog>
  );
}
