import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { explainResultCode } from '../../src/sqlite/result-codes.ts';

test.each([
  ['SQLITE_NOMEM', 'out-of-memory'],
  ['SQLITE_IOERR_NOMEM', 'out-of-memory'],
  ['SQLITE_PROTOCOL', 'database-busy'],
  ['SQLITE_BUSY_RECOVERY', 'database-busy'],
  ['SQLITE_LOCKED_SHAREDCACHE', 'database-busy'],
  ['SQLITE_IOERR_SHORT_READ', 'io-failed'],
  ['SQLITE_FULL', 'disk-full'],
  ['SQLITE_CORRUPT_INDEX', 'database-damaged'],
  ['SQLITE_CANTOPEN_ISDIR', 'database-unreadable'],
  ['SQLITE_READONLY_DIRECTORY', 'database-read-only'],
])('%s is a fault of the moment or the place, not of ours: %s', (code, ours) => {
  const error = new Database.SqliteError('it failed', code);
  expect(explainResultCode(error, 'app.db')).toMatchObject({ code: ours, detail: { sqlite: code } });
});
