import { useState } from 'react';
import type { FolderId } from '../../electron/contract.ts';
import type { RestoreOptions, RestorePlan } from '../../src/model/restore.ts';
import type { Newer } from '../../words/newer.ts';
import type { Subject } from '../../words/plan.ts';
import { useMerging } from './use-merging.ts';

/** What a person has chosen for a restore, and the options that the plan is asked for with it. `first`: until they choose. */
export function useRestoreChoices(folderId: FolderId, subject: Subject, first: Newer) {
  const [newer, setNewer] = useState(first);
  const [chosen, setOptions] = useState<RestoreOptions>(() => firstOptions(subject));
  // Without the log or in a part, nothing happens to what was written since.
  const keepsNewer = newer === 'keep' && chosen.mode === 'full' && chosen.selection === undefined;
  const isMerge = newer === 'both' && subject.action === 'restore' && subject.part === undefined;
  const [hasConflicts, setHasConflicts] = useState(false);
  const merging = useMerging(folderId, isMerge ? subject.snapshotId : null, hasConflicts);
  const [leftOut, setLeftOut] = useState<readonly bigint[]>([]);
  const leaveOut = keepsNewer && leftOut.length > 0 ? leftOut : undefined;
  const options: RestoreOptions = { ...chosen, keepNewer: keepsNewer, leaveOut, merge: merging.merge };
  /** Call it with each plan that is drawn: conflicts are read only once a plan has some. */
  const seePlan = (plan: RestorePlan | null) => {
    if (isMerge && !hasConflicts && plan !== null && plan.conflictCount > 0) setHasConflicts(true);
  };
  return { options, setOptions, newer, setNewer, leftOut, setLeftOut, isMerge, merging, seePlan };
}

function firstOptions(subject: Subject): RestoreOptions {
  return {
    mode: 'full',
    acceptDrift: false,
    acceptOtherTimeline: false,
    keepNewer: false,
    clearTables: [],
    selection: subject.action === 'restore' ? subject.part?.selection : undefined,
  };
}
