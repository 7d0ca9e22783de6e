import fc from 'fast-check';
import type { SqlValue } from '../../src/sqlite/row-hash.ts';

/** Whole numbers as SQLite has them, the ends of their range and of JavaScript's included. */
export const integers: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: -5n, max: 5n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -(2n ** 53n) - 1n),
);

/** Reals of every kind that SQLite stores: it has no NaN. */
export const reals: fc.Arbitrary<number> = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(
    -0,
    0,
    5e-324,
    1.7976931348623157e308,
    2 ** 53,
    2 ** 63,
    1e16,
    1e-5,
    0.1,
    Math.PI,
    -Math.PI,
  ),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);

/** Well-formed texts that something could mistake for something else. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    'a',
    'A',
    'b',
    "b'x'",
    'b"\'"',
    "b'\\x00'",
    '1',
    '1.0',
    ' 1 ',
    '1e3',
    '0x10',
    'NaN',
    'null',
  ),
  fc.constantFrom('\0', 'a\0b', '\uFFFD', '\uFEFFx', '\u2028', '😀', '"\\/', "'); --", '\x7f\x1f', 'é'),
);

/** Bytes of a TEXT value that are not UTF-8; some of them hold halves of pairs where they count as UTF-16. */
export const brokenTexts: fc.Arbitrary<{ readonly rawText: Uint8Array }> = fc
  .constantFrom(
    [0xff],
    [0x00, 0xd8, 0x41, 0x00],
    [0x41, 0x00, 0x00, 0xdc],
    [0x61, 0xc3],
    [0xed, 0xa0, 0x80],
    [0xc0, 0x80],
    [0xf5, 0x80, 0x80, 0x80, 0x00, 0x62],
  )
  .map((bytes) => ({ rawText: Uint8Array.from(bytes) }));

export const blobs: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 16 }),
  fc.constantFrom('', "b'x'", '\0', '\x13\x78', '\'"\\').map((text) => Uint8Array.from(Buffer.from(text))),
);

/** Any value of any storage class. Small pools inside make equal and almost equal values common. */
export const sqlValues: fc.Arbitrary<SqlValue> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: integers },
  { weight: 3, arbitrary: reals },
  { weight: 3, arbitrary: texts },
  { weight: 1, arbitrary: brokenTexts },
  { weight: 2, arbitrary: blobs },
);
