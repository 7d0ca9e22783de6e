import { type ReactNode, useMemo } from 'react';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { exactnessAmong } from '../../words/moments.ts';
import { ExactnessProvider } from '../ask/exactness.ts';
import { type RestorePart, RestorePartProvider } from '../ask/restore-part.ts';
import { RulesProvider } from '../ask/rules.ts';
import { SnapshotTimesProvider } from '../ask/snapshot-times.ts';
import { isRestorable } from '../ask/writable.ts';

type FolderWordsProps = {
  readonly facts: FolderFacts;
  readonly snapshots: readonly ListedSnapshot[] | null;
  readonly onRestorePart: RestorePart;
  readonly children: ReactNode;
};

/** Provides what texts need to know about the open folder, such as its rules, and what brings back parts, if that is possible. */
export function FolderWords({ facts, snapshots, onRestorePart, children }: FolderWordsProps) {
  const exactness = useMemo(
    () => exactnessAmong(snapshots?.map(({ takenAt }) => takenAt) ?? []),
    [snapshots],
  );
  const times = useMemo(() => {
    const taken = new Map(snapshots?.map(({ id, takenAt }) => [id, takenAt]));
    return (id: SnapshotId) => taken.get(id) ?? null;
  }, [snapshots]);
  return (
    <RulesProvider value={facts.rules}>
      <ExactnessProvider value={exactness}>
        <SnapshotTimesProvider value={times}>
          <RestorePartProvider value={isRestorable(facts) ? onRestorePart : null}>
            {children}
          </RestorePartProvider>
        </SnapshotTimesProvider>
      </ExactnessProvider>
    </RulesProvider>
  );
}
