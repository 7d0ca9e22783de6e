import Database from 'better-sqlite3';
import type { TableSpec } from '../support/arbitraries-schema.ts';
import { describe, exactly, quote } from '../support/sql.ts';

/**
 * The rows of a table for a brute-force comparison: each as one text with storage classes and bytes, and what it is
 * matched by. In the log that is what distinguishes an event from every other. Elsewhere it is a text that is equal if
 * SQLite calls two keys equal, or null if the key is missing or contains a NULL.
 */
export function readKeyedRows(file: string, spec: TableSpec) {
  const db = new Database(file, { readonly: true });
  try {
    const read = (names: readonly string[]) =>
      db
        .prepare<[], unknown[]>(
          `SELECT ${names.map(quote).flatMap(exactly).join(', ')} FROM ${quote(spec.name)} ORDER BY ${order(spec)}`,
        )
        .raw()
        .safeIntegers()
        .all();
    const rows = read(spec.columns.map(({ name }) => name)).map(rowText);
    if (spec.kind === 'log') {
      const events = read(['id', 'ts', 'kind', 'payload_json']);
      return rows.map((row, index) => ({ row, key: rowText(events[index] ?? []) }));
    }
    const keys = spec.key.length === 0 ? [] : read(spec.key);
    const folded = spec.kind === 'nocase';
    return rows.map((row, index) => ({ row, key: keyText(keys[index], folded) }));
  } finally {
    db.close();
  }
}

function rowText(row: readonly unknown[]): string {
  return row.map(describe).join(' ');
}

function order(spec: TableSpec): string {
  return spec.withoutRowid ? spec.key.map(quote).join(', ') : 'rowid';
}

function keyText(key: readonly unknown[] | undefined, folded: boolean): string | null {
  if (key === undefined || key.includes('null')) return null;
  const parts: string[] = [];
  for (let index = 0; index < key.length; index += 2) {
    const [kind, value] = [key[index], key[index + 1]];
    if (kind === 'integer' || kind === 'real') parts.push(`number ${numberText(value)}`);
    else if (kind === 'text' && folded) parts.push(`text ${foldHex(String(value))}`);
    else parts.push(`${kind} ${value}`);
  }
  return parts.join(', ');
}

/** Integers and reals of equal value are one key. */
function numberText(value: unknown): string {
  if (typeof value === 'number' && Number.isInteger(value)) return String(BigInt(value));
  return String(value);
}

/** ASCII letters in lower case, in the hex of UTF-8. In UTF-16 the zero bytes between them do no harm. */
function foldHex(hex: string): string {
  return hex.replace(/../g, (byte) => {
    const code = Number.parseInt(byte, 16);
    return (code >= 0x41 && code <= 0x5a ? code + 32 : code).toString(16).padStart(2, '0');
  });
}
