import { language } from './language.ts';
import { onFirstUse } from './on-first-use.ts';

const enumeration = onFirstUse(() => new Intl.ListFormat(language, { type: 'conjunction' }));

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(parts: readonly string[]): string {
  return enumeration().format(parts);
}

/** The same for parts of any type; `between` turns each separator into such a part. */
export function joinParts<T>(parts: readonly T[], between: (text: string) => T): readonly T[] {
  const places = parts.map((_, index) => String(index));
  return enumeration()
    .formatToParts(places)
    .map(({ type, value }) => (type === 'element' ? parts[Number(value)] : undefined) ?? between(value));
}

/** Puts the first letter in upper case, for the start of a sentence or line. */
export function capitalize(text: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

/** Puts the first letter in lower case, for the middle of a sentence. */
export function decapitalize(text: string): string {
  return text.charAt(0).toLocaleLowerCase(language) + text.slice(1);
}
