import { language } from './language.ts';

const enumeration = new Intl.ListFormat(language, { type: 'conjunction' });

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(parts: readonly string[]): string {
  return enumeration.format(parts);
}

/** First letter in upper case, to begin a sentence or a line. */
export function capitalize(text: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
