const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Anything that does not stand for itself: control characters, quotes, backslashes, and bytes beyond ASCII. */
const SPECIAL = /[^\x20\x21\x23-\x5b\x5d-\x7f]/;

/**
 * Decodes what stands between the quotes of a JSON string, given as Latin-1 bytes. Null if it is malformed or not valid
 * UTF-8. The text may have half a surrogate pair from an escape, which is valid JSON but not valid Unicode.
 */
export function decodeString(raw: string): string | null {
  if (!SPECIAL.test(raw)) return raw;
  try {
    const text = /[\u0080-\u00ff]/.test(raw) ? UTF8.decode(Buffer.from(raw, 'latin1')) : raw;
    const value: unknown = JSON.parse(`"${text}"`);
    return typeof value === 'string' ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
