import { exportedWords, exportNotes } from '../../words/export.ts';
import { type DataFolder, exportSnapshot, type TaskOptions } from '../index.ts';
import type { Answer } from './answer.ts';
import type { FolderCommand } from './command.ts';
import { toPrintable } from './text.ts';

type ExportCommand = Extract<FolderCommand, { readonly name: 'export' }>;

/** `export`: writes what a snapshot holds into a new file. */
export async function exportTo(
  folder: DataFolder,
  { id, format, table, to }: ExportCommand,
  task: TaskOptions,
): Promise<Answer> {
  const receipt = await exportSnapshot(folder, id, { format, table, to }, task);
  const note = exportNotes(receipt);
  return {
    json: receipt,
    lines: [
      exportedWords(receipt),
      ...(note === null ? [] : [note]),
      toPrintable(`Written: ${receipt.file}`),
    ],
  };
}
