import { Button } from 'react-aria-components';
import type { Hit } from '../../src/model/search.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { type ChosenPart, hitsPart } from '../../words/part.ts';
import { chosenHitsWords, NO_COMMON_SNAPSHOT, restoreHitsWords, snapshotOf } from '../../words/search.ts';

export type ChosenHitsBarProps = {
  readonly hits: readonly Hit[];
  readonly onRestore: (snapshotId: SnapshotId, part: ChosenPart) => void;
  /** Ends the choice, and the bar with it: the focus has to be somewhere else then. */
  readonly onClear: () => void;
};

/** How many hits are chosen, and what brings all of them back at once: from the newest snapshot that shows each. */
export function ChosenHitsBar({ hits, onRestore, onClear }: ChosenHitsBarProps) {
  const snapshotId = snapshotOf(hits);
  return (
    <div className="chosen-hits">
      <p role="status">
        {hits.length > 0 && chosenHitsWords(hits.length)}
        {hits.length > 0 && snapshotId === null && ` ${NO_COMMON_SNAPSHOT}`}
      </p>
      {hits.length > 0 && (
        <>
          <Button
            className="button"
            isDisabled={snapshotId === null}
            onPress={() => snapshotId !== null && onRestore(snapshotId, hitsPart(hits))}
          >
            {restoreHitsWords(hits.length)}
          </Button>
          <Button className="button quiet" aria-label="Clear selection" onPress={onClear}>
            Clear
          </Button>
        </>
      )}
    </div>
  );
}
