import type { SnapshotId } from '../../src/model/snapshots.ts';
import { formatShort, formatWhen } from '../../words/moments.ts';
import type { Moments } from '../../words/search.ts';
import { useExactness } from '../ask/exactness.ts';
import { useNow } from '../ask/now.ts';
import { useSnapshotTimes } from '../ask/snapshot-times.ts';

/** Writes the moments of snapshots, as short as they can be told apart. */
export function useMoments(): Moments {
  const times = useSnapshotTimes();
  const exactness = useExactness();
  const now = useNow();
  const write = (format: (iso: string) => string) => (id: SnapshotId) => {
    const iso = times(id);
    return iso === null ? null : format(iso);
  };
  return {
    name: write((iso) => formatShort(iso, now, exactness(iso))),
    when: write((iso) => formatWhen(iso, now)),
  };
}
