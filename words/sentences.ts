import { language } from './language.ts';

const enumeration = new Intl.ListFormat(language, { type: 'conjunction' });

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(parts: readonly string[]): string {
  return enumeration.format(parts);
}

/** The same of anything: the parts, with what stands between them made by `between`. */
export function joinParts<T>(parts: readonly T[], between: (text: string) => T): readonly T[] {
  const places = parts.map((_, index) => String(index));
  return enumeration
    .formatToParts(places)
    .map(({ type, value }) => (type === 'element' ? parts[Number(value)] : undefined) ?? between(value));
}

/** First letter in upper case, to begin a sentence or a line. */
export function capitalize(text: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

/** First letter in lower case, to go on with a sentence. */
export function decapitalize(text: string): string {
  return text.charAt(0).toLocaleLowerCase(language) + text.slice(1);
}
