import type { FolderId } from '../../electron/contract.ts';
import type { Rehearsal } from '../../src/model/rehearsal.ts';
import { explain } from '../../words/errors.ts';
import { plannedRows } from '../../words/plan.ts';
import { rehearsalLines, rehearsalObstacle } from '../../words/rehearsal.ts';
import { type Request, useRequest } from '../ask/use-request.ts';
import type { ShownPlan } from './shown-plan.ts';

/**
 * Rehearses the plan on the screen on a copy, in the background. Another plan, the restore itself and the end of the dialog
 * cancel it.
 */
export function useRehearsal(folderId: FolderId, planning: ShownPlan | null): Request<Rehearsal> {
  const plan = planning === null || planning.pending || planning.outdated ? null : planning.plan;
  const isAsked = plan !== null && plannedRows(plan) > 0 && rehearsalObstacle(plan) === null;
  return useRequest('plan.rehearse', isAsked ? { folderId, planId: plan.planId } : null);
}

/** What the rehearsal showed, or that it goes on; nothing where there is none. */
export function RehearsalView({ rehearsal }: { readonly rehearsal: Request<Rehearsal> }) {
  const { value, busy, error } = rehearsal;
  const lines = value !== null ? rehearsalLines(value, 'window') : busy ? ['Rehearsing on a copy …'] : [];
  const failed =
    error === null || ['cancelled', 'plan-stale'].includes(error.code) ? [] : [explain(error, 'window')];
  const all = [...lines, ...failed.map(({ title, happened }) => `Not rehearsed: ${title}. ${happened}`)];
  return (
    all.length > 0 && (
      <ul className="details">
        {all.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    )
  );
}
