const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function hasControlCharacter(raw: string): boolean {
  for (let index = 0; index < raw.length; index += 1) if (raw.charCodeAt(index) < 0x20) return true;
  return false;
}

/**
 * Decodes what stands between the quotes of a JSON string, given as Latin-1 bytes. Null if it is malformed or not valid
 * UTF-8. The text may have half a surrogate pair from an escape, which is valid JSON but not valid Unicode.
 */
export function decodeString(raw: string): string | null {
  if (hasControlCharacter(raw)) return null;
  try {
    const text = /[\u0080-\u00ff]/.test(raw) ? UTF8.decode(Buffer.from(raw, 'latin1')) : raw;
    const value: unknown = text.includes('\\') ? JSON.parse(`"${text}"`) : text;
    return typeof value === 'string' ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
