import { useState } from 'react';
import type { FolderId, ListedSnapshot, Reply } from '../../electron/contract.ts';
import type { PrunePlan, PrunePolicy, PruneReceipt } from '../../src/model/prune.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { formatBytes } from '../../words/numbers.ts';
import { choose, count } from '../../words/plurals.ts';
import type { CallOptions } from '../ask/api.ts';
import { useRules } from '../ask/rules.ts';
import { useJob } from '../ask/use-job.ts';
import { useRequest } from '../ask/use-request.ts';
import { AlertDialog, CancelButton, DangerButton } from '../parts/alert-dialog.tsx';
import { ErrorNote } from '../parts/error-note.tsx';
import { Working } from '../parts/working.tsx';
import { OnlyCopies } from './only-copies.tsx';
import { PrunePlanView } from './prune-plan-view.tsx';
import { fieldsOf, firstKind, type PruneFields, policyOf } from './prune-policy.ts';
import { PruneRules } from './prune-rules.tsx';
import { needsQuestion, type QuestionWords, SecondQuestion } from './second-question.tsx';

const CAN_BE_PUT_BACK = 'What is moved can be put back until you empty the trash.';

function moveWords(amount: number): QuestionWords {
  const it = choose(amount, 'it', 'them');
  return {
    title: `Move ${it} to the trash all the same?`,
    go: `Move ${it} all the same`,
    keep: `Keep ${choose(amount, 'that one', 'them')}`,
    note: CAN_BE_PUT_BACK,
  };
}

export type PruneDialogProps = {
  readonly folderId: FolderId;
  readonly snapshots: readonly ListedSnapshot[];
  /** The snapshots selected in the list. If there are none, the dialog starts with a rule. */
  readonly chosen: readonly SnapshotId[];
  /** The rule to start with; null: the usual one. */
  readonly rule: PrunePolicy | null;
  readonly prune: (plan: PrunePlan, options: CallOptions) => Promise<Reply<PruneReceipt>>;
  readonly onClose: () => void;
  readonly onPruned: (news: string, trashName: string) => void;
};

/** Moves snapshots, chosen by a rule or by hand, to the folder's own trash. Shows exactly which ones first. */
export function PruneDialog(props: PruneDialogProps) {
  const { folderId, snapshots, chosen, rule, onClose, onPruned } = props;
  const rules = useRules();
  // No rule takes what is kept by hand.
  const kinds = [...new Set(snapshots.flatMap(({ kind, kept }) => (kept === null ? [kind] : [])))];
  const [fields, setFields] = useState<PruneFields>({
    by: chosen.length > 0 ? 'choice' : 'count',
    countKind: firstKind(kinds, 'periodic'),
    keep: rules.periodic.keep,
    ageKind: firstKind(kinds, 'rewind'),
    days: rules.rewind.keepDays,
    ids: new Set(chosen),
    ...fieldsOf(rule),
  });
  const policy = policyOf(fields);
  const plan = useRequest('prune.plan', policy === null ? null : { folderId, policy });
  const job = useJob<PruneReceipt>((receipt) =>
    onPruned(
      `${count(receipt.moved.length, 'snapshot')}, ${formatBytes(receipt.bytes)}, moved to the trash: ${choose(receipt.moved.length, 'it stays', 'they stay')} in “snapback/trash” in this folder until you empty it.${receipt.notes.map((note) => ` ${note}`).join('')}`,
      /[^/\\]*$/.exec(receipt.trashFolder)?.[0] ?? '',
    ),
  );
  const ready = plan.value !== null && !plan.busy && plan.value.goes.length > 0 ? plan.value : null;
  const only = useRequest(
    'prune.only-copies',
    ready === null ? null : { folderId, ids: ready.goes.map(({ id }) => id) },
  );
  const [asking, setAsking] = useState(false);
  const prune = () => {
    if (ready === null) return;
    setAsking(false);
    void job.run((options) => props.prune(ready, options));
  };
  const replan = () => {
    job.reset();
    plan.reload();
  };
  if (asking && ready !== null && needsQuestion(only))
    return (
      <SecondQuestion
        copies={only}
        words={moveWords(ready.goes.length)}
        onKeep={() => setAsking(false)}
        onGo={prune}
      />
    );
  return (
    <AlertDialog
      wide
      title="Move snapshots to the trash?"
      onClose={onClose}
      busy={job.busy}
      footer={
        <>
          <CancelButton onPress={job.busy ? job.cancel : onClose} />
          {job.error !== null ? (
            <DangerButton isDisabled={false} onPress={replan}>
              Look again
            </DangerButton>
          ) : (
            <DangerButton
              isDisabled={ready === null || job.busy || only.busy}
              onPress={() => (needsQuestion(only) ? setAsking(true) : prune())}
            >
              {ready === null
                ? 'Move to the trash'
                : `Move ${count(ready.goes.length, 'snapshot')} to the trash`}
            </DangerButton>
          )}
        </>
      }
    >
      {job.busy ? (
        <Working progress={job.progress} words="Moving snapshots" />
      ) : job.error !== null ? (
        <ErrorNote error={job.error} />
      ) : (
        <>
          <PruneRules fields={fields} kinds={kinds} snapshots={snapshots} onChange={setFields} />
          <div className="plan-place">
            {policy === null ? (
              <p className="dim">Select snapshots.</p>
            ) : plan.error !== null && plan.error.code !== 'nothing-to-prune' ? (
              <ErrorNote error={plan.error} />
            ) : (
              <>
                <OnlyCopies copies={only} note={CAN_BE_PUT_BACK} />
                <PrunePlanView plan={plan.value} none={plan.error !== null} snapshots={snapshots} />
              </>
            )}
          </div>
        </>
      )}
    </AlertDialog>
  );
}
