import { useMemo, useState } from 'react';
import { Button, type Key } from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { Rules } from '../../src/model/rules.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { Held } from '../../words/listing.ts';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { arrivalWords } from '../../words/retention.ts';
import { useToday } from '../ask/now.ts';
import { Icon } from '../parts/icons.tsx';
import { pairOf } from '../parts/pair.ts';
import type { LineAction } from './line-actions.tsx';
import { LineMenu } from './line-menu.tsx';
import { isShown, isWhole, ListFilter, SHOW_ALL } from './list-filter.tsx';
import { SnapshotLines } from './snapshot-lines.tsx';
import { useActing } from './use-acting.ts';

export type SnapshotListProps = {
  readonly snapshots: readonly ListedSnapshot[];
  readonly facts: FolderFacts;
  readonly held: ReadonlyMap<SnapshotId, Held>;
  readonly selected: ReadonlySet<Key>;
  /** Pass this very set back as `selected`: it remembers where a range began. */
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  /** Something to do with what is selected. */
  readonly onAction: (action: LineAction) => void;
  readonly onCommand: (command: 'trash') => void;
};

/** All snapshots, or those that the filter finds, and below them what is in the trash. */
export function SnapshotList(props: SnapshotListProps) {
  const { snapshots, facts, held, selected, onSelect, onAction } = props;
  const today = useToday();
  const [filter, setFilter] = useState(SHOW_ALL);
  const shown = useMemo(
    () => (isWhole(filter) ? snapshots : snapshots.filter((one) => isShown(one, filter, { held, today }))),
    [snapshots, filter, held, today],
  );
  const pair = useMemo(() => pairOf(snapshots.filter(({ id }) => selected.has(id))), [snapshots, selected]);
  const act = useActing({ selected, onSelect, onAction });
  return (
    <nav className="list-pane" aria-label="Snapshots of this folder">
      <ListFilter snapshots={snapshots} filter={filter} onFilter={setFilter} />
      <LineMenu
        selected={selected}
        pair={pair}
        onSelect={onSelect}
        onAction={onAction}
        onPrune={(id) => act('prune', id)}
      >
        <SnapshotLines
          snapshots={shown}
          facts={facts}
          held={held}
          selected={selected}
          onSelect={onSelect}
          onAction={(id) => act('restore', id)}
        >
          {snapshots.length === 0 ? <NoSnapshots rules={facts.rules} /> : <NoneFound />}
        </SnapshotLines>
      </LineMenu>
      {facts.trash.files > 0 && (
        <div className="trash-strip">
          <Icon name="trash" />
          <p>
            <span>{count(facts.trash.files, 'snapshot')},</span>{' '}
            <span>{formatBytes(facts.trash.bytes)} in trash</span>
          </p>
          <Button className="button quiet" onPress={() => props.onCommand('trash')}>
            Show trash
          </Button>
        </div>
      )}
    </nav>
  );
}

function NoneFound() {
  return (
    <div className="empty">
      <p>No snapshot matches the filter.</p>
    </div>
  );
}

function NoSnapshots({ rules }: { readonly rules: Rules }) {
  return (
    <div className="empty">
      <p className="empty-title">No snapshots yet</p>
      <p>{arrivalWords(rules)}</p>
      <p>They appear here automatically.</p>
    </div>
  );
}
