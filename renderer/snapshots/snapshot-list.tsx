import { createContext, useContext, useMemo } from 'react';
import {
  Button,
  Collection,
  Header,
  type Key,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  ListLayout,
  type Selection,
  Virtualizer,
} from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { Rules } from '../../src/model/rules.ts';
import { formatAge } from '../../words/ages.ts';
import { formatMoment, formatUtc } from '../../words/moments.ts';
import { formatBytes, formatNumber } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { arrivalWords } from '../../words/retention.ts';
import { capitalize } from '../../words/sentences.ts';
import { detailWords, type ListFacts, tagOf } from '../../words/snapshots.ts';
import { useExactness } from '../ask/exactness.ts';
import { useNow } from '../ask/now.ts';
import { Icon } from '../parts/icons.tsx';
import { groupByKind } from './snapshot-groups.ts';

// Estimates for lines outside the screen. Visible lines are measured.
const LAYOUT = { estimatedRowSize: 51, estimatedHeadingSize: 36 };
const Against = createContext<ListFacts | null>(null);

export type SnapshotListProps = {
  readonly snapshots: readonly ListedSnapshot[];
  readonly facts: FolderFacts;
  readonly selected: ReadonlySet<Key>;
  /** Pass this very set back as `selected`: it remembers where a range began. */
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  readonly onPutBack: () => void;
  readonly onEmptyTrash: () => void;
};

/** All snapshots by kind. Shift or Ctrl selects several. Only the visible lines are rendered. */
export function SnapshotList(props: SnapshotListProps) {
  const { snapshots, facts, selected, onSelect } = props;
  const groups = useMemo(() => groupByKind(snapshots), [snapshots]);
  const now = useNow();
  const choose = (keys: Selection) =>
    onSelect(keys === 'all' ? new Set(snapshots.map(({ id }) => id)) : keys);
  return (
    <nav className="list-pane" aria-label="Snapshots of this folder">
      <Against value={facts}>
        <Virtualizer layout={ListLayout} layoutOptions={LAYOUT} shouldObserveItemSize>
          <ListBox
            aria-label="Snapshots"
            className="snapshot-list"
            items={groups}
            selectionMode="multiple"
            selectionBehavior="replace"
            disallowEmptySelection
            escapeKeyBehavior="none"
            selectedKeys={selected}
            onSelectionChange={choose}
            dependencies={[now.toDateString()]}
            renderEmptyState={() => <NoSnapshots rules={facts.rules} />}
          >
            {(group) => (
              <ListBoxSection id={`kind:${group.kind}`}>
                <Header className="group-head">
                  <span>{group.name}</span>
                  <span>{formatNumber(group.snapshots.length)}</span>
                </Header>
                <Collection items={group.snapshots} dependencies={[now.toDateString()]}>
                  {(snapshot) => (
                    <ListBoxItem
                      id={snapshot.id}
                      textValue={formatMoment(snapshot.takenAt, now)}
                      className="snap"
                    >
                      <SnapshotLine snapshot={snapshot} />
                    </ListBoxItem>
                  )}
                </Collection>
              </ListBoxSection>
            )}
          </ListBox>
        </Virtualizer>
      </Against>
      {facts.trash.files > 0 && (
        <div className="trash-strip">
          <Icon name="trash" />
          <p>
            <span>{count(facts.trash.files, 'snapshot')}</span>{' '}
            <span>{formatBytes(facts.trash.bytes)} in trash</span>
          </p>
          <Button className="button quiet" onPress={props.onPutBack}>
            Put back…
          </Button>
          <Button className="button quiet" onPress={props.onEmptyTrash}>
            Empty…
          </Button>
        </div>
      )}
    </nav>
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

/**
 * The content of a line. It is a component of its own because the list caches lines, while this content changes with
 * time.
 */
function SnapshotLine({ snapshot }: { readonly snapshot: ListedSnapshot }) {
  const now = useNow();
  const against = useContext(Against);
  const exact = useExactness()(snapshot.takenAt);
  const tag = tagOf(snapshot, now);
  return (
    <>
      <span className="snap-time">
        <time dateTime={snapshot.takenAt} title={formatUtc(snapshot.takenAt)}>
          {capitalize(formatMoment(snapshot.takenAt, now, exact))}
        </time>
      </span>{' '}
      <span className="snap-about">
        {tag === null ? (
          <span className="snap-age">{formatAge(snapshot.takenAt, now)}</span>
        ) : (
          <span className={`tag ${tag.tone}`}>{tag.text}</span>
        )}{' '}
        <span className="snap-detail">{against === null ? '' : detailWords(snapshot, against, now)}</span>
      </span>
    </>
  );
}
