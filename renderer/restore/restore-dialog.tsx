import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { FolderId, WrittenCopy } from '../../electron/contract.ts';
import type { HeldState, RestoreReceipt } from '../../src/model/receipt.ts';
import type { InUse, RestorePlan } from '../../src/model/restore.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { askingStory, confirmationOf, spokenWords } from '../../words/confirmation.ts';
import { doneWords, heldAfter } from '../../words/done.ts';
import { wayBackFrom } from '../../words/held-state.ts';
import { userWords } from '../../words/in-use.ts';
import {
  canGoIntoFile,
  copiedPart,
  heldByFile,
  intoFileWords,
  needsConsent,
  notInFile,
} from '../../words/into-file.ts';
import { chooseWords } from '../../words/merge.ts';
import { keepRefusal, type Newer } from '../../words/newer.ts';
import { blockedWords, confirmWords, plannedRows, type Subject, verbOf } from '../../words/plan.ts';
import { call } from '../ask/api.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import { useInUse } from '../ask/use-in-use.ts';
import { useJob } from '../ask/use-job.ts';
import { AlertDialog, CancelButton, DangerButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { StoryText } from '../parts/story-text.tsx';
import { Working } from '../parts/working.tsx';
import { WrittenFile } from './into-file.tsx';
import { MergePart } from './merge-part.tsx';
import { NewerChoiceView } from './newer-choice.tsx';
import { NewerPicks } from './newer-picks.tsx';
import { PartNotes } from './part-notes.tsx';
import { PlanConsents } from './plan-consents.tsx';
import { PlanState } from './plan-state.tsx';
import { PlanView } from './plan-view.tsx';
import { ReceiptView } from './receipt-view.tsx';
import { RehearsalView, useRehearsal } from './rehearsal-view.tsx';
import { RestoreEnd } from './restore-end.tsx';
import { RestoreSteps } from './restore-steps.tsx';
import { useShownPlan } from './shown-plan.ts';
import { TechnicalDetails } from './technical-details.tsx';
import { followConflicts } from './use-merging.ts';
import { useRestoreChoices } from './use-restore-choices.ts';

const LOOK_EVERY_MS = 1_500;
const NOT_KNOWN: InUse = { state: 'unknown' };
const RUNNING = { Restore: 'Restoring', Undo: 'Undoing the restore', Redo: 'Redoing the restore' };

export type RestoreDialogProps = {
  readonly folderId: FolderId;
  readonly subject: Subject;
  /** What is done with what was written since, until the person chooses otherwise. */
  readonly newer: Newer;
  readonly databaseRevision: number;
  readonly onClose: () => void;
  /** Opens the dialog that takes back what was just done. */
  readonly onUndo: (from: HeldState) => void;
};

/**
 * One dialog from the plan to the receipt. Pressing the button does exactly what is shown, or nothing at all.
 */
export function RestoreDialog({ folderId, subject, onClose, onUndo, ...first }: RestoreDialogProps) {
  const now = useNow();
  const naming = { now, rules: useRules() };
  const { options, setOptions, newer, setNewer, leftOut, setLeftOut, isMerge, merging, seePlan } =
    useRestoreChoices(folderId, subject, first.newer);
  const [consent, setConsent] = useState<string | null>(null);
  const [applied, setApplied] = useState<RestorePlan | null>(null);
  const job = useJob<RestoreReceipt>();
  const copying = useJob<WrittenCopy | null>();
  const isApplied = job.busy || job.value !== null || copying.busy || copying.value !== null;
  const made = useShownPlan(folderId, subject, options, isApplied ? null : first.databaseRevision);
  const planning = followConflicts(made, merging);
  const { plan } = planning;
  seePlan(plan);
  const rehearsal = useRehearsal(folderId, isApplied ? null : planning);
  const inUse = useInUse(folderId, plan?.inUse ?? NOT_KNOWN, LOOK_EVERY_MS);
  // The consent covers only the programs that have the database open now, not those that open it later.
  const users = inUse.state === 'yes' ? userWords(inUse) : null;
  const whileOpen = users !== null && consent === users;

  const apply = (wanted: RestorePlan) => {
    const { planId, options } = wanted;
    const { acceptDrift, acceptOtherTimeline } = options;
    setApplied(wanted);
    void job.run((callOptions) =>
      call('plan.apply', { folderId, planId, whileOpen, acceptDrift, acceptOtherTimeline }, callOptions),
    );
  };
  const part = subject.action === 'restore' ? (subject.part ?? null) : null;
  const intoFile = (shown: RestorePlan, snapshotId: SnapshotId) => {
    const held = copiedPart(part, shown);
    // What is kept in the chat app's own log is not in a new file, so that is not the plan that was shown.
    const isShown = held === part && !shown.options.keepNewer;
    const selection = held === null ? undefined : options.selection;
    const wanted = { ...options, keepNewer: false, leaveOut: undefined, selection };
    const args = { folderId, snapshotId, options: wanted, planId: isShown ? shown.planId : null };
    void copying.run((callOptions) => call('restore.copy', args, callOptions));
  };
  const lookAgain = () => {
    job.reset();
    planning.renew();
  };
  const open = plan === null || !isMerge ? 0 : (merging.open ?? plan.conflictsOpen);
  const blocked = plan === null ? null : blockedWords(plan, inUse, whileOpen);
  const dialog = { wide: true, onClose };
  const confirmation = plan === null ? null : confirmationOf(subject, plan, naming);

  if (job.value !== null && applied !== null) {
    const held = heldAfter(subject, applied, job.value);
    return (
      <AlertDialog
        onClose={onClose}
        title={<StoryText story={doneWords(subject, applied)} />}
        footer={
          <>
            <Button className="button" onPress={() => onUndo(held)}>
              {wayBackFrom(held)}
            </Button>
            <CancelButton onPress={onClose}>Done</CancelButton>
          </>
        }
      >
        <ReceiptView receipt={job.value} plan={applied} verb={verbOf(subject)} />
      </AlertDialog>
    );
  }
  if (copying.value !== null && plan !== null) {
    const copied = copiedPart(part, plan);
    return (
      <WrittenFile written={copying.value} held={heldByFile(copied, plan, now)} onClose={onClose}>
        {notInFile(copied, plan)} Your own database stays as it is.
      </WrittenFile>
    );
  }
  if (copying.busy)
    return (
      <AlertDialog
        {...dialog}
        busy
        title="Restoring into a new file"
        footer={
          <Button className="button" onPress={copying.cancel}>
            Cancel
          </Button>
        }
      >
        <Working progress={copying.progress} words="Writing the new file" />
      </AlertDialog>
    );
  if (job.busy)
    return (
      <AlertDialog
        {...dialog}
        busy
        title={RUNNING[verbOf(subject)]}
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
      <RestoreEnd
        folderId={folderId}
        verb={verbOf(subject)}
        error={job.error}
        planId={applied?.planId ?? ''}
        onAgain={lookAgain}
        onClose={onClose}
      />
    );
  return (
    <AlertDialog
      {...dialog}
      title={<StoryText story={confirmation?.title ?? askingStory(subject, naming)} />}
      footer={
        <>
          {blocked !== null && <p className="why">{blocked}</p>}
          {plan !== null && subject.action === 'restore' && canGoIntoFile(plan) && (
            <Button
              className="button"
              isDisabled={planning.pending || planning.outdated || needsConsent(plan)}
              onPress={() => intoFile(plan, subject.snapshotId)}
            >
              {intoFileWords(part, plan)}
            </Button>
          )}
          <CancelButton onPress={onClose} />
          {plan !== null && plannedRows(plan) + plan.conflictCount > 0 && (
            <DangerButton
              isDisabled={planning.pending || planning.outdated || blocked !== null || plan.conflictsOpen > 0}
              onPress={() => apply(plan)}
            >
              {open > 0 ? chooseWords(open) : confirmWords(subject, plan)}
            </DangerButton>
          )}
        </>
      }
    >
      <PlanState planning={planning} />
      {copying.error !== null && <ErrorNote error={copying.error} />}
      <p className="visually-hidden" role="status">
        {confirmation === null || planning.outdated ? '' : spokenWords(confirmation)}
      </p>
      {plan !== null && (
        <>
          <div className={planning.pending ? 'renewing' : ''}>
            <PlanView plan={plan} lines={confirmation?.lines ?? []}>
              <PartNotes part={part} plan={plan} options={options} onOptions={setOptions} />
              <NewerChoiceView plan={plan} newer={newer} onChange={setNewer}>
                {subject.action === 'restore' && (
                  <NewerPicks
                    folderId={folderId}
                    snapshotId={subject.snapshotId}
                    plan={plan}
                    leftOut={leftOut}
                    onLeaveOut={setLeftOut}
                  />
                )}
              </NewerChoiceView>
              {keepRefusal(plan) === null && (
                <PlanConsents
                  plan={plan}
                  options={options}
                  inUse={inUse}
                  whileOpen={whileOpen}
                  onOptions={setOptions}
                  onWhileOpen={(yes) => setConsent(yes ? users : null)}
                />
              )}
            </PlanView>
          </div>
          {isMerge && <MergePart plan={plan} merging={merging} />}
          <TechnicalDetails
            plan={plan}
            inUse={inUse}
            options={options}
            rehearsal={<RehearsalView rehearsal={rehearsal} />}
            onOptions={setOptions}
          />
        </>
      )}
    </AlertDialog>
  );
}
