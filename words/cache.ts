import { formatBytes } from './numbers.ts';
import { count } from './plurals.ts';

/** What the cache holds, in one sentence. */
export function cacheWords({
  stages,
  bytes,
  mostBytes,
}: {
  readonly stages: number;
  readonly bytes: number;
  readonly mostBytes: number;
}): string {
  if (stages === 0) return 'Nothing is kept of snapshots that were read.';
  return `${count(stages, 'snapshot')} kept as read, ${formatBytes(bytes)} of at most ${formatBytes(mostBytes)}.`;
}

/** What clearing the cache did. */
export function clearedWords({ freedBytes }: { readonly freedBytes: number }): string {
  const freed = freedBytes === 0 ? 'The cache was empty.' : `${formatBytes(freedBytes)} freed.`;
  return `${freed} Nothing of yours is lost: snapshots are only read again at the next look.`;
}
