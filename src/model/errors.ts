/** Every way in which Snapback refuses or fails. The list is closed: the window has words for each of them. */
export const ERROR_CODES = [
  'cancelled',
  'usage',
  'data-folder-missing',
  'data-folder-unreadable',
  'database-missing',
  'database-ambiguous',
  'database-unreadable',
  'database-busy',
  'database-damaged',
  'database-read-only',
  'database-in-use',
  'database-synced',
  'not-a-database',
  'profile-invalid',
  'snapshot-missing',
  'snapshot-unreadable',
  'snapshot-damaged',
  'snapshot-salvaged',
  'snapshot-unsafe',
  'backup-refused',
  'snapshot-without-log',
  'event-ids-unsupported',
  'schema-drift',
  'schema-needs-host',
  'row-refused',
  'row-too-large',
  'rowids-unknown',
  'leaves-orphans',
  'other-timeline',
  'newer-not-kept',
  'selection-refused',
  'merge-refused',
  'conflicts-open',
  'events-not-applied',
  'plan-stale',
  'verification-failed',
  'nothing-to-undo',
  'snapshot-needed',
  'nothing-to-prune',
  'only-copy',
  'disk-full',
  'out-of-memory',
  'folder-read-only',
  'viewing-a-copy',
  'target-exists',
  'io-failed',
  'core-stopped',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Facts about a failure: paths, names, expected and found figures. Never the contents of a row. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean | null>>;

/** The only error that leaves the core. `message` is one plain English sentence. Other faces write their own from `code` and `detail`. */
export class SnapbackError extends Error {
  readonly code: ErrorCode;
  readonly detail: ErrorDetail;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SnapbackError';
    this.code = code;
    this.detail = detail;
  }
}

/** The error for an id without a file, whether there never was one or it is gone. */
export function noSuchSnapshot(id: string, cause?: unknown): SnapbackError {
  return new SnapbackError('snapshot-missing', 'There is no such snapshot.', { id }, cause);
}

/** For `catch`: null for an error of ours that is expected, whichever it is unless told otherwise. @throws any other */
export function orNull(isExpected: (error: SnapbackError) => boolean = () => true): (error: unknown) => null {
  return (error) => {
    if (error instanceof SnapbackError && isExpected(error)) return null;
    throw error;
  };
}

/** For `catch`: null, whatever of ours went wrong but a cancel. */
export const unlessCancelled = orNull(({ code }) => code !== 'cancelled');

/** For `catch`: null where a snapshot turns out to be unreadable. */
export const unlessUnreadable = orNull(({ code }) => code.startsWith('snapshot-'));

/** Thrown by `src/system/files.ts`: the system refused a call. `hasSystemCode` tells the system's own code. */
export class FileError extends SnapbackError {}

/** Tells whether a caught value is the operating system's refusal of a call, with a code such as `ENOENT`. */
export function hasSystemCode(error: unknown, ...codes: readonly string[]): boolean {
  const refusal = error instanceof FileError ? error.cause : error;
  return (
    refusal instanceof Error &&
    'code' in refusal &&
    typeof refusal.code === 'string' &&
    codes.includes(refusal.code)
  );
}

/** Tells whether a caught value is the operating system's refusal of a call, and not a bug of ours. */
export function isSystemError(error: unknown): boolean {
  return error instanceof FileError || (error instanceof Error && 'syscall' in error && 'code' in error);
}
