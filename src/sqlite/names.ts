/** Quotes a name for SQL, so that no table or column name can be taken for anything else. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The form in which SQLite compares names: ASCII letters in lower case, everything else unchanged. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The index of a name in a list, compared as SQLite compares names; -1 where it is missing. */
export function placeOfName(names: readonly string[], name: string): number {
  const folded = foldName(name);
  return names.findIndex((one) => foldName(one) === folded);
}

/** Quotes names and joins them with commas. */
export function nameList(names: readonly string[]): string {
  return names.map(quoteName).join(', ');
}
