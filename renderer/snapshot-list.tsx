import {
  Button,
  Header,
  type Key,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  type Selection,
  Text,
} from 'react-aria-components';
import type { ListedSnapshot } from '../electron/contract.ts';
import type { FolderFacts } from '../src/model.ts';
import { Icon } from './icons.tsx';
import { useNow } from './now.ts';
import { detailWords, groupByKind, tagOf } from './snapshot-words.ts';
import { formatAge, formatMoment, formatUtc } from './time.ts';
import { capitalize, count, formatBytes } from './words.ts';

export type SnapshotListProps = {
  readonly snapshots: readonly ListedSnapshot[];
  readonly facts: FolderFacts;
  readonly selected: ReadonlySet<Key>;
  /** The set must come back unchanged as `selected`: it remembers where a range began. */
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  readonly onEmptyTrash: () => void;
};

/** Every snapshot by kind. One is looked at; with Shift or Ctrl several are chosen. */
export function SnapshotList({ snapshots, facts, selected, onSelect, onEmptyTrash }: SnapshotListProps) {
  const choose = (keys: Selection) =>
    onSelect(keys === 'all' ? new Set(snapshots.map(({ id }) => id)) : keys);
  return (
    <nav className="list-pane" aria-label="Snapshots of this folder">
      <ListBox
        aria-label="Snapshots"
        className="snapshot-list"
        selectionMode="multiple"
        selectionBehavior="replace"
        disallowEmptySelection
        escapeKeyBehavior="none"
        selectedKeys={selected}
        onSelectionChange={choose}
        renderEmptyState={() => <NoSnapshots />}
      >
        {groupByKind(snapshots).map((group) => (
          <ListBoxSection key={group.kind} id={`kind:${group.kind}`}>
            <Header className="group-head">
              <span>{group.name}</span>
              <span>{group.snapshots.length}</span>
            </Header>
            {group.snapshots.map((snapshot) => (
              <SnapshotLine key={snapshot.id} snapshot={snapshot} facts={facts} />
            ))}
          </ListBoxSection>
        ))}
      </ListBox>
      {facts.trash.files > 0 && (
        <div className="trash-strip">
          <Icon name="trash" />
          <span>
            {count(facts.trash.files, 'snapshot')} in the trash · {formatBytes(facts.trash.bytes)}
          </span>
          <Button className="button quiet" onPress={onEmptyTrash}>
            Empty…
          </Button>
        </div>
      )}
    </nav>
  );
}

function NoSnapshots() {
  return (
    <div className="empty">
      <p className="empty-title">No snapshots yet</p>
      <p>The chat app writes one before each rewind and a checkpoint every 100 events or 30 minutes.</p>
      <p>They appear here by themselves.</p>
    </div>
  );
}

type LineProps = { readonly snapshot: ListedSnapshot; readonly facts: FolderFacts };

function SnapshotLine({ snapshot, facts }: LineProps) {
  const now = useNow();
  const moment = capitalize(formatMoment(snapshot.takenAt, now));
  const tag = tagOf(snapshot, now);
  return (
    <ListBoxItem id={snapshot.id} textValue={moment} className="snap">
      <Text slot="label" className="snap-time">
        <time dateTime={snapshot.takenAt} title={formatUtc(snapshot.takenAt)}>
          {moment}
        </time>
      </Text>
      {tag === null ? (
        <span className="snap-age">{formatAge(snapshot.takenAt, now)}</span>
      ) : (
        <span className={`tag ${tag.tone}`}>{tag.text}</span>
      )}
      <Text slot="description" className="snap-detail">
        {detailWords(snapshot, facts, now)}
      </Text>
    </ListBoxItem>
  );
}
