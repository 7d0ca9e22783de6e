import type { Hit } from '../src/model/search.ts';
import { count } from './plurals.ts';

/** `hidden now`, `gone now`; null for what is still there. */
export function goneWords(hit: Pick<Hit, 'live' | 'hiddenNow'>): string | null {
  if (!hit.live) return 'gone now';
  return hit.hiddenNow ? 'hidden now' : null;
}

/** `in the database now and in 3 snapshots`, `only in rewind/20260101T000000Z`. */
export function whereWords({ in: ids, live }: Pick<Hit, 'in' | 'live'>): string {
  const [first, ...others] = ids;
  const snapshots =
    first === undefined
      ? null
      : others.length === 0
        ? first
        : `${count(ids.length, 'snapshot')}, the newest ${first}`;
  if (live) return snapshots === null ? 'in the database now' : `in the database now and in ${snapshots}`;
  return `only in ${snapshots ?? 'nothing'}`;
}
