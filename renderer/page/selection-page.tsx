import { Button } from 'react-aria-components';
import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { titleWords } from '../../words/snapshots.ts';
import { useNow } from '../ask/now.ts';
import { pairOf } from '../parts/pair.ts';
import { RowsPane } from '../rows/rows-pane.tsx';
import { type News, NewsNote } from './news-note.tsx';

export type SelectionPageProps = {
  readonly folderId: FolderId;
  readonly snapshots: readonly ListedSnapshot[];
  /** The name of the pair whose comparison is shown. */
  readonly compared: string | null;
  readonly onCompare: (pair: string) => void;
  readonly onPrune: () => void;
  readonly onClear: () => void;
  /** Null: nothing was lost meanwhile, or the person knows. */
  readonly news: News | null;
  readonly onNews: (id: SnapshotId) => void;
};

/** Several chosen snapshots, and the actions that work on all of them together. Two can be compared with each other. */
export function SelectionPage(props: SelectionPageProps) {
  const { folderId, snapshots, compared, onCompare, onPrune, onClear } = props;
  const now = useNow();
  const bytes = snapshots.reduce((sum, snapshot) => sum + snapshot.sizeBytes, 0);
  const pair = pairOf(snapshots);
  const isCompared = pair !== null && compared === pair.name;
  return (
    <section className="page" aria-label="Selected snapshots">
      {props.news !== null && <NewsNote {...props.news} onShow={props.onNews} />}
      <div className="hero">
        <div>
          <h2>{count(snapshots.length, 'snapshot')} selected</h2>
          <p className="dim">{formatBytes(bytes)} together</p>
        </div>
        <div className="hero-actions">
          <Button className="button" onPress={onClear}>
            Show only one
          </Button>
          {pair !== null && (
            <Button
              className="button primary"
              isDisabled={!pair.isReadable || isCompared}
              onPress={() => onCompare(pair.name)}
            >
              Compare
            </Button>
          )}
          <Button className={pair === null ? 'button primary' : 'button'} onPress={onPrune}>
            Prune…
          </Button>
        </div>
      </div>
      {isCompared ? (
        <>
          <p className="rows-subject">
            What led from “{titleWords(pair.earlier, now, 'seconds')}” to “
            {titleWords(pair.later, now, 'seconds')}”
          </p>
          <RowsPane
            key={pair.name}
            folderId={folderId}
            subject={{ snapshotId: pair.later.id, otherId: pair.earlier.id }}
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
