import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { isUnwell, titleWords } from '../../words/snapshots.ts';
import { useNow } from '../ask/now.ts';
import { RowsPane } from '../rows/rows-pane.tsx';

export type SelectionPageProps = {
  readonly folderId: FolderId;
  readonly snapshots: readonly ListedSnapshot[];
  readonly onPrune: () => void;
  readonly onClear: () => void;
};

/** Several chosen snapshots, and the actions that work on all of them together. Two can be compared with each other. */
export function SelectionPage({ folderId, snapshots, onPrune, onClear }: SelectionPageProps) {
  const now = useNow();
  const [compared, setCompared] = useState<string | null>(null);
  const bytes = snapshots.reduce((sum, snapshot) => sum + snapshot.sizeBytes, 0);
  const [earlier, later, ...more] = snapshots.toSorted((a, b) => a.takenAt.localeCompare(b.takenAt));
  const comparable = earlier !== undefined && later !== undefined && more.length === 0;
  // By name: the list may be read again meanwhile.
  const pair = comparable ? `${earlier.id} ${later.id}` : null;
  const isCompared = comparable && compared === pair;
  return (
    <section className="page" aria-label="Selected snapshots">
      <div className="hero">
        <div>
          <h2>{count(snapshots.length, 'snapshot')} selected</h2>
          <p className="dim">{formatBytes(bytes)} together</p>
        </div>
        <div className="hero-actions">
          <Button className="button" onPress={onClear}>
            Show only one
          </Button>
          {comparable && (
            <Button
              className="button primary"
              isDisabled={isUnwell(earlier) || isUnwell(later) || isCompared}
              onPress={() => setCompared(pair)}
            >
              Compare
            </Button>
          )}
          <Button className={comparable ? 'button' : 'button primary'} onPress={onPrune}>
            Prune…
          </Button>
        </div>
      </div>
      {isCompared ? (
        <>
          <p className="rows-subject">
            What led from “{titleWords(earlier, now, 'seconds')}” to “{titleWords(later, now, 'seconds')}”
          </p>
          <RowsPane
            key={pair}
            folderId={folderId}
            subject={{ snapshotId: later.id, otherId: earlier.id }}
            firstTable={null}
            moment={null}
            renewing={false}
            outdated={false}
            restoring={null}
          />
        </>
      ) : (
        <ul className="chosen">
          {snapshots.map((snapshot) => (
            <li key={snapshot.id}>
              <span>{titleWords(snapshot, now, 'seconds')}</span>
              <span className="dim">{formatBytes(snapshot.sizeBytes)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
