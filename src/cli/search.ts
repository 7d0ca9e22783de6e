import { count } from '../../words/plurals.ts';
import { goneWords, whereWords } from '../../words/search.ts';
import {
  type DataFolder,
  type Hit,
  type NotSearched,
  type RowName,
  readRowHistory,
  type SearchRequest,
  type StoredValue,
  searchSnapshots,
  type TaskOptions,
  toExactJson,
} from '../index.ts';
import type { Answer } from './answer.ts';
import { fold, toPrintable } from './text.ts';

const LONGEST_LINE = 160;
const BEFORE_PHRASE = 60;

/** `search`: every distinct version of a text with the phrase. */
export async function search(folder: DataFolder, request: SearchRequest, task: TaskOptions): Promise<Answer> {
  const { hits, more, searched, notSearched } = await searchSnapshots(folder, request, task);
  const json = {
    hits: hits.map(({ table, key, column, text, in: ids, live }) => ({
      ...{ table, key: key.map(toExactJson), column, text },
      ...{ in: ids, live: live === true },
    })),
    more,
    notSearched,
  };
  const found =
    hits.length === 0
      ? [
          `“${toPrintable(request.phrase)}” is in none of ${count(searched, 'snapshot')}${request.kind === null && isDatabaseKnown(notSearched) ? ', nor in the database now' : ''}.`,
        ]
      : [
          `${more ? 'The first ' : ''}${count(hits.length, 'hit')}, newest first:`,
          ...fold(hits.flatMap(describeHit), (rest) => `and ${count(rest, 'more line')}; --json lists all`),
        ];
  return { json, lines: [...found, ...describeNotSearched(notSearched)] };
}

/** `history TABLE KEY`: the versions of one row. */
export async function rowHistory(
  folder: DataFolder,
  { table, key }: RowName,
  task: TaskOptions,
): Promise<Answer> {
  const found = await readRowHistory(folder, { table, key, isWritten: true }, task);
  const versions = found.versions.map(({ row, in: ids, live }) => ({
    row: new Map(row.map(([column, value]) => [column, toExactJson(value)])),
    ...{ in: ids, live },
  }));
  const isKnown = isDatabaseKnown(found.notSearched);
  const lines = found.versions.flatMap(({ row, in: ids, live }, index) => [
    `${index === 0 ? '' : '\n'}${whereWords({ in: ids.toReversed(), live: isKnown ? live : null })}`,
    ...row.map(([column, value]) => `  ${toPrintable(column)}: ${describeValue(value)}`),
  ]);
  const none = [`No snapshot has such a row${isKnown ? ', and the database has none either' : ''}.`];
  return {
    json: { versions, notSearched: found.notSearched },
    lines: [...(lines.length === 0 ? none : lines), ...describeNotSearched(found.notSearched)],
  };
}

/** Whether the database could be read. Else nothing is said of what it holds, and of what is gone from it. */
function isDatabaseKnown(notSearched: readonly NotSearched[]): boolean {
  return notSearched.every(({ id }) => id !== null);
}

function describeHit(hit: Hit): readonly string[] {
  const { table, key, column, event } = hit;
  const where = event?.chatName ?? event?.chat ?? null;
  const who = [
    `${table} ${key.map(describeValue).join(' ')}`.trimEnd(),
    column,
    ...(event?.speaker == null ? [] : [event.speaker]),
    ...(where === null ? [] : [where]),
    goneWords(hit) ?? '',
  ];
  return [
    `  ${toPrintable(excerptOf(hit))}`,
    `    ${toPrintable(who.filter(Boolean).join(' · '))}; ${whereWords(hit)}`,
  ];
}

/** One line around the first place of the phrase. */
function excerptOf({ text, marks }: Hit): string {
  const line = text.replaceAll(/\s+/g, ' ');
  if (line.length <= LONGEST_LINE) return `“${line}”`;
  const start = Math.max(0, (marks[0]?.[0] ?? 0) - BEFORE_PHRASE);
  const part = text
    .slice(start, start + LONGEST_LINE)
    .toWellFormed()
    .replaceAll(/\s+/g, ' ');
  return `“${start === 0 ? '' : '…'}${part}${start + LONGEST_LINE >= text.length ? '' : '…'}”`;
}

function describeValue(value: StoredValue): string {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return `${count(value.length, 'byte')} of binary data`;
  const text = toPrintable(String(value));
  return text.length <= LONGEST_LINE ? text : `${text.slice(0, LONGEST_LINE)}…`;
}

function describeNotSearched(notSearched: readonly NotSearched[]): readonly string[] {
  if (notSearched.length === 0) return [];
  const lines = notSearched.map(({ id, reason }) => `  ${toPrintable(`${id ?? 'The database'}: ${reason}`)}`);
  return ['', 'Not searched:', ...fold(lines, (rest) => `  and ${count(rest, 'more')}`)];
}
