import { onlyCopyWords, uncheckedWords } from '../../words/prune.ts';
import {
  applyPrune,
  type DataFolder,
  findOnlyCopies,
  type OnlyCopy,
  type PrunePlan,
  planPrune,
  SnapbackError,
  type TaskOptions,
} from '../index.ts';
import type { Answer } from './answer.ts';
import type { FolderCommand } from './command.ts';
import { describePruned, describePrunePlan } from './prune-report.ts';

type PruneCommand = Extract<FolderCommand, { readonly name: 'prune' }>;

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
  const copies = onlyCopies ? [] : await findCopies(folder, plan, task);
  const warnings =
    copies === null ? [uncheckedWords()] : copies.map((copy) => onlyCopyWords(copy, new Date()));
  if (!yes) return { json: { ...plan, onlyCopies: copies }, lines: describePrunePlan(plan, warnings) };
  if (warnings.length > 0)
    throw new SnapbackError('only-copy', warnings.join(' '), {
      ids: copies?.map(({ id }) => id).join(', ') ?? null,
    });
  // What was looked at is what moves.
  const receipt = await applyPrune(folder, policy, { planId: planId ?? plan.planId }, task);
  return { json: receipt, lines: describePruned(receipt) };
}

/** Null: it cannot be told. */
async function findCopies(
  folder: DataFolder,
  { goes }: PrunePlan,
  task: TaskOptions,
): Promise<readonly OnlyCopy[] | null> {
  const ids = goes.map(({ id }) => id);
  if (ids.length === 0) return [];
  try {
    return await findOnlyCopies(folder, ids, task);
  } catch (error) {
    if (error instanceof SnapbackError && error.code !== 'cancelled') return null;
    throw error;
  }
}
