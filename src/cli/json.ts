/**
 * Prints plain data as one JSON document, indented by two spaces. A bigint is printed with all its digits, unquoted;
 * a Map as an object, so that a key such as `__proto__` is a key like any other.
 */
export function printJson(value: unknown): string {
  return JSON.stringify(value, replace, 2) ?? 'null';
}

/** A number as it is written here. TypeScript does not know this function yet. */
const rawJson: (text: string) => unknown = Reflect.get(JSON, 'rawJSON');

function replace(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return rawJson(value.toString());
  return value instanceof Map ? Object.fromEntries(value) : value;
}
