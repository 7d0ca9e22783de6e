import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonValue } from '../../src/host/python-text.ts';
import { SnapbackError } from '../../src/model/errors.ts';
import { createJsonScanner, type JsonScanner } from '../../src/snapshot-file/json-scanner.ts';
import { sqlValues, texts } from '../support/arbitraries.ts';

/** A scanner that is fed `size` bytes at a time, whatever it asks for. */
function scan(json: string | Buffer, size = 1): JsonScanner {
  const bytes = Buffer.from(json);
  let at = 0;
  return createJsonScanner(async () => {
    const chunk = bytes.subarray(at, at + size);
    at += chunk.length;
    return chunk.length === 0 ? null : chunk;
  }, 0);
}

async function damageOf(action: Promise<unknown>): Promise<SnapbackError['detail']> {
  const error = await action.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (error instanceof SnapbackError && error.code === 'snapshot-damaged') return error.detail;
  throw new Error(`No damage was found: ${String(error)}`);
}

const sizes = [1, 2, 3, 7, 1000];

describe('numbers', () => {
  test.each([
    '0',
    '-0.0',
    '1.5',
    '-12.25e-3',
    '1e300',
    '5E+1',
    '-Infinity',
    'Infinity',
    '9223372036854775807',
  ])('keep class and digits wherever a chunk ends: %s', async (token) => {
    const expected = /[.eEI]/.test(token) ? Number(token) : BigInt(token);
    for (const size of sizes) {
      expect(await scan(`[${token}]`.slice(1, -1), size).readScalar()).toStrictEqual(expected);
      expect(await scan(`${token},`, size).readScalar()).toStrictEqual(expected);
    }
  });

  test.each([
    '01',
    '+1',
    '1.',
    '.5',
    '1e',
    '1e+',
    '-',
    '--1',
    '1.2.3',
    '0x10',
    'Infinit',
    'nul',
    'nulls',
    'True',
    '1a',
  ])('that are invalid are damage: %s', async (token) => {
    for (const size of sizes) {
      const scanner = scan(`[${token}]`, size);
      await scanner.expect('[');
      await damageOf(scanner.readScalar().then(() => scanner.expect(']')));
    }
  });

  test.each(['9223372036854775808', '-9223372036854775809', '1'.repeat(5_000_000)])(
    'beyond 64 bits are damage, detected at once however long they are',
    async (token) => {
      expect((await damageOf(scan(token, 1 << 20).readScalar())).why).toMatch(/too large/);
    },
  );
});

describe('texts', () => {
  test('are read as JSON.parse reads them, for any chunk size', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.boolean(), fc.integer({ min: 1, max: 9 }), async (text, ascii, size) => {
        const token = ascii ? jsonValue(text) : JSON.stringify(text);
        expect(await scan(token, size).readString()).toBe(text);
      }),
    );
  });

  test.each([
    ['a control character', '"a\nb"'],
    ['an unknown escape', '"\\x41"'],
    ['a half of a pair', '"\\ud800"'],
    ['halves the wrong way round', '"\\udc00\\ud800"'],
    ['a cut escape', '"\\u12"'],
  ])('with %s are damage', async (_, token) => {
    for (const size of sizes) await damageOf(scan(token, size).readString());
  });

  test('in bytes that are not UTF-8 are damage', async () => {
    await damageOf(scan(Buffer.from([0x22, 0xff, 0x22])).readString());
    await damageOf(scan(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])).readString());
  });
});

describe('rows', () => {
  test('are read with every value as it was written, for any chunk size', async () => {
    const row = fc.uniqueArray(fc.tuple(texts, sqlValues), { selector: ([name]) => name, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(row, fc.integer({ min: 1, max: 40 }), async (entries, size) => {
        const plain = entries.filter(([, value]) => typeof value !== 'object' || value === null);
        const json = `{${plain.map(([name, value]) => `${jsonValue(name)}: ${jsonValue(value)}`).join(', ')}}`;
        const found = await scan(json, size).readRow([]);
        expect(found.columns).toStrictEqual(plain.map(([name]) => name));
        expect(found.values).toStrictEqual(plain.map(([, value]) => value));
      }),
    );
  });

  test.each([
    '{"a": {}}',
    '{"a": []}',
    '{"a": 1, "a": 2}',
    '{a: 1}',
    '{"a": 1,}',
    '{"a" 1}',
    '["a"]',
    '{"a": 1',
  ])('that are invalid are damage: %s', async (json) => {
    for (const size of sizes) await damageOf(scan(json, size).readRow([]));
  });
});

describe('the columns of a row', () => {
  const rowOf = (count: number) =>
    `{${Array.from({ length: count }, (_, column) => `"c${column}":0`).join(',')}}`;

  test('may be as many as a table can have', async () => {
    expect((await scan(rowOf(32_767), 1 << 20).readRow([])).values).toHaveLength(32_767);
  });

  test('are refused with their position as soon as there are too many, whatever follows', async () => {
    const row = rowOf(32_768);
    const damage = await damageOf(scan(`${row.slice(0, -1)},`, 1 << 20).readRow([]));
    expect(damage).toEqual({
      offset: row.lastIndexOf('"c32767"'),
      why: 'a row has more columns than any table can have',
    });
  });
});

describe('skipping', () => {
  test('accepts what JSON.parse accepts, counts its elements and stops after it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.integer({ min: 1, max: 20 }), async (value, size) => {
        const scanner = scan(`${JSON.stringify(value)} ,`, size);
        const { elements } = await scanner.skipValue();
        expect(Array.isArray(value) ? elements : null).toBe(Array.isArray(value) ? value.length : null);
        await scanner.expect(',');
      }),
    );
  });

  test('refuses what JSON.parse refuses when one character is missing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.nat(), async (value, place) => {
        const json = JSON.stringify([value]);
        const at = place % json.length;
        const broken = json.slice(0, at) + json.slice(at + 1);
        fc.pre(!isJson(broken));
        const scanner = scan(broken, 5);
        await damageOf(
          scanner.skipValue().then(async () => {
            if ((await scanner.peek()) !== '') await scanner.expect('');
          }),
        );
      }),
    );
  });

  test.each(['[', '{"a":'])('refuses 200,000 nested %s without a deep stack', async (opening) => {
    expect((await damageOf(scan(opening.repeat(200_000), 65_536).skipValue())).why).toMatch(/nested/);
  });

  test('accepts numbers of any size', async () => {
    expect(await scan(`[1e999, -9223372036854775809, ${'9'.repeat(100)}]`, 3).skipValue()).toStrictEqual({
      elements: 3,
    });
  });

  test('passes over white space longer than a chunk', async () => {
    const scanner = scan(`${' \n\t\r'.repeat(100_000)}[1${' '.repeat(100_000)}]`, 65_536);
    expect(await scanner.skipValue()).toStrictEqual({ elements: 1 });
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('damage gives its byte position and never quotes a value', async () => {
  const scanner = scan('{"secret": "hidden words" "more"}');
  const { offset, why } = await damageOf(scanner.readRow([]));
  expect(offset).toBe(26);
  expect(String(why)).not.toMatch(/secret|hidden|more/);
});
