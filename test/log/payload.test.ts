import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstText, parseJson, parsePayload } from '../../src/log/payload.ts';

/** Integers that a double cannot hold as their text, by a reviver: the plain way, which cannot go deep. */
function parsePlainly(text: string): unknown {
  const keep = (_: string, value: unknown, { source }: { readonly source?: string } = {}): unknown =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) ? source : value;
  try {
    return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
  } catch {
    return undefined;
  }
}

const tokens = fc.constantFrom(
  ...[
    '9007199254740993',
    '-12345678901234567890',
    '0012345678901234567',
    '1e20',
    '1.5e300',
    '0.1',
    '-0',
    '7',
  ],
  ...['"9007199254740993"', '"a\\"1234567890123456789"', '"\\\\"', '""', '"\\u0031"', 'true', 'null'],
  ...['{', '}', '[', ']', ',', ':', ' ', '\n'],
);

describe('A payload', () => {
  it('keeps all digits of its integers, and is refused exactly where it is no JSON', () => {
    const valid = fc
      .json({ noUnicodeString: false })
      .map((text) => text.replaceAll(/\d+/g, (digits) => digits + digits + digits));
    const any = fc.array(tokens, { maxLength: 12 }).map((list) => list.join(''));
    fc.assert(
      fc.property(fc.oneof(valid, any), (text) => {
        expect(parseJson(`[1234567890123456,${text}]`)).toEqual(parsePlainly(`[1234567890123456,${text}]`));
      }),
      { numRuns: 1000 },
    );
  });

  it('is read however deeply it is nested, with all digits', () => {
    const deep = `${'['.repeat(200_000)}1${']'.repeat(200_000)}`;
    const fields = parsePayload(`{"chat_id": 9007199254740993, "more": ${deep}, "text": "still here"}`);
    expect(firstText(fields, ['chat_id'])).toBe('9007199254740993');
    expect(firstText(fields, ['text'])).toBe('still here');
  });
});
