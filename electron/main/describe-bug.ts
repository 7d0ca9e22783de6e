import type { ErrorInfo } from '../contract.ts';

/**
 * What crosses to the window of an error that nobody expected in this process. Where the system refused something, its
 * own message is left out, because that names a path.
 */
export function describeBug(error: unknown): ErrorInfo {
  if (error instanceof Error && 'syscall' in error && 'code' in error)
    return {
      code: 'io-failed',
      message: `The system refused to do this (${error.code}). Try again; if it happens again, restart Snapback.`,
      detail: {},
    };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), detail: {} };
}
