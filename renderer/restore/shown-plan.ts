import { useEffect, useRef, useState } from 'react';
import type { ErrorInfo, FolderId } from '../../electron/contract.ts';
import type { RestoreOptions, RestorePlan } from '../../src/model/restore.ts';
import type { Progress } from '../../src/model/task.ts';
import type { Subject } from '../../words/plan.ts';
import { questionOf } from '../ask/question.ts';
import { useRequest } from '../ask/use-request.ts';

export type ShownPlan = {
  /** The plan whose figures are on the screen. Only this one may be applied. */
  readonly plan: RestorePlan | null;
  /** True if a newer plan differs from the one shown. The user has to see it first. */
  readonly outdated: boolean;
  /**
   * True until the plan for the current choices is on the screen. A check whether that one still holds does not count:
   * applying it makes the same check.
   */
  readonly pending: boolean;
  readonly progress: Progress | null;
  readonly error: ErrorInfo | null;
  /** Shows the newer plan. */
  readonly accept: () => void;
  /** Makes a new plan and shows it. */
  readonly renew: () => void;
};

/**
 * The plan for a restore or an undo. A new plan is made after each choice and each change of the database, but a change
 * of the database never replaces the plan on the screen unasked. A null revision: it is being applied, or was, and none is made.
 */
export function useShownPlan(
  folderId: FolderId,
  subject: Subject,
  options: RestoreOptions,
  databaseRevision: number | null,
): ShownPlan {
  const restore = useRequest(
    'restore.plan',
    subject.action === 'restore' ? { folderId, snapshotId: subject.snapshotId, options } : null,
  );
  const undo = useRequest(
    'undo.plan',
    subject.action === 'undo'
      ? {
          folderId,
          of: subject.step?.of ?? null,
          acceptDrift: options.acceptDrift,
          acceptOtherTimeline: options.acceptOtherTimeline,
        }
      : null,
  );
  const request = subject.action === 'restore' ? restore : undo;
  const { value, busy, reload } = request;
  const key = questionOf(options);
  const [shown, setShown] = useState<{ readonly key: string; readonly plan: RestorePlan } | null>(null);

  useEffect(() => {
    if (value === null) return;
    setShown((last) => {
      const keep = last !== null && last.key === key && last.plan.planId !== value.planId;
      return keep ? last : { key, plan: value };
    });
  }, [value, key]);

  const seen = useRef(databaseRevision);
  useEffect(() => {
    // A running request is finished first. Otherwise a busy chat app would keep it from ever finishing.
    if (databaseRevision === null || seen.current === databaseRevision || busy) return;
    seen.current = databaseRevision;
    reload();
  }, [databaseRevision, busy, reload]);

  return {
    plan: shown?.plan ?? null,
    outdated: shown !== null && shown.key === key && value !== null && value.planId !== shown.plan.planId,
    pending: shown?.key !== key,
    progress: request.progress,
    error: request.error,
    accept: () => value !== null && setShown({ key, plan: value }),
    renew: () => {
      setShown(null);
      reload();
    },
  };
}
