import {
  APOSTROPHE,
  BACKSLASH,
  CAPITAL_E,
  EIGHT,
  LETTER_B,
  LETTER_E,
  LETTER_N,
  LETTER_U,
  MINUS,
  NINE,
  PLUS,
  POINT,
  QUOTE,
  SLASH,
  ZERO,
} from '../host/ascii-codes.ts';

/*
 * Finds where the tokens of plain rows end. Each function returns the place behind its token, or minus the place where
 * it stops being plain. A zero follows the last byte; no token contains one.
 */

/** The kinds of tokens, as bits. A text has `TEXT` and perhaps one of the two behind it. */
export const KIND = {
  NULL: 1,
  INTEGER: 2,
  REAL: 4,
  TEXT: 8,
  /** A text that might be taken for a number: it begins with a digit, a sign, a point or white space. */
  NUMBER_LIKE: 16,
  /** A text that begins as the repr of bytes does: `b'` or `b"`. */
  BYTES_LIKE: 32,
} as const;

/** A flag above the bits of a UTF-16 unit, even after a digit was shifted. */
const CAPITAL = 1 << 16;
const NO_DIGIT = -1;
const NULL_WORD = Buffer.from('null');
/** With more digits an integer may go beyond 64 bits, and SQLite may round a real otherwise than JavaScript does. */
const MOST_DIGITS = 18;
const LONGEST_REAL = 24;

/** What a byte inside a string is: 0 for itself, or one of these. */
const ENDS = 1;
const ESCAPES = 2;
const CONTROL = 3;
const RAW = 4;
const INSIDE = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x20) return CONTROL;
  if (byte === QUOTE) return ENDS;
  if (byte === BACKSLASH) return ESCAPES;
  return byte < 0x7f ? 0 : RAW;
});
export const BLANK = tableOf(' \t\n\r', () => 1);
/** The characters that may follow a backslash, with what each stands for. */
const SHORT = tableOf('"\\/bfnrt', (char) => '"\\/\b\f\n\r\t'.charCodeAt('"\\/bfnrt'.indexOf(char)));
/** The control characters that have such a short form. */
const SHORT_CODES = tableOf('\b\t\n\f\r', () => 1);
/** A hexadecimal digit's value; with `CAPITAL` where it is a capital letter; `NO_DIGIT` for any other byte. */
const HEX = Int32Array.from({ length: 256 }, (_, byte) => {
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  if (Number.isNaN(digit)) return NO_DIGIT;
  return byte >= 0x41 && byte <= 0x46 ? digit | CAPITAL : digit;
});
const NUMBER_START = tableOf('0123456789+-. \t\n\v\f\r', () => KIND.NUMBER_LIKE);

function tableOf(chars: string, value: (char: string) => number): Uint8Array {
  const table = new Uint8Array(256);
  for (const char of chars) table[char.charCodeAt(0)] = value(char);
  return table;
}

/** What a step notes beside the place where it ends. */
export type Seen = { kind: number; raw: boolean; canonical: boolean };

/** The place of the next byte that is not white space. */
export function skipBlank(bytes: Buffer, from: number): number {
  let at = from;
  while (BLANK[bytes[at] ?? 0] === 1) at += 1;
  return at;
}

/**
 * Marks the bytes of a word that do not stand for themselves: quotation marks, backslashes, control characters, and all
 * above `~`. The lowest bit that is set is right, and so is every bit below it.
 */
function findSpecial(word: number): number {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  const found =
    ((quote - 0x01010101) & ~quote) |
    ((backslash - 0x01010101) & ~backslash) |
    ((word - 0x20202020) & ~word) |
    word |
    (word + 0x01010101);
  return found & 0x80808080;
}

/** The place behind a text, or minus the place where it stops being a plain one. */
export function endOfText(bytes: Buffer, words: DataView, from: number, seen: Seen): number {
  let at = from + 1;
  seen.kind = KIND.TEXT | kindOfStart(bytes, at);
  for (;;) {
    let special = findSpecial(words.getInt32(at, true));
    while (special === 0) {
      at += 4;
      special = findSpecial(words.getInt32(at, true));
    }
    at += (31 - Math.clz32(special & -special)) >> 3;
    const inside = INSIDE[bytes[at] ?? 0] ?? 0;
    if (inside === ENDS) return at + 1;
    if (inside === ESCAPES) {
      const next = bytes[at + 1];
      if (next === QUOTE) {
        at += 2;
        continue;
      }
      if (next === LETTER_U) {
        const bits = unitAt(bytes, at);
        // Most of them are letters beyond ASCII.
        if (bits >= 0x7f && bits < 0xd800) {
          at += 6;
          continue;
        }
      }
      at = endOfEscape(bytes, at, seen);
      if (at < 0) return at;
    } else if (inside === RAW) {
      seen.raw = true;
      seen.canonical = false;
      at += 1;
    } else return -at;
  }
}

