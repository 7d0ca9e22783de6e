import { createHash } from 'node:crypto';
import { recall } from '../catalog/memory.ts';
import { findNeeded } from '../catalog/needed-snapshots.ts';
import { ageLimit, isYoungCopy, rankSnapshots } from '../catalog/retention.ts';
import type { DataFolder } from '../host/data-folder.ts';
import { recordAction } from '../journal/actions.ts';
import { noSuchSnapshot, orNull, SnapbackError } from '../model/errors.ts';
import type { By } from '../model/history.ts';
import type { PrunePlan, PrunePolicy, PruneReceipt } from '../model/prune.ts';
import type { Need, SnapshotId } from '../model/snapshots.ts';
import type { TaskOptions } from '../model/task.ts';
import { discardDraft } from '../snapshots/drafts.ts';
import { listSnapshotFiles, type SnapshotFile } from '../snapshots/files.ts';
import { isUnderRule, SAFETY_KIND, takenAt } from '../snapshots/kinds.ts';
import { fileNameOf, folderOfKind, isKind, parseSnapshotId } from '../snapshots/names.ts';
import { withSnapshotFile } from '../snapshots/open-file.ts';
import { createYielder } from '../system/yielder.ts';
import { moveToTrash } from './move.ts';
import { openTrash } from './trash.ts';
import { bytesOf } from './trash-folders.ts';
import type { TrashedFile } from './trash-manifest.ts';

/*
 * Pruning moves snapshots into DATA/snapback/trash/<UTC>/ and deletes nothing. Invariant: before the first file moves,
 * the manifest that says where every file came from is on the disk.
 */

type Going = PrunePlan['goes'][number] & { readonly file: SnapshotFile };

type PruneOptions = {
  /** The moment to which ages are counted; now by default. */
  readonly now?: Date | undefined;
  /** Snapshots that are left out, whatever the policy says. */
  readonly except?: readonly SnapshotId[] | undefined;
  /** Nothing but these goes, whatever else the policy names by then; null: whatever it names. */
  readonly only?: readonly SnapshotId[] | null | undefined;
  /** Who prunes, as the history tells it. */
  readonly by?: By | undefined;
};

type PlannedMoves = { readonly plan: PrunePlan; readonly goes: readonly Going[] };

/**
 * Says which snapshots a policy or a choice moves to the trash, and which ones it names but must leave: the copy that
 * undo needs, the last checkpoint from after a restore, files that cannot be read and, for a policy, safety copies that
 * are too young. Writes nothing.
 * @throws `usage` for a policy that makes no sense, `snapshot-missing` or `snapshot-unsafe` for a chosen id
 */
export async function planPrune(
  folder: DataFolder,
  policy: PrunePolicy,
  options: PruneOptions = {},
): Promise<PrunePlan> {
  return (await planMoves(folder, policy, options)).plan;
}

/**
 * Moves what `planPrune` says into a new folder of the trash; with `planId`, exactly that plan. A file that somebody else
 * removes or replaces meanwhile is left alone and not in the receipt. Where something fails after the first file has
 * moved, the receipt's notes say what was not done.
 * @throws `plan-stale`, `nothing-to-prune`, `snapshot-needed` (all chosen ones must stay), `cancelled`; then nothing moved.
 * `disk-full`, `folder-read-only`, `io-failed`: each file is in its old place or in the trash, and the manifest lists all
 */
export async function applyPrune(
  folder: DataFolder,
  policy: PrunePolicy,
  options: PruneOptions & { readonly planId?: string | null | undefined } = {},
  task: TaskOptions = {},
): Promise<PruneReceipt> {
  const yielder = createYielder(task);
  const { plan, goes } = await planMoves(folder, policy, options);
  if (options.planId != null && options.planId !== plan.planId)
    throw new SnapbackError('plan-stale', 'The snapshots have changed since the plan was made.', {
      expected: options.planId,
      got: plan.planId,
    });
  if (goes.length === 0) throw nothingGoes(plan);
  await yielder.step();
  const report = (done: number) =>
    yielder.report({ phase: 'move', done, total: goes.length, unit: 'files', cancellable: false });
  const planned = goes.map(({ id, file, sizeBytes, reason }): TrashedFile => {
    const { kind, name, form } = file;
    const modifiedAt = new Date(file.mtimeMs).toISOString();
    const fileName = fileNameOf(name, form);
    const to = `${kind}/${fileName}`;
    const from = [...folderOfKind(kind), fileName].join('/');
    return { id, from, to, sizeBytes, modifiedAt, reason };
  });
  const trash = await openTrash(folder, { planId: plan.planId, policy, files: planned });
  report(0);
  const moved: Going[] = [];
  const notes = new Set<string>();
  try {
    for (const [index, going] of goes.entries()) {
      try {
        const done = await moveToTrash(folder, trash.name, going.file);
        if (done.moved) moved.push(going);
        if (done.trouble !== null) notes.add(`${UNCONFIRMED} ${done.trouble.message}`);
      } catch (error) {
        if (moved.length === 0 || !(error instanceof SnapbackError)) throw error;
        notes.add(`The other snapshots were not moved; prune again to move them. ${error.message}`);
        break;
      }
      report(index + 1);
    }
  } finally {
    await discardDraft(trash.mark);
  }
  const ids = moved.map(({ id }) => id);
  const bytes = bytesOf(moved);
  if (moved.length > 0) {
    const { by = 'person' } = options;
    await recordAction(folder, { did: 'prune', by, trashName: trash.name, snapshots: ids, bytes });
  }
  return {
    planId: plan.planId,
    moved: ids,
    bytes,
    trashFolder: trash.path,
    notes: [...notes],
  };
}

