/**
 * Prints plain data as one JSON document, indented by two spaces. A bigint is printed as a number with all its
 * digits, and a Map as an object, so that `__proto__` is a key like any other.
 */
export function printJson(value: unknown): string {
  return JSON.stringify(value, replace, 2) ?? 'null';
}

/** `JSON.rawJSON`, which prints a number exactly as given. TypeScript does not know it yet. */
const rawJson: (text: string) => unknown = Reflect.get(JSON, 'rawJSON');

function replace(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return rawJson(value.toString());
  return value instanceof Map ? Object.fromEntries(value) : value;
}