/** As `endOfText` for an escape, or for two of them that are one character. */
function endOfEscape(bytes: Buffer, at: number, seen: Seen): number {
  const next = bytes[at + 1] ?? 0;
  if (next !== LETTER_U) {
    if (SHORT[next] === 0) return -(at + 1);
    if (next === SLASH) seen.canonical = false;
    return at + 2;
  }
  const unit = readUnit(bytes, at, seen);
  if (unit < 0) return unit;
  // SQLite's text ends at a NUL, and half a surrogate pair is no text.
  if (unit === 0 || (unit >= 0xdc00 && unit <= 0xdfff)) return -at;
  if (unit < 0xd800 || unit > 0xdfff) return at + 6;
  if (bytes[at + 6] !== BACKSLASH) return -(at + 6);
  if (bytes[at + 7] !== LETTER_U) return -(at + 7);
  const other = readUnit(bytes, at + 6, seen);
  if (other < 0) return other;
  return other >= 0xdc00 && other <= 0xdfff ? at + 12 : -at;
}

/** The UTF-16 unit of an escape like `\u00e9`, or minus the place where it is none. */
function readUnit(bytes: Buffer, from: number, seen: Seen): number {
  const bits = unitAt(bytes, from);
  if (bits < 0) {
    let at = from + 2;
    while (hexAt(bytes, at) !== NO_DIGIT) at += 1;
    return -at;
  }
  if (bits > 0xffff) seen.canonical = false;
  const unit = bits & 0xffff;
  if (unit < 0x7f && (unit >= 0x20 || SHORT_CODES[unit] === 1)) seen.canonical = false;
  return unit;
}

/** The unit of the escape that begins here, with other bits where a digit is a capital letter; negative where one is missing. */
function unitAt(bytes: Buffer, at: number): number {
  return (
    (hexAt(bytes, at + 2) << 12) |
    (hexAt(bytes, at + 3) << 8) |
    (hexAt(bytes, at + 4) << 4) |
    hexAt(bytes, at + 5)
  );
}

function hexAt(bytes: Buffer, at: number): number {
  return HEX[bytes[at] ?? 0] ?? NO_DIGIT;
}

/** What the first character of a text makes it look like. An escape that may stand for such a character counts as it. */
function kindOfStart(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first === BACKSLASH) {
    const next = bytes[at + 1] ?? 0;
    if (next !== LETTER_U) return NUMBER_START[SHORT[next] ?? 0] ?? 0;
    // Beyond `\u007f` the fifth byte is an 8, a 9 or a letter.
    const isAscii = bytes[at + 2] === ZERO && bytes[at + 3] === ZERO && (bytes[at + 4] ?? 0) < EIGHT;
    return isAscii ? KIND.NUMBER_LIKE | KIND.BYTES_LIKE : 0;
  }
  if (first !== LETTER_B) return NUMBER_START[first] ?? 0;
  return bytes[at + 1] === APOSTROPHE || bytes[at + 1] === BACKSLASH ? KIND.BYTES_LIKE : 0;
}

/** As `endOfText` for a number or `null`. */
export function endOfOther(bytes: Buffer, from: number, seen: Seen): number {
  let at = from;
  if (bytes[at] === LETTER_N) {
    for (const letter of NULL_WORD) {
      if (bytes[at] !== letter) return -at;
      at += 1;
    }
    seen.kind = KIND.NULL;
    return at;
  }
  const isNegative = bytes[at] === MINUS;
  const digits = isNegative ? at + 1 : at;
  at = endOfDigits(bytes, digits);
  const integers = at - digits;
  if (integers === 0) return -at;
  if (bytes[digits] === ZERO && integers > 1) return -digits;
  if (bytes[at] !== POINT && bytes[at] !== LETTER_E && bytes[at] !== CAPITAL_E) {
    seen.kind = KIND.INTEGER;
    // The careful scanner reads `-0`, too, and integers that may be too large.
    if (integers > MOST_DIGITS || (isNegative && bytes[digits] === ZERO))
      return bytes[at] === 0 ? -at : -digits;
    return at;
  }
  seen.kind = KIND.REAL;
  let significant = integers;
  if (bytes[at] === POINT) {
    const fraction = at + 1;
    at = endOfDigits(bytes, fraction);
    if (at === fraction) return -at;
    significant = bytes[digits] === ZERO ? at - endOfZeros(bytes, fraction) : integers + at - fraction;
  }
  if (bytes[at] === LETTER_E || bytes[at] === CAPITAL_E) {
    at += 1;
    if (bytes[at] === MINUS || bytes[at] === PLUS) at += 1;
    const exponent = at;
    at = endOfDigits(bytes, exponent);
    if (at === exponent) return -at;
  }
  if (significant <= MOST_DIGITS && at - from <= LONGEST_REAL) return at;
  return bytes[at] === 0 ? -at : -digits;
}

function endOfZeros(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === ZERO) at += 1;
  return at;
}

function endOfDigits(bytes: Buffer, from: number): number {
  let at = from;
  let byte = bytes[at] ?? 0;
  while (byte >= ZERO && byte <= NINE) {
    at += 1;
    byte = bytes[at] ?? 0;
  }
  return at;
}
