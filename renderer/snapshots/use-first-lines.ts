import { startTransition, useEffect, useMemo, useState } from 'react';
import type { ListedSnapshot } from '../../electron/contract.ts';
import { afterDrawing } from '../ask/after-drawing.ts';
import { newestFirst } from './snapshot-groups.ts';

/** So many lines are drawn at once without a pause, and are more than any screen shows. */
const AT_ONCE = 80;

/** The newest of very many snapshots, and all of them once those are drawn. */
export function useFirstLines(snapshots: readonly ListedSnapshot[]): readonly ListedSnapshot[] {
  const [areAll, setAll] = useState(snapshots.length <= AT_ONCE);
  useEffect(() => {
    if (areAll) return;
    return afterDrawing(() => startTransition(() => setAll(true)));
  }, [areAll]);
  return useMemo(() => (areAll ? snapshots : newestFirst(snapshots).slice(0, AT_ONCE)), [areAll, snapshots]);
}
