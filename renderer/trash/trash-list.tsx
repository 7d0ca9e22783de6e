import {
  Collection,
  Header,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  ListLayout,
  Virtualizer,
} from 'react-aria-components';
import type { TrashedPrune } from '../../src/model/prune.ts';
import { kindOf } from '../../words/kinds.ts';
import { formatMoment } from '../../words/moments.ts';
import { formatBytes } from '../../words/numbers.ts';
import { titleWords } from '../../words/snapshots.ts';
import { useNow } from '../ask/now.ts';
import { Icon } from '../parts/icons.tsx';

const LAYOUT = { estimatedRowSize: 29, estimatedHeadingSize: 28 };

export type TrashListProps = {
  readonly prunes: readonly TrashedPrune[];
  /** By `keyOf`. */
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
};

type Trashed = TrashedPrune['snapshots'][number];

/** Tells a snapshot in the trash from all others: two prunes may have moved snapshots of the same name. */
export function keyOf({ trashName }: Pick<TrashedPrune, 'trashName'>, { id }: Pick<Trashed, 'id'>): string {
  return `${trashName} ${id}`;
}

export function keysOf(prune: TrashedPrune): readonly string[] {
  return prune.snapshots.map((snapshot) => keyOf(prune, snapshot));
}

/** What is in the trash, by when it was moved there, newest first. Only the visible lines are rendered. */
export function TrashList({ prunes, chosen, onChoose }: TrashListProps) {
  const now = useNow();
  return (
    <Virtualizer layout={ListLayout} layoutOptions={LAYOUT} shouldObserveItemSize>
      <ListBox
        aria-label="Snapshots in the trash"
        className="trash-list"
        items={prunes}
        selectionMode="multiple"
        escapeKeyBehavior="none"
        selectedKeys={chosen}
        onSelectionChange={(keys) =>
          onChoose(new Set(keys === 'all' ? prunes.flatMap(keysOf) : [...keys].map(String)))
        }
      >
        {(prune) => (
          <ListBoxSection id={`moved:${prune.trashName}`}>
            <Header className="trash-moved">Moved {formatMoment(prune.prunedAt, now, 'seconds')}</Header>
            <Collection items={prune.snapshots.map((one) => ({ ...one, key: keyOf(prune, one) }))}>
              {({ key, id, takenAt, sizeBytes }) => (
                <ListBoxItem
                  id={key}
                  className="pick trashed"
                  textValue={titleWords({ kind: kindOf(id), takenAt }, now, 'seconds')}
                >
                  <span className="box">
                    <Icon name="check" size={12} />
                  </span>
                  <span>{titleWords({ kind: kindOf(id), takenAt }, now, 'seconds')}</span>
                  <span className="dim size">{formatBytes(sizeBytes)}</span>
                </ListBoxItem>
              )}
            </Collection>
          </ListBoxSection>
        )}
      </ListBox>
    </Virtualizer>
  );
}
