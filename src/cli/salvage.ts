import { gapWords, salvagedWords, savableWords, savedWords, zeroWords } from '../../words/salvage.ts';
import {
  type DataFolder,
  findSalvageable,
  type Salvageable,
  SnapbackError,
  salvageSnapshot,
  type TaskOptions,
} from '../index.ts';
import type { Answer } from './answer.ts';
import type { FolderCommand } from './command.ts';
import { alignTable, left, toPrintable } from './text.ts';

type SalvageCommand = Extract<FolderCommand, { readonly name: 'salvage' }>;

/** `salvage`: what is whole of a damaged snapshot, shown or written into a new file. */
export async function salvage(
  folder: DataFolder,
  { id, to, format }: SalvageCommand,
  task: TaskOptions,
): Promise<Answer> {
  if (to === null) {
    const found = await findSalvageable(folder, id, task);
    if (found === null)
      throw new SnapbackError('usage', 'This snapshot is not damaged, so there is nothing to salvage.', {
        id,
      });
    return {
      json: found,
      lines: [...describe(found), '', 'Add --to FILE to write what can be saved into a new file.'],
    };
  }
  const receipt = await salvageSnapshot(folder, id, { to, format }, task);
  return {
    json: receipt,
    lines: [...describe(receipt), '', `${salvagedWords(receipt)}`, toPrintable(`Written: ${receipt.file}`)],
  };
}

function describe(found: Salvageable): readonly string[] {
  const zeros = zeroWords(found);
  const rows = found.tables.map((table) => [table.name, savedWords(table)]);
  const gaps = found.tables.flatMap((table) =>
    gapWords(table).map((words) => toPrintable(`“${table.name}”: ${words}`)),
  );
  return [
    toPrintable(found.why),
    ...(zeros === null ? [] : [zeros]),
    '',
    savableWords(found),
    ...alignTable([left('Table'), left('What is left')], rows),
    ...gaps,
  ];
}
