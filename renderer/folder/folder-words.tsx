import { type ReactNode, useMemo } from 'react';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { exactnessAmong } from '../../words/moments.ts';
import { ExactnessProvider } from '../ask/exactness.ts';
import { RulesProvider } from '../ask/rules.ts';
import { SnapshotTimesProvider } from '../ask/snapshot-times.ts';

type FolderWordsProps = {
  readonly facts: FolderFacts;
  readonly snapshots: readonly ListedSnapshot[] | null;
  readonly children: ReactNode;
};

/** Provides the facts about the open folder that texts need, such as its rules. */
export function FolderWords({ facts, snapshots, children }: FolderWordsProps) {
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
        <SnapshotTimesProvider value={times}>{children}</SnapshotTimesProvider>
      </ExactnessProvider>
    </RulesProvider>
  );
}
