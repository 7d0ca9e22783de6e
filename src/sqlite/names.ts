/** Quotes a name for use in SQL, so that no table or column name can be anything but a name. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The form in which SQLite compares names: ASCII letters in lower case, all else untouched. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The place of a name in a list, compared as SQLite compares names; -1 where it is not in it. */
export function placeOfName(names: readonly string[], name: string): number {
  const folded = foldName(name);
  return names.findIndex((one) => foldName(one) === folded);
}

/** Joins quoted names. */
export function nameList(names: readonly string[]): string {
  return names.map(quoteName).join(', ');
}
