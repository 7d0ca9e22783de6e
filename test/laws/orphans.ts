import Database from 'better-sqlite3';

/** How many foreign keys are violated by rows of the tables that are asked for. */
export function countOrphans(file: string, isAsked: (table: string) => boolean): number {
  const db = new Database(file, { readonly: true });
  try {
    const children = db.prepare<[], string>('SELECT "table" FROM pragma_foreign_key_check').pluck().all();
    return children.filter(isAsked).length;
  } finally {
    db.close();
  }
}
