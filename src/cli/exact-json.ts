import { realWords } from '../../words/rows.ts';
import type { SqlValue } from '../index.ts';
import { rawJson } from './json.ts';

/**
 * A value as JSON without any loss: an integer with all its digits, a real with a point or an exponent, a BLOB as
 * `{"base64": …}`, text that is not valid Unicode as `{"textBase64": …}`, and what JSON has no number for as
 * `{"real": "Infinity"}`.
 */
export function toExactJson(value: SqlValue): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'bigint') return value;
  if (typeof value === 'number')
    return Number.isFinite(value) ? rawJson(realWords(value)) : { real: realWords(value) };
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  return { textBase64: Buffer.from(value.rawText).toString('base64') };
}
