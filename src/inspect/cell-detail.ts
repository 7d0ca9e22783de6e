import type { CellDetail, CellPreview } from '../model/rows.ts';
import type { Schema } from '../sqlite/schema.ts';
import { decodeStart, decodeText, type ReadCell } from './cell-values.ts';
import { type BothCells, type CellPlace, cutText, describeCell, hexOf } from './cells.ts';
import { jsonLines } from './json-lines.ts';
import { textParts } from './text-diff.ts';

/** So much of a text is shown at once. */
const MOST_TEXT_BYTES = 100_000;
/** Where the text is longer, so much of it stands before the first letter that differs. */
const BEFORE_FIRST = 2_000;
/** So many bytes of a BLOB are shown. */
const MOST_HEX_BYTES = 4096;
const DIFF_MS = 400;

/** One value before and after, in full as far as it can be shown. Of long texts it is the part around the first difference. */
export function detailCell(both: BothCells, place: CellPlace): CellDetail {
  const { change, encoding } = place;
  const short = describeCell(both, place);
  const isChanged = short.isChanged;
  const from = isChanged ? Math.max(0, firstDifference(both.before, both.after) - BEFORE_FIRST) : 0;
  const before = short.before === null ? null : enlarge(short.before, both.before, from, encoding);
  // A value that the state after lacks is the one before.
  const cellAfter = change === 'changed' && !place.hasAfter ? both.before : both.after;
  const after = short.after === null ? null : enlarge(short.after, cellAfter, from, encoding);
  const texts = [before, after].map((one) => (one?.type === 'text' ? one.text : null));
  const [was = null, is = null] = texts;
  const json = from > 0 ? null : isChanged ? jsonLines(was, is) : jsonLines(is ?? was, is ?? was);
  return {
    before,
    after,
    isChanged,
    parts: isChanged && was !== null && is !== null ? textParts(was, is, DIFF_MS) : null,
    json: isCut(before) || isCut(after) ? null : json,
    isCut: isCut(before) || isCut(after),
  };
}

function isCut(cell: CellPreview | null): boolean {
  if (cell?.type === 'text') return cell.isCut;
  return cell?.type === 'blob' || cell?.type === 'broken-text' ? cell.bytes > MOST_HEX_BYTES : false;
}

function enlarge(
  preview: CellPreview,
  { value }: ReadCell,
  from: number,
  encoding: Schema['encoding'],
): CellPreview {
  const bytes = value instanceof Uint8Array ? value : new Uint8Array();
  if (preview.type === 'blob' || preview.type === 'broken-text')
    return { ...preview, hex: hexOf(bytes, MOST_HEX_BYTES) };
  if (preview.type !== 'text') return preview;
  const start = startOfLetter(bytes, Math.min(from, bytes.length), encoding);
  const part = bytes.subarray(start, start + MOST_TEXT_BYTES);
  const isWhole = start === 0 && part.length === bytes.length;
  const text = (isWhole ? decodeText : decodeStart)(part, encoding) ?? '';
  return { ...preview, text: cutText(text, MOST_TEXT_BYTES), isCut: !isWhole };
}

/** The first byte in which two values differ. */
function firstDifference(before: ReadCell, after: ReadCell): number {
  if (!(before.value instanceof Uint8Array && after.value instanceof Uint8Array)) return 0;
  const [a, b] = [before.value, after.value];
  const most = Math.min(a.length, b.length);
  let at = 0;
  // Whole blocks first: comparing them is native.
  for (const block = 1 << 16; at + block <= most; at += block)
    if (Buffer.compare(a.subarray(at, at + block), b.subarray(at, at + block)) !== 0) break;
  while (at < most && a[at] === b[at]) at += 1;
  return at;
}

/** Where the letter begins that a byte belongs to. */
function startOfLetter(bytes: Uint8Array, at: number, encoding: Schema['encoding']): number {
  if (encoding !== 'UTF-8') {
    const even = at - (at % 2);
    const high = encoding === 'UTF-16le' ? even + 1 : even;
    // The second half of a pair begins two bytes earlier.
    return even >= 2 && ((bytes[high] ?? 0) & 0xfc) === 0xdc ? even - 2 : even;
  }
  let start = at;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}
