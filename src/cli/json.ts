/**
 * Prints plain data as one JSON document, indented by two spaces. A bigint is printed with all its digits, unquoted;
 * a Map as an object, so that a key such as `__proto__` is a key like any other.
 */
export function printJson(value: unknown): string {
  return print(value, '');
}

function print(value: unknown, indent: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return printMembers([...value], indent);
  if (Array.isArray(value))
    return printBlock(
      '[',
      value.map((item) => print(item, `${indent}  `)),
      ']',
      indent,
    );
  if (typeof value === 'object' && value !== null) return printMembers(Object.entries(value), indent);
  return JSON.stringify(value) ?? 'null';
}

function printMembers(members: readonly (readonly [unknown, unknown])[], indent: string): string {
  const present = members.filter(([, value]) => value !== undefined);
  const lines = present.map(
    ([key, value]) => `${JSON.stringify(String(key))}: ${print(value, `${indent}  `)}`,
  );
  return printBlock('{', lines, '}', indent);
}

function printBlock(open: string, lines: readonly string[], close: string, indent: string): string {
  if (lines.length === 0) return open + close;
  return `${open}\n${lines.map((line) => `${indent}  ${line}`).join(',\n')}\n${indent}${close}`;
}
