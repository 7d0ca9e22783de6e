import { type ErrorCode, SnapbackError } from '../model/errors.ts';

/** SQLite's result code of a caught value, such as `SQLITE_BUSY_SNAPSHOT`; null for other errors. */
export function sqliteCode(error: unknown): string | null {
  return error instanceof Error &&
    error.name === 'SqliteError' &&
    'code' in error &&
    typeof error.code === 'string'
    ? error.code
    : null;
}

/** Whether SQLite could not compile a statement: it names a function, collation or module that this build does not have. */
export function isCompileError(error: unknown): boolean {
  return /^SQLITE_ERROR(?:_MISSING_COLLSEQ)?$/.test(sqliteCode(error) ?? '');
}

/**
 * Whether an SQLite error is about the database's contents, and not about the disk, memory, permissions or other programs,
 * with which any other statement would fail too.
 */
export function isAboutContents(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && !OUTSIDE.test(code);
}

const OUTSIDE =
  /^SQLITE_(?:BUSY|LOCKED|FULL|IOERR|NOMEM|READONLY|CANTOPEN|PERM|AUTH|INTERRUPT|PROTOCOL|NOTADB|MISUSE)/;

export const NO_MEMORY = 'The computer had no memory left for this.';

const CODES: readonly (readonly [prefix: string, code: ErrorCode, sentence: string])[] = [
  ['SQLITE_BUSY', 'database-busy', 'Another program is working in the database.'],
  ['SQLITE_LOCKED', 'database-busy', 'Another program is working in the database.'],
  ['SQLITE_PROTOCOL', 'database-busy', 'Another program is working in the database.'],
  ['SQLITE_NOTADB', 'not-a-database', 'This file is not an SQLite database, or it is encrypted.'],
  ['SQLITE_CORRUPT', 'database-damaged', 'The database file is damaged.'],
  ['SQLITE_FULL', 'disk-full', 'The disk is full.'],
  ...['SQLITE_NOMEM', 'SQLITE_IOERR_NOMEM'].map((code) => [code, 'out-of-memory', NO_MEMORY] as const),
  ['SQLITE_READONLY', 'database-read-only', 'The database can only be read, not written.'],
  ['SQLITE_CONSTRAINT', 'row-refused', "The database's own rules refuse a row."],
  ['SQLITE_MISMATCH', 'row-refused', "The database's own rules refuse a row."],
  [
    'SQLITE_ERROR_MISSING_COLLSEQ',
    'schema-needs-host',
    'The database needs something that only the chat application has.',
  ],
  ['SQLITE_CANTOPEN', 'database-unreadable', 'The database could not be opened.'],
  ['SQLITE_PERM', 'database-unreadable', 'The database could not be opened.'],
  ['SQLITE_IOERR', 'io-failed', 'Reading or writing the database failed.'],
];

/**
 * Turns SQLite's errors into ours, by result code and never by text. Errors that are ours already, and bugs, pass
 * unchanged. `file` is the database that the error is about.
 */
export function explainResultCode(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code === null || !(error instanceof Error)) return error;
  const detail = { database: file, sqlite: code };
  const known = CODES.find(([prefix]) => code.startsWith(prefix));
  if (known === undefined) return new SnapbackError('internal', error.message, detail, error);
  return new SnapbackError(known[1], known[2], { ...detail, reason: error.message }, error);
}
