import { Button } from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { titleWords } from '../../words/snapshots.ts';
import { useNow } from '../ask/now.ts';

export type SelectionPageProps = {
  readonly snapshots: readonly ListedSnapshot[];
  readonly onPrune: () => void;
  readonly onClear: () => void;
};

/** Several chosen snapshots, and the actions that work on all of them together. */
export function SelectionPage({ snapshots, onPrune, onClear }: SelectionPageProps) {
  const now = useNow();
  const bytes = snapshots.reduce((sum, snapshot) => sum + snapshot.sizeBytes, 0);
  return (
    <section className="page" aria-label="Selected snapshots">
      <div className="hero">
        <div>
          <h2>{count(snapshots.length, 'snapshot')} selected</h2>
          <p className="dim">{formatBytes(bytes)} together</p>
        </div>
        <Button className="button" onPress={onClear}>
          Show only one
        </Button>
        <Button className="button primary" onPress={onPrune}>
          Prune…
        </Button>
      </div>
      <ul className="chosen">
        {snapshots.map((snapshot) => (
          <li key={snapshot.id}>
            <span>{titleWords(snapshot, now, 'seconds')}</span>
            <span className="dim">{formatBytes(snapshot.sizeBytes)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
