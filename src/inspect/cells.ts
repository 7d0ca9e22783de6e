import type { CellPreview, Picture, RowCell, RowChange } from '../model/rows.ts';
import type { Schema } from '../sqlite/schema.ts';
import { decodeStart, decodeText, type ReadCell } from './cell-values.ts';
import { excerptParts, textParts } from './text-diff.ts';

/** So many bytes of a text or BLOB are read for a preview. */
export const PREVIEW_BYTES = 2048;
const PREVIEW_LETTERS = 240;
const PREVIEW_HEX_BYTES = 32;
/** A page may have hundreds of changed texts. */
const DIFF_MS = 20;

export type CellPlace = {
  readonly change: RowChange;
  readonly encoding: Schema['encoding'];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
};

export type BothCells = {
  readonly before: ReadCell;
  readonly after: ReadCell;
  readonly isSame: boolean;
};

/** What is shown of a value before and after. */
export function describeCell({ before, after, isSame }: BothCells, place: CellPlace): RowCell {
  const { change, encoding, hasBefore, hasAfter } = place;
  const isChanged = change === 'changed' && !isSame;
  const shown = (cell: ReadCell, has: boolean) => (has ? previewOf(cell, encoding) : ABSENT);
  return {
    before: change === 'added' ? null : shown(before, hasBefore),
    // What the state after lacks stays as it is in a row that both have.
    after:
      change === 'removed'
        ? null
        : change === 'changed' && !hasAfter
          ? shown(before, hasBefore)
          : shown(after, hasAfter),
    isChanged,
    parts: isChanged ? changedWords(before, after, encoding) : null,
  };
}

const ABSENT: CellPreview = { type: 'absent' };

/** A value, cut where it is long. */
export function previewOf(cell: ReadCell, encoding: Schema['encoding']): CellPreview {
  const { type, bytes, value } = cell;
  if (typeof value === 'bigint') return { type: 'integer', value };
  if (typeof value === 'number') return { type: 'real', value };
  // An empty BLOB arrives as no bytes, and an empty text too.
  const read = value ?? new Uint8Array();
  if (type === 'text') {
    const text = textOf(cell, encoding);
    if (text === null) return { type: 'broken-text', hex: hexOf(read, PREVIEW_HEX_BYTES), bytes };
    const cut = cutText(text, PREVIEW_LETTERS);
    return { type: 'text', text: cut, bytes, isCut: cut.length < text.length || read.length < bytes };
  }
  if (type === 'blob')
    return { type: 'blob', hex: hexOf(read, PREVIEW_HEX_BYTES), bytes, picture: pictureIn(read) };
  return { type: 'null' };
}

function changedWords(before: ReadCell, after: ReadCell, encoding: Schema['encoding']) {
  const [was, is] = [before, after].map((cell) => (cell.type === 'text' ? textOf(cell, encoding) : null));
  if (was == null || is == null) return null;
  const parts = textParts(was, is, DIFF_MS);
  // They may differ only behind what was read.
  return parts === null || parts.every((part) => part.in === 'both') ? null : excerptParts(parts);
}

/** What was read of a text; null where it is not valid. */
function textOf({ bytes, value }: ReadCell, encoding: Schema['encoding']): string | null {
  const read = value instanceof Uint8Array ? value : new Uint8Array();
  return read.length < bytes ? decodeStart(read, encoding) : decodeText(read, encoding);
}

/** The first letters of a text, never half of one. */
export function cutText(text: string, letters: number): string {
  if (text.length <= letters) return text;
  const last = text.charCodeAt(letters - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? letters - 1 : letters);
}

/** Bytes in hex, in pairs. */
export function hexOf(bytes: Uint8Array, most: number): string {
  return Buffer.from(bytes.subarray(0, most))
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ');
}

/** Each kind of picture by how its bytes begin. `null` stands for any byte. */
const PICTURES: readonly (readonly [Picture, readonly (number | null)[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38, null, 0x61]],
  ['image/webp', [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50]],
];

/** The kind of picture that a BLOB begins like; null for anything else. */
function pictureIn(bytes: Uint8Array): Picture | null {
  const found = PICTURES.find(([, magic]) =>
    magic.every((byte, index) => byte === null || bytes[index] === byte),
  );
  return found?.[0] ?? null;
}
