import { basename } from 'node:path';
import { hasSystemCode, isSystemError, SnapbackError } from '../model/errors.ts';

/** Turns the system's refusal to read into `io-failed`, with a message that says what to do. Errors of ours pass unchanged. */
export function explainReadError(error: unknown, path: string): SnapbackError {
  if (error instanceof SnapbackError) return error;
  return new SnapbackError('io-failed', sayUnread(error, basename(path)), { path }, error);
}

function sayUnread(error: unknown, name: string): string {
  if (hasSystemCode(error, 'EACCES', 'EPERM')) return `Snapback has no permission to read “${name}”.`;
  if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return `“${name}” is not there any more.`;
  if (hasSystemCode(error, 'ELOOP')) return `“${name}” is a symbolic link and is not followed.`;
  if (hasSystemCode(error, 'EMFILE', 'ENFILE'))
    return 'Too many files are open on this computer. Close other programs and try again.';
  return `“${name}” could not be read. Try again; if it happens again, check the disk.`;
}

/** Turns the system's refusal to write into `disk-full`, `folder-read-only` or `io-failed`. Errors of ours pass unchanged. */
export function explainWriteError(error: unknown, path: string): SnapbackError {
  if (error instanceof SnapbackError) return error;
  if (hasSystemCode(error, 'ENOSPC', 'EDQUOT'))
    return new SnapbackError('disk-full', 'The disk is full.', { path }, error);
  if (hasSystemCode(error, 'EROFS', 'EACCES', 'EPERM'))
    return new SnapbackError('folder-read-only', 'The folder cannot be written to.', { path }, error);
  return new SnapbackError('io-failed', 'Writing a file failed.', { path }, error);
}

/** For `catch`: null for what the system does not let us look at, as if it were not there. @throws any other error */
export function unreachableAsNull(error: unknown): null {
  if (isSystemError(error)) return null;
  throw error;
}
