import { basename, isAbsolute } from 'node:path';
import { SnapbackError } from '../../src/index.ts';
import type { ErrorInfo } from '../contract.ts';

/**
 * An error as data: what the window needs to put it into words. No absolute path crosses. Each path that the details name
 * is shortened to its last part, there and in the message.
 */
export function describeError(error: unknown): ErrorInfo {
  if (!(error instanceof SnapbackError))
    return { code: 'internal', message: error instanceof Error ? error.message : String(error), detail: {} };
  const paths = Object.values(error.detail)
    .flatMap((value) =>
      typeof value === 'string' && isAbsolute(value) && basename(value) !== '' ? [value] : [],
    )
    .sort((a, b) => b.length - a.length);
  const shorten = (text: string) =>
    paths.reduce((shorter, path) => shorter.replaceAll(path, basename(path)), text);
  const detail = Object.entries(error.detail).map(
    ([name, value]) => [name, typeof value === 'string' ? shorten(value) : value] as const,
  );
  return { code: error.code, message: shorten(error.message), detail: Object.fromEntries(detail) };
}
