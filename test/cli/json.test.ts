import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printJson } from '../../src/cli/json.ts';

test('prints what JSON.stringify would for any JSON data', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => printJson(value) === JSON.stringify(value, null, 2)),
    { numRuns: 200 },
  );
});

test('prints every digit of a bigint, as a number', () => {
  expect(printJson({ id: 9_223_372_036_854_775_807n })).toBe('{\n  "id": 9223372036854775807\n}');
});

test('keeps `__proto__` as an ordinary key', () => {
  expect(printJson(new Map([['__proto__', 1]]))).toBe('{\n  "__proto__": 1\n}');
  expect(printJson(JSON.parse('{"__proto__": 1}'))).toBe('{\n  "__proto__": 1\n}');
});

test('leaves out what is undefined', () => {
  expect(printJson({ a: undefined, b: null })).toBe('{\n  "b": null\n}');
});
