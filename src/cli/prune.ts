import { onlyCopyWords, uncheckedWords } from '../../words/prune.ts';
import {
  applyPrune,
  type DataFolder,
  describeTrash,
  emptyTrash,
  findOnlyCopies,
  findOnlyCopiesInTrash,
  type OnlyCopy,
  orNull,
  planPrune,
  SnapbackError,
  type TaskOptions,
} from '../index.ts';
import type { Answer } from './answer.ts';
import type { FolderCommand } from './command.ts';
import { describePruned, describePrunePlan, describeTrashSummary } from './prune-report.ts';

type PruneCommand = Extract<FolderCommand, { readonly name: 'prune' }>;
type EmptyTrashCommand = Extract<FolderCommand, { readonly name: 'empty-trash' }>;

/**
 * `prune`: the plan, or with --yes its doing. What no other snapshot can bring back is named, and moved only if the command
 * says so. @throws `only-copy`, then nothing was moved
 */
export async function prune(
  folder: DataFolder,
  { policy, yes, planId, onlyCopies }: PruneCommand,
  task: TaskOptions,
): Promise<Answer> {
  const plan = await planPrune(folder, policy);
  const ids = plan.goes.map(({ id }) => id);
  const none = onlyCopies || ids.length === 0;
  const copies = none ? [] : await findOnlyCopies(folder, ids, task).catch(unlessTold);
  const warnings = warn(copies);
  if (!yes) return { json: { ...plan, onlyCopies: copies }, lines: describePrunePlan(plan, warnings) };
  refuseIfWarned(copies, warnings);
  // What was looked at is what moves.
  const receipt = await applyPrune(folder, policy, { planId: planId ?? plan.planId }, task);
  return { json: receipt, lines: describePruned(receipt) };
}

/**
 * `trash empty`: what it would delete for good, or with --yes its doing. What no snapshot in the list can bring back is
 * named, and deleted only if the command says so. @throws `only-copy`, then nothing was deleted
 */
export async function emptyTrashFor(
  folder: DataFolder,
  { yes, planId, onlyCopies }: EmptyTrashCommand,
  task: TaskOptions,
): Promise<Answer> {
  const trash = await describeTrash(folder);
  // What was looked at is what is deleted.
  const shown = { planId: planId ?? trash.planId };
  const none = onlyCopies || trash.files === 0;
  const copies = none ? [] : await findOnlyCopiesInTrash(folder, shown, task).catch(unlessTold);
  const warnings = warn(copies);
  if (!yes)
    return { json: { ...trash, onlyCopies: copies }, lines: describeTrashSummary(trash, null, warnings) };
  refuseIfWarned(copies, warnings);
  const emptied = await emptyTrash(folder, shown);
  return { json: emptied, lines: describeTrashSummary(emptied, emptied) };
}

/** Null: it cannot be told. */
type Copies = readonly OnlyCopy[] | null;

const unlessTold = orNull(({ code }) => code !== 'cancelled' && code !== 'plan-stale');

function warn(copies: Copies): readonly string[] {
  return copies === null ? [uncheckedWords()] : copies.map((copy) => onlyCopyWords(copy, new Date()));
}

function refuseIfWarned(copies: Copies, warnings: readonly string[]): void {
  if (warnings.length > 0)
    throw new SnapbackError('only-copy', warnings.join(' '), {
      ids: copies?.map(({ id }) => id).join(', ') ?? null,
    });
}
