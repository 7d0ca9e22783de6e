import Database from 'better-sqlite3';
import type { Host } from './hosts.ts';

/** Makes a host's database file, either in the state of the snapshot or in the one after the rewind. */
export function buildHost(file: string, host: Host, moment: 'before' | 'since'): void {
  const db = new Database(file);
  try {
    db.pragma('foreign_keys = ON');
    db.exec(host.schema);
    db.exec(host.before);
    if (moment === 'since') db.exec(host.since);
  } finally {
    db.close();
  }
}

export type Content = Readonly<Record<string, readonly string[]>>;

/**
 * The exact content of tables, judged without any code of the product: per table its rows in an order of their own,
 * each value with its storage class and all its digits.
 */
export function readContent(file: string, tables: readonly string[]): Content {
  const db = new Database(file, { readonly: true });
  try {
    return Object.fromEntries(
      tables.map((table) => {
        const columns = db
          .prepare<[], string>(`SELECT name FROM pragma_table_xinfo('${table}') WHERE hidden <> 1`)
          .pluck()
          .all();
        const rows = db.prepare<[], unknown[]>(
          `SELECT ${columns.map((name) => `"${name}"`).join(', ')} FROM "${table}"`,
        );
        return [
          table,
          rows
            .raw()
            .safeIntegers()
            .all()
            .map((row) => row.map(describeValue).join(' | '))
            .sort(),
        ];
      }),
    );
  } finally {
    db.close();
  }
}

function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return `integer ${value}`;
  if (typeof value === 'number') return `real ${Object.is(value, -0) ? '-0' : value}`;
  if (typeof value === 'string') return `text ${JSON.stringify(value)}`;
  if (Buffer.isBuffer(value)) return `blob ${value.toString('hex')}`;
  throw new TypeError(`SQLite gave a ${typeof value}.`);
}
