import type { StoredValue } from '../model/search.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';

/** A key's value as JSON: text as it is, anything else with its type, so that no value is taken for another. */
export type WrittenValue = null | string | readonly ['integer' | 'real' | 'blob', string];

/** The value for display and for data. Text that is not valid Unicode gets U+FFFD where it is not. */
export function toStored(value: SqlValue): StoredValue {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Buffer.from(value.rawText).toString();
}

/** Writes a value so that `readValue` gives it back exactly. */
export function writeValue(value: StoredValue): WrittenValue {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'bigint') return ['integer', String(value)];
  if (typeof value === 'number') return ['real', Object.is(value, -0) ? '-0' : String(value)];
  return ['blob', Buffer.from(value).toString('base64')];
}

/** Reads what `writeValue` wrote. */
export function readValue(written: WrittenValue): StoredValue {
  if (written === null || typeof written === 'string') return written;
  const [type, text] = written;
  if (type === 'integer') return BigInt(text);
  return type === 'real' ? Number(text) : new Uint8Array(Buffer.from(text, 'base64'));
}
