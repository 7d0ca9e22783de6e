import {
  applyRestore,
  applyUndo,
  type DataFolder,
  planRestore,
  planUndo,
  rulesOf,
  type TaskOptions,
} from '../index.ts';
import type { Answer } from './answer.ts';
import type { FolderCommand } from './command.ts';
import { describePlan, describeReceipt } from './restore-report.ts';

type RestoreCommand = Extract<FolderCommand, { readonly name: 'restore' | 'undo' }>;

/** `restore` and `undo`: the plan or, with `--yes`, the receipt of what was done. */
export async function restoreOrUndo(
  folder: DataFolder,
  command: RestoreCommand,
  task: TaskOptions,
): Promise<Answer> {
  const { whileOpen, planId } = command;
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
    return { json: receipt, lines: describeReceipt(receipt) };
  }
  const plan =
    command.name === 'undo'
      ? await planUndo(folder, command, task)
      : await planRestore(
          folder,
          { ...command.options, snapshotId: command.id, action: 'restore', whileOpen },
          task,
        );
  return { json: plan, lines: describePlan(plan, rulesOf(folder.profile), new Date()) };
}
