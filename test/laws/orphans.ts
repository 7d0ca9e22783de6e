import Database from 'better-sqlite3';

/** The number of foreign keys that rows of the given tables violate. */
export function countOrphans(file: string, isAsked: (table: string) => boolean): number {
  const db = new Database(file, { readonly: true });
  try {
    const children = db.prepare<[], string>('SELECT "table" FROM pragma_foreign_key_check').pluck().all();
    return children.filter(isAsked).length;
  } finally {
    db.close();
  }
}
