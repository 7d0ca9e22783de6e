/* The bytes of JSON's punctuation, and of the other characters that its tokens are told by. */

export const LINE_END = 0x0a;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const APOSTROPHE = 0x27;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const POINT = 0x2e;
export const SLASH = 0x2f;
export const ZERO = 0x30;
export const EIGHT = 0x38;
export const NINE = 0x39;
export const CAPITAL_E = 0x45;
export const OPENING_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSING_BRACKET = 0x5d;
export const LETTER_B = 0x62;
export const LETTER_E = 0x65;
export const LETTER_N = 0x6e;
export const LETTER_U = 0x75;
export const LETTER_X = 0x78;
export const CLOSING_BRACE = 0x7d;
