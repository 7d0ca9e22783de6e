import {
  applyPrune,
  applyRestore,
  applyUndo,
  type DataFolder,
  findWhereKept,
  finishInterrupted,
  listNewer,
  planPrune,
  planRestore,
  planUndo,
  readPlanOutcome,
  rehearseRestore,
  rehearseUndo,
  restoreToCopy,
  SnapbackError,
  type TaskOptions,
} from '../../src/index.ts';
import type { ArgsOf, ResultOf } from '../contract.ts';
import { toShownPlan, toShownReceipt } from './for-window.ts';
import type { OpenEntry, OpenFolders, Planned } from './open-folders.ts';

type PlanRequest =
  | 'restore.plan'
  | 'restore.newer'
  | 'undo.plan'
  | 'plan.rehearse'
  | 'plan.apply'
  | 'plan.outcome'
  | 'private.copy-restore'
  | 'prune.plan'
  | 'prune.apply';

type PlanHandlers = {
  readonly [N in PlanRequest]: (args: ArgsOf<N>, task: TaskOptions) => Promise<ResultOf<N>>;
};

/** Answers the requests that make a plan, those that apply the one that was shown, and the one that restores into a new file. */
export function createPlanHandlers(folders: OpenFolders): PlanHandlers {
  return {
    'restore.plan': ({ folderId, snapshotId, options }, task) =>
      folders.inFront(folderId, async (entry) => {
        const { folder } = entry;
        const plan = await planRestore(folder, { snapshotId, action: 'restore', ...options }, task);
        keepPlan(entry, task, plan.planId, { action: 'restore', id: snapshotId, options });
        return toShownPlan(folder, plan);
      }),
    'restore.newer': ({ folderId, snapshotId }, task) =>
      folders.inFront(folderId, ({ folder }) => listNewer(folder, snapshotId, task)),
    'undo.plan': ({ folderId, of, ...consents }, task) =>
      folders.inFront(folderId, async (entry) => {
        const { folder } = entry;
        const plan = await planUndo(folder, { of, ...consents }, task);
        keepPlan(entry, task, plan.planId, { action: 'undo', of, consents });
        return toShownPlan(folder, plan);
      }),
    // What a person waits for goes first: the checks in the background do not pause for this.
    'plan.rehearse': async ({ folderId, planId }, task) => {
      const { folder, look } = folders.get(folderId);
      const planned = look(planId);
      switch (planned?.action) {
        case 'restore':
          return rehearseRestore(folder, await restoreRequest(folder, planned), { planId }, task);
        case 'undo':
          return rehearseUndo(folder, { of: planned.of, ...planned.consents }, { planId }, task);
        default:
          throw stalePlan(planId);
      }
    },
    'plan.apply': ({ folderId, planId, whileOpen, ...consents }, task) =>
      folders.inFront(folderId, async (entry) => {
        const { folder } = entry;
        const planned = takePlan(entry, planId);
        const apply = { planId, whileOpen };
        switch (planned.action) {
          case 'restore':
            return applyRestore(
              folder,
              { ...(await restoreRequest(folder, planned)), ...consents },
              apply,
              task,
            );
          case 'undo':
            return applyUndo(folder, { ...consents, of: planned.of }, apply, task);
          case 'prune':
            throw stalePlan(planId);
        }
      }),
    'plan.outcome': ({ folderId, planId }, task) =>
      folders.inFront(folderId, async ({ folder }) => {
        // Where only the last step failed, the folder was not opened again since.
        await finishInterrupted(folder, task);
        return readPlanOutcome(folder, planId, task);
      }),
    'private.copy-restore': ({ folderId, snapshotId, options, planId, to, startFrom = null }, task) =>
      folders.inFront(folderId, async ({ folder }) => {
        // Nothing is lost by a new file, whatever has been written since.
        const request = { ...options, keepNewer: false, acceptOtherTimeline: true, to, startFrom };
        const id = await findWhereKept(folder, snapshotId);
        return restoreToCopy(folder, { ...request, snapshotId: id }, { planId }, task);
      }),
    'prune.plan': ({ folderId, policy }, task) =>
      folders.inFront(folderId, async (entry) => {
        const plan = await planPrune(entry.folder, policy);
        keepPlan(entry, task, plan.planId, { action: 'prune', policy });
        return plan;
      }),
    'prune.apply': ({ folderId, planId }, task) =>
      folders.inFront(folderId, async (entry) => {
        const planned = takePlan(entry, planId);
        if (planned.action !== 'prune') throw stalePlan(planId);
        const { folder, byItself } = entry;
        const move = () => applyPrune(folder, planned.policy, { planId }, task);
        return toShownReceipt(folder, await byItself.guard.whileMoving(move));
      }),
  };
}

type PlannedRestore = Extract<Planned, { readonly action: 'restore' }>;

/** The restore that was planned. Its snapshot may have been kept meanwhile. */
async function restoreRequest(folder: DataFolder, { id, options }: PlannedRestore) {
  return { snapshotId: await findWhereKept(folder, id), action: 'restore', ...options } as const;
}

/** Keeps the plan that a window is going to show. One that was cancelled may be ready after the next one. @throws `cancelled` */
function keepPlan({ remember }: OpenEntry, { signal }: TaskOptions, planId: string, planned: Planned): void {
  if (signal?.aborted === true) throw new SnapbackError('cancelled', 'Cancelled.');
  remember(planId, planned);
}

function takePlan(entry: OpenEntry, planId: string): Planned {
  const planned = entry.take(planId);
  if (planned === null) throw stalePlan(planId);
  return planned;
}

/** The error for a plan that the window should have forgotten. */
export function stalePlan(planId: string): SnapbackError {
  return new SnapbackError('plan-stale', 'This plan is not known any more; nothing was changed.', { planId });
}
