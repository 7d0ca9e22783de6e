import {
  endedWords,
  entryStory,
  figuresWords,
  HOLDS_NONE,
  isAllUndone,
  isRestore,
  NOTHING_DONE,
  receiptText,
  standingWords,
  takeBackWords,
} from '../../words/history.ts';
import { formatTimestamp } from '../../words/moments.ts';
import type { Naming } from '../../words/restore-name.ts';
import { storyText } from '../../words/story.ts';
import {
  type ActionHistory,
  type DataFolder,
  exportReceipt,
  type HistoryEntry,
  readHistory,
  rulesOf,
  SnapbackError,
  type TaskOptions,
} from '../index.ts';
import type { Answer } from './answer.ts';
import type { FolderCommand } from './command.ts';
import { describeReceipt } from './restore-report.ts';
import { toPrintable } from './text.ts';

type HistoryCommand = Extract<FolderCommand, { readonly name: 'history' }>;

/** `history`: what was done here, newest first; or one entry with its receipt, shown or written into a new file. */
export async function history(
  folder: DataFolder,
  { entry: given, to }: Pick<HistoryCommand, 'entry' | 'to'>,
  task: TaskOptions,
): Promise<Answer> {
  const found = await readHistory(folder, task);
  const naming = { now: new Date(), rules: rulesOf(folder.profile) };
  if (given === null) return { json: found, lines: describeHistory(found, naming) };
  const entry = findEntry(found, given);
  if (to === null) return { json: entry, lines: describeOne(entry, found, naming) };
  const written = await exportReceipt(folder, { entry, to, text: receiptText(entry, found.entries, naming) });
  return { json: written, lines: [toPrintable(`Written: ${written.file}`)] };
}

/** The entry that a person means by its id, or by the part of it after the slash. @throws `usage` */
function findEntry({ entries }: ActionHistory, given: string): HistoryEntry {
  const named = entries.filter(({ id }) => id === given || id.slice(id.indexOf('/') + 1) === given);
  const entry = named.find(({ id }) => id === given) ?? named[0];
  if (entry !== undefined && (named.length === 1 || entry.id === given)) return entry;
  const what =
    entry === undefined
      ? `There is no entry “${given}” in the history. “snapback history” lists them; for the versions of a row, give a table and a key.`
      : `Several entries are called “${given}”: ${named.map(({ id }) => id).join(', ')}.`;
  throw new SnapbackError('usage', what, { got: given });
}

function describeHistory(found: ActionHistory, naming: Naming): readonly string[] {
  const { entries } = found;
  if (entries.length === 0) return [NOTHING_DONE];
  return [
    ...(isAllUndone(found) ? [HOLDS_NONE, ''] : []),
    ...entries.flatMap((entry, index) => [
      ...(index === 0 ? [] : ['']),
      ...describeEntry(entry, found, naming),
      ...takeBackLines(entry, '    '),
    ]),
  ];
}

function describeEntry(entry: HistoryEntry, { entries }: ActionHistory, naming: Naming): readonly string[] {
  const mark = !isRestore(entry)
    ? ' '
    : entry.standing === 'held'
      ? '*'
      : entry.standing === 'past' || entry.replacedBy !== null
        ? '-'
        : ' ';
  const holds = mark === '*' ? ' (the database holds this)' : '';
  const state = mark === '*' ? '' : standingWords(entry);
  const said = [state === '' ? '' : `${state}.`, endedWords(entry), figuresWords(entry)]
    .filter(Boolean)
    .join(' ');
  return [
    `${mark} ${storyText(entryStory(entry, entries, naming))}${holds}`,
    `    ${formatTimestamp(entry.at)}  ${entry.id}`,
    ...(said === '' ? [] : [`    ${said}`]),
  ].map(toPrintable);
}

/** How an entry is taken back, with the command that does it. What is past needs no line. */
function takeBackLines(entry: HistoryEntry, indent: string): readonly string[] {
  const { wayBack } = entry;
  if (!wayBack.can && wayBack.why === 'past') return [];
  const command = !wayBack.can
    ? null
    : wayBack.by === 'put-back'
      ? `snapback trash put-back ${wayBack.trashName}`
      : `snapback undo ${entry.id}`;
  return [`${indent}${takeBackWords(entry)}`, ...(command === null ? [] : [`${indent}${command}`])].map(
    toPrintable,
  );
}

function describeOne(entry: HistoryEntry, found: ActionHistory, naming: Naming): readonly string[] {
  const receipt = isRestore(entry) ? entry.receipt : null;
  return [
    ...describeEntry(entry, found, naming),
    ...takeBackLines(entry, '    '),
    ...(receipt === null ? [] : ['', ...describeReceipt(receipt, { undo: null })]),
  ];
}
