import { constants } from 'node:os';
import Database from 'better-sqlite3';
import type { Point, PointKind } from './inject.ts';

/* The errors with which each kind of call may fail in real life. */

/** A system's refusal, or SQLite's. `when`: whether it comes before the call did anything, half-way through a write, or after all. */
export type Failure = { readonly code: string; readonly when: 'before' | 'half' | 'after' };

const before = (...codes: readonly string[]) => codes.map((code): Failure => ({ code, when: 'before' }));

const FITTING: { readonly [K in PointKind]: readonly Failure[] } = {
  open: before('EIO', 'EACCES', 'EMFILE'),
  read: before('EIO', 'EACCES'),
  write: [{ code: 'ENOSPC', when: 'half' }, { code: 'EIO', when: 'half' }, ...before('EDQUOT')],
  name: before('EIO', 'EACCES', 'ENOSPC', 'EROFS'),
  sync: before('EIO', 'ENOSPC'),
  // The descriptor is closed all the same.
  close: [{ code: 'EIO', when: 'after' }],
  'sql-open': before('SQLITE_CANTOPEN', 'SQLITE_IOERR'),
  'sql-read': before('SQLITE_IOERR_READ', 'SQLITE_BUSY', 'SQLITE_CORRUPT', 'SQLITE_CANTOPEN', 'SQLITE_NOMEM'),
  'sql-write': before('SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_BUSY', 'SQLITE_NOMEM'),
  'sql-begin': before('SQLITE_BUSY', 'SQLITE_IOERR_LOCK'),
  // A COMMIT whose last flush failed may have happened.
  'sql-commit': [
    ...before('SQLITE_FULL'),
    { code: 'SQLITE_IOERR_FSYNC', when: 'after' },
    ...before('SQLITE_BUSY'),
  ],
  'sql-close': [],
};
/** Where there are no hard links, or a volume ends, the work is done in another way. */
const OF_CALL: Readonly<Record<string, readonly Failure[]>> = {
  // Who has it open may read it.
  ...Object.fromEntries(
    ['fstatSync', 'read', 'handle.read', 'handle.readFile', 'handle.stat'].map((call) => [
      call,
      before('EIO'),
    ]),
  ),
  link: before('EPERM', 'EIO', 'ENOSPC', 'EMLINK'),
  rename: before('EIO', 'EXDEV', 'EACCES'),
};

/** The errors that fit a call; none for calls that do not fail. Nobody else locks a private database. */
export function failuresOf({ call, kind, changes, target }: Point): readonly Failure[] {
  if (kind === 'open' && changes) return before('ENOSPC', 'EACCES', 'EIO', 'EMFILE');
  const failures = OF_CALL[call] ?? FITTING[kind];
  return target.includes('/data/app.db') ? failures : failures.filter(({ code }) => code !== 'SQLITE_BUSY');
}

/** With these, SQLite itself ends a transaction. */
const ENDING = /^SQLITE_(?:FULL|IOERR|NOMEM)/;

/** What an injected error of SQLite says beside its code: that it ends a transaction, as the real one does. */
export type Injected = Error & { readonly endsTransaction?: boolean };

/** Whether a failure of the database's own COMMIT leaves it open to all whether that happened: nothing is left to roll back. */
export function endsUndecided({ code }: Failure, { kind, target }: Point): boolean {
  return kind === 'sql-commit' && target.includes('/data/app.db') && ENDING.test(code);
}

/** The error as Node or better-sqlite3 would throw it. */
export function toError({ code, when }: Failure, { call, target, kind }: Point): Injected {
  if (code.startsWith('SQLITE_')) {
    const endsTransaction = kind !== 'sql-read' && when === 'before' && ENDING.test(code);
    return Object.assign(new Database.SqliteError(`injected ${code}`, code), { endsTransaction });
  }
  const errno = -constants.errno[code as keyof typeof constants.errno];
  const error = new Error(`${code}: injected, ${call} '${target}'`);
  return Object.assign(error, { code, errno, syscall: call, path: target });
}
