import { diffChars, diffWordsWithSpace } from 'diff';
import type { TextPart } from '../model/rows.ts';

/** So much of what both texts have is kept around what they differ in. */
const AROUND = 40;
const MOST_SHOWN = 400;
/** In a short text without spaces, letters tell more than words. */
const LONGEST_BY_LETTERS = 200;

/** Two texts as parts that both have or only one of them; null where that takes longer. */
export function textParts(before: string, after: string, timeoutMs: number): readonly TextPart[] | null {
  const isOneWord = !/\s/.test(before.trim()) && !/\s/.test(after.trim());
  const isShort = before.length + after.length < LONGEST_BY_LETTERS;
  const compare = isOneWord && isShort ? diffChars : diffWordsWithSpace;
  const found = compare(before, after, { timeout: timeoutMs });
  return (
    found?.map(({ added, removed, value }) => ({
      in: added ? 'after' : removed ? 'before' : 'both',
      text: value,
    })) ?? null
  );
}

/** The parts that differ with a little around them, and an ellipsis for what is left out. */
export function excerptParts(parts: readonly TextPart[]): readonly TextPart[] {
  const shown: TextPart[] = [];
  let length = 0;
  for (const [index, part] of parts.entries()) {
    if (length > MOST_SHOWN) {
      shown.push({ in: 'both', text: '…' });
      break;
    }
    const text =
      part.in === 'both'
        ? shorten(part.text, { isFirst: index === 0, isLast: index === parts.length - 1 })
        : cut(part.text, MOST_SHOWN);
    shown.push({ in: part.in, text });
    length += text.length;
  }
  return shown;
}

function shorten(text: string, { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean }) {
  if (text.length <= AROUND * 2) return text;
  const [start, end] = [cut(text, AROUND), text.slice(-AROUND)];
  const tail = isLowHalf(end) ? end.slice(1) : end;
  if (isFirst) return `…${tail}`;
  return isLast ? start : `${start}…${tail}`;
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return `${text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most)}…`;
}

function isLowHalf(text: string): boolean {
  const first = text.charCodeAt(0);
  return first >= 0xdc00 && first < 0xe000;
}
