import type { SqlValue } from '../sqlite/row-hash.ts';
import type { Schema } from '../sqlite/schema.ts';

const DECODER_LABEL = { 'UTF-8': 'utf-8', 'UTF-16le': 'utf-16le', 'UTF-16be': 'utf-16be' } as const;

/** SQL: a value so that nothing of it is lost on the way here: its class, its size where it is text or a BLOB, and its bytes. */
export function exactParts(value: string): readonly string[] {
  return [
    `typeof(${value})`,
    `iif(typeof(${value}) IN ('text', 'blob'), octet_length(${value}), 0)`,
    `iif(typeof(${value}) = 'text', CAST(${value} AS BLOB), ${value})`,
  ];
}

/** The same, with no more bytes of a text or BLOB than that. */
export function firstParts(value: string, bytes: number): readonly string[] {
  const [type = '', size = ''] = exactParts(value);
  const cut = `substr(CAST(${value} AS BLOB), 1, ${bytes})`;
  return [type, size, `iif(typeof(${value}) IN ('text', 'blob'), ${cut}, ${value})`];
}

/** What `exactParts` or `firstParts` selected. `bytes`: the full size; `value`: what was read of it. */
export type ReadCell = {
  readonly type: 'null' | 'integer' | 'real' | 'text' | 'blob';
  readonly bytes: number;
  readonly value: null | bigint | number | Uint8Array;
};

const NO_CELL: ReadCell = { type: 'null', bytes: 0, value: null };

/** Takes the three parts of a cell out of a raw row. */
export function takeCell(row: readonly unknown[], at: number): ReadCell {
  const [type, bytes, value] = row.slice(at, at + 3);
  const isType = (one: unknown): one is ReadCell['type'] =>
    one === 'integer' || one === 'real' || one === 'text' || one === 'blob';
  if (!isType(type)) return NO_CELL;
  const isValue =
    typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint8Array ? value : null;
  // SQLite calls the first bytes of nothing NULL.
  return { type, bytes: Number(bytes), value: isValue ?? new Uint8Array() };
}

/** The text of bytes in the database's encoding; null where they are not valid in it. */
export function decodeText(bytes: Uint8Array, encoding: Schema['encoding']): string | null {
  try {
    return new TextDecoder(DECODER_LABEL[encoding], { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** The text of the first bytes of a longer text: a character that was cut in two is left out. */
export function decodeStart(bytes: Uint8Array, encoding: Schema['encoding']): string | null {
  for (let cut = 0; cut < 4 && cut <= bytes.length; cut += 1) {
    const text = decodeText(bytes.subarray(0, bytes.length - cut), encoding);
    if (text !== null) return text;
  }
  return null;
}

/** A whole cell as an exact value. */
export function exactValue({ type, value }: ReadCell, encoding: Schema['encoding']): SqlValue {
  if (type !== 'text' || !(value instanceof Uint8Array)) return value;
  return decodeText(value, encoding) ?? { rawText: value };
}
