/*
 * Bytes that are written one after the other. Words are copied whole, also where a text ends within one, so there is always
 * room for one more.
 */

export type Cursor = { bytes: Buffer; view: DataView; at: number };

/** A text that is written for every row. */
export type Piece = { readonly view: DataView; readonly length: number };

/** The bytes of a word. */
export const WORD = 4;

/** Writes all of a text. */
export function append(to: Cursor, { view, length }: Piece): void {
  copy(to, view, 0, length);
}

/** Writes what stands between two places. */
export function copy(to: Cursor, from: DataView, start: number, end: number): void {
  const { view } = to;
  let at = to.at;
  for (let next = start; next < end; next += WORD) {
    view.setUint32(at, from.getUint32(next, true), true);
    at += WORD;
  }
  to.at += end - start;
}

/** Makes a piece of an ASCII text. */
export function toPiece(text: string): Piece {
  const bytes = Buffer.alloc(text.length + WORD);
  bytes.write(text, 'latin1');
  return { view: viewOf(bytes), length: text.length };
}

export function createCursor(bytes: number): Cursor {
  const buffer = Buffer.allocUnsafe(bytes);
  return { bytes: buffer, view: viewOf(buffer), at: 0 };
}

/** Empties an output, and makes room for so many bytes. */
export function reserve(cursor: Cursor, bytes: number): void {
  cursor.at = 0;
  if (cursor.bytes.length < bytes + WORD) Object.assign(cursor, createCursor(bytes + WORD));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
