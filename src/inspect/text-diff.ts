import { diffChars, diffWordsWithSpace } from 'diff';
import type { TextPart } from '../model/rows.ts';

/** So much of what both texts have is kept around what they differ in. */
const AROUND = 40;
const MOST_SHOWN = 400;
/** In a short text without spaces, letters tell more than words. */
const SHORT = 200;
/** An id, a time or a number: letters of both in turn could not be read. */
const CODE = /^[\x21-\x7e]+$/;

/** Two texts as parts that both have or only one of them; null where that takes longer. */
export function textParts(before: string, after: string, timeoutMs: number): readonly TextPart[] | null {
  const isShort = before.length + after.length < SHORT;
  if (isShort && CODE.test(before) && CODE.test(after)) return partsOfCodes(before, after);
  const isOneWord = !/\s/.test(before.trim()) && !/\s/.test(after.trim());
  const compare = isOneWord && isShort ? diffChars : diffWordsWithSpace;
  const found = compare(before, after, { timeout: timeoutMs });
  return (
    found?.map(({ added, removed, value }) => ({
      in: added ? 'after' : removed ? 'before' : 'both',
      text: value,
    })) ?? null
  );
}

/** One place that differs, of whole runs of letters and digits. */
function partsOfCodes(before: string, after: string): readonly TextPart[] {
  const [was, is] = [runsOf(before), runsOf(after)];
  const most = Math.min(was.length, is.length);
  let start = 0;
  while (start < most && was[start] === is[start]) start += 1;
  let end = 0;
  while (end < most - start && was.at(-1 - end) === is.at(-1 - end)) end += 1;
  const cutOut = (runs: readonly string[]) => runs.slice(start, runs.length - end).join('');
  const parts: readonly TextPart[] = [
    { in: 'both', text: was.slice(0, start).join('') },
    { in: 'before', text: cutOut(was) },
    { in: 'after', text: cutOut(is) },
    { in: 'both', text: was.slice(was.length - end).join('') },
  ];
  return parts.filter(({ text }) => text !== '');
}

function runsOf(text: string): readonly string[] {
  return text.match(/\w+|\W/g) ?? [];
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
