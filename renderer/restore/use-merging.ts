import { useEffect, useState } from 'react';
import type { ArgsOf, FolderId, ResultOf } from '../../electron/contract.ts';
import type { Merge } from '../../src/model/selection.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { call } from '../ask/api.ts';
import { type Request, useRequest } from '../ask/use-request.ts';
import { type Choices, countOpen, NO_CHOICES, toMergeChoices } from './merge-choices.ts';
import type { ShownPlan } from './shown-plan.ts';

export type OpenConflicts = ResultOf<'conflicts.open'>;

export type Merging = {
  /** What the plan is asked for. Choices are part of it once all are made. Undefined: nothing is merged. */
  readonly merge: Merge | undefined;
  /** The entries of which a version is to be chosen. */
  readonly conflicts: Request<OpenConflicts>;
  readonly choices: Choices;
  readonly onChoose: (choices: Choices) => void;
  /** For how many nothing is chosen yet; null: they are not read yet. */
  readonly open: number | null;
  /** Compares with this snapshot instead of the one that is found. */
  readonly onBase: (baseId: SnapshotId) => void;
};

/**
 * What a person chooses in a merge, with which the plan is made. A null snapshot: nothing is merged. `hasConflicts`: a plan
 * says that there is something to choose.
 */
export function useMerging(
  folderId: FolderId,
  snapshotId: SnapshotId | null,
  hasConflicts: boolean,
): Merging {
  const [choices, onChoose] = useState(NO_CHOICES);
  const [baseId, onBase] = useState<SnapshotId | null>(null);
  const asked = hasConflicts && snapshotId !== null ? { folderId, snapshotId, baseId } : null;
  const conflicts = useConflicts(asked);
  const tables = conflicts.value?.overview.tables ?? null;
  const open = tables === null ? null : countOpen(tables, choices);
  const merge = { baseId, choices: toMergeChoices(open === 0 ? choices : NO_CHOICES) };
  return { merge: snapshotId === null ? undefined : merge, conflicts, choices, onChoose, open, onBase };
}

/** Opens the entries of which a version has to be chosen, and closes them when nobody shows them any more. */
function useConflicts(asked: ArgsOf<'conflicts.open'> | null): Request<OpenConflicts> {
  const opened = useRequest('conflicts.open', asked);
  const conflictsId = opened.value?.conflictsId;
  useEffect(() => {
    if (conflictsId === undefined) return;
    return () => void call('conflicts.close', { conflictsId });
  }, [conflictsId]);
  return opened;
}

/**
 * The plan, outdated also where the entries have changed since they were read: a choice is one between the versions that were
 * shown. To show the new ones starts the choosing again.
 */
export function followConflicts(planning: ShownPlan, { conflicts, onChoose, merge }: Merging): ShownPlan {
  const { plan, pending } = planning;
  const known = conflicts.value?.overview.hash;
  if (merge === undefined || known === undefined) return planning;
  const isOther =
    plan !== null && !pending && plan.options.merge !== undefined && plan.conflictsHash !== known;
  const again = (act: () => void) => () => {
    onChoose(NO_CHOICES);
    conflicts.reload();
    act();
  };
  return {
    ...planning,
    outdated: planning.outdated || (isOther && !conflicts.busy),
    accept: again(planning.accept),
    renew: again(planning.renew),
  };
}