const UNCONFIRMED =
  'The disk did not confirm all of this: after a power failure, some of them may be back among the snapshots.';

const NEEDED: { readonly [N in Need]: string } = {
  'needed-by-undo': 'Undo needs this snapshot: it holds what the newest restore replaced.',
  'needed-at-next-start':
    "The chat application's next start needs this snapshot: an older one would bring back what the newest restore undid.",
};

function nothingGoes(plan: PrunePlan): SnapbackError {
  for (const { id, reason } of plan.stays)
    if (reason === 'needed-by-undo' || reason === 'needed-at-next-start')
      return new SnapbackError('snapshot-needed', NEEDED[reason], { id, reason });
  return new SnapbackError('nothing-to-prune', 'There is no snapshot to prune.', {
    stays: plan.stays.length,
  });
}

async function planMoves(
  folder: DataFolder,
  policy: PrunePolicy,
  options: PruneOptions,
): Promise<PlannedMoves> {
  checkPolicy(policy);
  const { now = new Date(), except = [], only = null } = options;
  const files = await listSnapshotFiles(folder);
  const named = selectFiles(files, policy, now).filter(
    ({ id }) => !except.includes(id) && (only === null || only.includes(id)),
  );
  const needed = await findNeeded(folder, files, { going: named, memory: await recall(folder), now });
  const ranks = rankSnapshots(files);
  const goes: Going[] = [];
  const stays: PrunePlan['stays'][number][] = [];
  for (const file of named) {
    const { id, sizeBytes } = file;
    const young = isYoungCopy(file, ranks.get(id) ?? 1, folder.profile, now);
    const need = needed.get(id);
    if (need !== undefined) stays.push({ id, reason: need });
    else if (policy.by !== 'choice' && file.kind === SAFETY_KIND && young)
      stays.push({ id, reason: 'safety-copy-too-young' });
    else if (file.problem !== null || !(await isReadable(folder, file)))
      stays.push({ id, reason: 'unreadable' });
    else goes.push({ id, takenAt: takenAt(file).toISOString(), sizeBytes, reason: REASONS[policy.by], file });
  }
  const identity = JSON.stringify([policy, goes.map(({ file }) => [file.id, file.key]), stays]);
  const plan = {
    planId: createHash('sha256').update(identity).digest('hex'),
    policy,
    goes: goes.map(({ file: _, ...shown }) => shown),
    stays,
    bytes: bytesOf(goes),
  };
  return { plan, goes };
}

const REASONS = { count: 'beyond-newest', age: 'older-than', choice: 'chosen' } as const;

function checkPolicy(policy: PrunePolicy): void {
  if (policy.by === 'choice') {
    if (policy.ids.length === 0) throw new SnapbackError('usage', 'Name at least one snapshot to prune.');
    for (const id of policy.ids) parseSnapshotId(id);
    return;
  }
  const number = policy.by === 'count' ? policy.keep : policy.olderThanDays;
  if (!isKind(policy.kind))
    throw new SnapbackError('usage', 'This is not a valid kind of snapshot.', { got: policy.kind });
  if (!Number.isFinite(number) || number < 0 || (policy.by === 'count' && !Number.isInteger(number)))
    throw new SnapbackError(
      'usage',
      'Give a number that is not negative. The number of snapshots to keep must be a whole one.',
      {
        got: number,
      },
    );
}

/** The files that a policy names, newest first; chosen ones in the order of the list, each once. */
function selectFiles(
  files: readonly SnapshotFile[],
  policy: PrunePolicy,
  now: Date,
): readonly SnapshotFile[] {
  if (policy.by === 'choice') {
    const missing = policy.ids.find((id) => files.every((file) => file.id !== id));
    if (missing !== undefined) throw noSuchSnapshot(missing);
    return files.filter(({ id }) => policy.ids.includes(id));
  }
  const ofKind = files.filter((file) => file.kind === policy.kind && isUnderRule(file));
  return policy.by === 'count'
    ? ofKind.slice(policy.keep)
    : ofKind.filter((file) => ageLimit(file, policy.olderThanDays) <= now);
}

async function isReadable(folder: DataFolder, file: SnapshotFile): Promise<boolean> {
  return (await withSnapshotFile(folder, file.id, async () => true).catch(orNull())) ?? false;
}
