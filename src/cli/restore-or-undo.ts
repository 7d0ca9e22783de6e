import { resolve } from 'node:path';
import { wayBackFrom } from '../../words/held-state.ts';
import { stepOf } from '../../words/history.ts';
import { rehearsalLines, rehearsalObstacle } from '../../words/rehearsal.ts';
import { storyText } from '../../words/story.ts';
import {
  applyRestore,
  applyUndo,
  type DataFolder,
  planCopy,
  planRestore,
  planUndo,
  type Rehearsal,
  type RestorePlan,
  readHistory,
  readMergeChoices,
  readRestoredState,
  readRowNames,
  rehearseRestore,
  rehearseUndo,
  restoreToCopy,
  rulesOf,
  type Selection,
  type SnapshotId,
  type TaskOptions,
} from '../index.ts';
import type { Answer } from './answer.ts';
import type { FolderCommand } from './command.ts';
import { findChatId } from './conversation.ts';
import { toExactPlan } from './exact-plan.ts';
import { describeCopyPlan, describeCopyReceipt, describePlan, describeReceipt } from './restore-report.ts';
import { toPrintable } from './text.ts';

type RestoreCommand = Extract<FolderCommand, { readonly name: 'restore' | 'undo' }>;

/** `restore` and `undo`: the plan or, with `--yes`, the receipt of what was done. */
export async function restoreOrUndo(
  folder: DataFolder,
  given: RestoreCommand,
  task: TaskOptions,
): Promise<Answer> {
  const command = await withSelection(folder, given, task);
  if (command.name === 'restore' && command.to !== null)
    return restoreInto(folder, { ...command, to: command.to }, task);
  const { whileOpen, planId } = command;
  const named = command.name === 'undo' ? await nameUndone(folder, command.of, task) : [];
  if (command.yes) {
    const receipt =
      command.name === 'undo'
        ? await applyUndo(folder, command, { planId, whileOpen }, task)
        : await applyRestore(
            folder,
            { ...command.options, snapshotId: command.id, action: 'restore' },
            { planId, whileOpen },
            task,
          );
    return { json: receipt, lines: [...named, ...describeReceipt(receipt)] };
  }
  const plan =
    command.name === 'undo'
      ? await planUndo(folder, command, task)
      : await planRestore(
          folder,
          { ...command.options, snapshotId: command.id, action: 'restore', whileOpen },
          task,
        );
  const lines = describePlan(plan, rulesOf(folder.profile), new Date());
  if (!command.rehearse) return { json: toExactPlan(plan), lines: [...named, ...lines] };
  const rehearsal = await rehearsePlan(folder, { command, plan }, task);
  return {
    json: { ...toExactPlan(plan), rehearsal },
    lines: [...named, ...lines, '', ...rehearsalLines(rehearsal, 'cli').map(toPrintable)],
  };
}

type Shown = { readonly command: RestoreCommand; readonly plan: RestorePlan };

/** `--rehearse`: what doing and undoing this very plan shows. */
async function rehearsePlan(
  folder: DataFolder,
  { command, plan }: Shown,
  task: TaskOptions,
): Promise<Rehearsal> {
  const refusal = rehearsalObstacle(plan);
  if (refusal !== null) return { state: 'not-tried', refusal };
  return command.name === 'undo'
    ? rehearseUndo(folder, command, plan, task)
    : rehearseRestore(folder, { ...command.options, snapshotId: command.id, action: 'restore' }, plan, task);
}

/** One line that names the restore which is taken back or made again; none where it is not known. */
async function nameUndone(
  folder: DataFolder,
  of: SnapshotId | null,
  task: TaskOptions,
): Promise<readonly string[]> {
  const id = of ?? (await readRestoredState(folder, task))?.safetyCopyId;
  const { entries } = await readHistory(folder, task);
  const entry = entries.find((one) => one.id === id);
  const step =
    entry === undefined ? null : stepOf(entry, entries, { now: new Date(), rules: rulesOf(folder.profile) });
  if (step === null) return [];
  return [toPrintable(`${wayBackFrom(step.from)} of “${storyText(step.name)}”`)];
}

/** The command with what it selects: what a file chooses in a merge, the rows that a file names, or a chat by its id, which the person may have called by its name. */
async function withSelection(
  folder: DataFolder,
  command: RestoreCommand,
  task: TaskOptions,
): Promise<RestoreCommand> {
  if (command.name !== 'restore') return command;
  const select = (selection: Selection) => ({ ...command, options: { ...command.options, selection } });
  const { merge } = command.options;
  if (merge !== undefined && command.choicesIn !== null) {
    const choices = { ...merge.choices, tables: await readMergeChoices(command.choicesIn) };
    return { ...command, options: { ...command.options, merge: { ...merge, choices } } };
  }
  const { selection } = command.options;
  if (selection?.by === 'rows' && command.rowsIn !== null)
    return select({ ...selection, rows: await readRowNames(command.rowsIn) });
  if (selection?.by !== 'chat') return command;
  const chat = await findChatId(folder, { id: command.id, chat: selection.chat }, task);
  return select({ ...selection, chat });
}

/** `restore --to`: the plan or, with `--yes`, the receipt of a restore into a new file. */
async function restoreInto(
  folder: DataFolder,
  {
    id,
    options,
    to,
    startFrom,
    yes,
    planId,
  }: Extract<FolderCommand, { readonly name: 'restore' }> & { readonly to: string },
  task: TaskOptions,
): Promise<Answer> {
  const request = { ...options, snapshotId: id, to: resolve(to), startFrom };
  if (yes) {
    const receipt = await restoreToCopy(folder, request, { planId }, task);
    return { json: receipt, lines: describeCopyReceipt(receipt, startFrom) };
  }
  const plan = await planCopy(folder, request, task);
  return {
    json: toExactPlan(plan),
    lines: describeCopyPlan(plan, { startFrom, rules: rulesOf(folder.profile) }, new Date()),
  };
}
