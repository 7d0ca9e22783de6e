import type { SqlValue } from '../sqlite/row-hash.ts';

/** `JSON.rawJSON`, which prints a number exactly as given. TypeScript does not know it yet. */
const rawJson: (text: string) => unknown = Reflect.get(JSON, 'rawJSON');

/**
 * A value for `JSON.stringify` without any loss: an integer with all its digits, a real with a point or an exponent, a BLOB
 * as `{"base64": …}`, text that is not valid Unicode as `{"textBase64": …}`, and what JSON has no number for as
 * `{"real": "Infinity"}`.
 */
export function toExactJson(value: SqlValue): unknown {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'bigint') return rawJson(String(value));
  if (typeof value === 'number')
    return Number.isFinite(value) ? rawJson(realText(value)) : { real: realText(value) };
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  return { textBase64: Buffer.from(value.rawText).toString('base64') };
}

/** A real with all its digits, and recognizable as one. */
export function realText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
