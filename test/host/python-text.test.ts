import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesRepr, parseBytesRepr } from '../../src/host/bytes-repr.ts';
import { jsonReal, jsonText, jsonValue } from '../../src/host/python-text.ts';
import { blobs, brokenTexts, integers, reals, sqlValues, texts } from '../support/arbitraries.ts';

const pythonMissing = spawnSync('python3', ['-c', 'import json']).status !== 0;

/** Runs a Python expression over each item of a batch, in one process. */
function askPython(expression: string, items: readonly unknown[]): readonly unknown[] {
  const program = `import ast, json, struct, sys\nprint(json.dumps([${expression} for item in json.load(sys.stdin)]))`;
  const { stdout, stderr } = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(items),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

function bits(value: number): string {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(value);
  return buffer.toString('hex');
}

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const batch = { numRuns: 3000, seed: 20261123 };

describe('the repr of bytes', () => {
  test('reads back as the same bytes', () => {
    fc.assert(
      fc.property(blobs, (bytes) => {
        expect(parseBytesRepr(bytesRepr(bytes))).toStrictEqual(Uint8Array.from(bytes));
      }),
    );
    expect(parseBytesRepr(bytesRepr(everyByte))).toStrictEqual(everyByte);
  });

  test('is the only accepted form: every other text is not a repr', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = parseBytesRepr(text);
        expect(bytes === null ? text : bytesRepr(bytes)).toBe(text);
      }),
    );
    const others = [
      "b'",
      'b""',
      "B'a'",
      "b'\\x41'",
      "b'é'",
      "b'\\'",
      'b"a"',
      "b'\\q'",
      "b'a' ",
      "b'a'b'",
      "b'\n'",
    ];
    for (const text of others) expect(parseBytesRepr(text)).toBeNull();
  });

  test.skipIf(pythonMissing)('equals what Python prints, and Python reads it back', () => {
    const samples = [everyByte, ...fc.sample(blobs, batch)].map((bytes) =>
      Buffer.from(bytes).toString('hex'),
    );
    const reprs = samples.map((hex) => bytesRepr(Buffer.from(hex, 'hex')));
    expect(askPython('str(bytes.fromhex(item))', samples)).toStrictEqual(reprs);
    expect(askPython('ast.literal_eval(item).hex()', reprs)).toStrictEqual(samples);
  });
});

describe('tokens', () => {
  test('are ASCII, whatever the value', () => {
    fc.assert(
      fc.property(sqlValues, (value) => {
        expect(jsonValue(value)).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });

  test('of reals have a point or an exponent or are infinite, and keep all bits', () => {
    fc.assert(
      fc.property(reals, (value) => {
        const token = jsonReal(value);
        expect(token).toMatch(/^-?(?:Infinity|\d+\.\d+(?:e[+-]\d{2,3})?|\d+e[+-]\d{2,3})$/);
        expect(bits(Number(token))).toBe(bits(value));
      }),
    );
  });

  test('of invalid text say where it is invalid and stay readable', () => {
    fc.assert(
      fc.property(brokenTexts, (value) => {
        expect(JSON.parse(jsonValue(value))).toContain('\uFFFD');
      }),
    );
  });

  test.skipIf(pythonMissing)('of reals equal what Python prints', () => {
    const samples = fc.sample(reals, batch).map(bits);
    const printed = samples.map((hex) => jsonReal(Buffer.from(hex, 'hex').readDoubleBE()));
    expect(askPython("json.dumps(struct.unpack('>d', bytes.fromhex(item))[0])", samples)).toStrictEqual(
      printed,
    );
  });

  test.skipIf(pythonMissing)(
    'of texts and integers equal what Python prints, and Python reads them back',
    () => {
      const words = fc.sample(texts, batch);
      expect(askPython('json.dumps(item)', words)).toStrictEqual(words.map(jsonText));
      const tokens = words.map(jsonText);
      expect(askPython('json.loads(item)', tokens)).toStrictEqual(words);
      const numbers = fc.sample(integers, batch).map(String);
      expect(askPython('str(json.loads(item))', numbers)).toStrictEqual(numbers);
    },
  );
});
