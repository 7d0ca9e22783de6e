import type { Hit } from '../model/search.ts';
import type { Yielder } from '../system/yielder.ts';
import type { Phrase } from './find-phrase.ts';
import { holds, meets, type Ranges } from './ranges.ts';
import type { Block, Entry, RowIndex } from './row-index.ts';
import type { IndexedEvent } from './second-rows.ts';
import { readValue } from './stored-key.ts';

/** The phrase in one distinct row. */
export type Match = {
  readonly version: number;
  /** The row's table and key. */
  readonly row: string;
  /** Equal for the same text in the same cell. */
  readonly cell: string;
  readonly event: IndexedEvent | null;
  readonly hit: Pick<Hit, 'table' | 'key' | 'column' | 'text' | 'marks'>;
};

/** Of a longer text only what stands around the phrase is kept. */
const LONGEST_TEXT = 10_000;
const BEFORE_PHRASE = 1000;

/** What to look at: the rows with these numbers, and of those only the ones that `isWanted` says. */
export type Part = {
  /** What people wrote; or else texts that only refer to something, where nothing else in the same cell has the phrase. */
  readonly in: 'texts' | 'references';
  readonly rows: Ranges;
  readonly isWanted: (table: string, key: Entry[2]) => boolean;
};

/** Looks for one phrase in parts of the index, one part after the other. */
export type Scan = (part: Part) => AsyncGenerator<Match>;

/**
 * Prepares for looking for a phrase in the index. Of each part the rows that were added last come first. A block in which
 * the phrase does not occur is read only once.
 */
export function createScan(index: RowIndex, phrase: Phrase, yielder: Yielder): Scan {
  const without = new Set<number>();
  return async function* scan(part) {
    for (const block of index.blocks().toReversed()) {
      if (without.has(block.id) || !meets(part.rows, block.rows)) continue;
      await yielder.step();
      if (index.readFolded(block).indexOf(phrase.bytes) === -1) without.add(block.id);
      else yield* scanBlock(index, { block, part, phrase });
    }
  };
}

type Looked = { readonly block: Block; readonly part: Part; readonly phrase: Phrase };

function* scanBlock(index: RowIndex, { block, part, phrase }: Looked): Generator<Match> {
  for (const entry of index.readEntries(block).toReversed())
    if (holds(part.rows, entry[0]) && part.isWanted(entry[1], entry[2]))
      yield* matchEntry(entry, part.in, phrase);
}

function* matchEntry(
  [version, table, key, event, cells]: Entry,
  place: Part['in'],
  phrase: Phrase,
): Generator<Match> {
  const row = JSON.stringify([table, key]);
  for (const [column, isPart, texts, references] of cells) {
    const found = findFirst(texts, phrase) ?? (place === 'references' ? findFirst(references, phrase) : null);
    if (found === null || (place === 'references' && texts.includes(found.text))) continue;
    const { text, marks } = found;
    // Of a long text only a part is known, so that two of its versions are told apart by their rows.
    const cell = JSON.stringify([table, key, column, isPart ? version : text]);
    const hit = { table, key: key.map(readValue), column, ...excerptOf(text, marks) };
    yield { version, row, cell, event, hit };
  }
}

function findFirst(texts: readonly string[], phrase: Phrase): Pick<Hit, 'text' | 'marks'> | null {
  for (const text of texts) {
    const marks = phrase.find(text);
    if (marks.length > 0) return { text, marks };
  }
  return null;
}

function excerptOf(text: string, marks: Hit['marks']): Pick<Hit, 'text' | 'marks'> {
  if (text.length <= LONGEST_TEXT) return { text, marks };
  const start = Math.max(0, (marks[0]?.[0] ?? 0) - BEFORE_PHRASE);
  const end = start + LONGEST_TEXT;
  const inside = marks.filter(([, to]) => to <= end).map(([from, to]) => [from - start, to - start] as const);
  const [before, after] = [start === 0 ? '' : '…', end >= text.length ? '' : '…'];
  return {
    text: `${before}${text.slice(start, end).toWellFormed()}${after}`,
    marks: inside.map(([from, to]) => [from + before.length, to + before.length]),
  };
}
