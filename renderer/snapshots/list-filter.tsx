import { Button, Input, type Key, SearchField, ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { kindWords } from '../../words/kinds.ts';
import { type Held, lineTitle, NOTHING_HELD } from '../../words/listing.ts';
import { formatMoment } from '../../words/moments.ts';
import { Icon } from '../parts/icons.tsx';
import { kindsOf } from './snapshot-groups.ts';

/** Which snapshots the list shows. */
export type Filter = {
  /** Null: every kind. */
  readonly kind: string | null;
  readonly text: string;
};
export const SHOW_ALL: Filter = { kind: null, text: '' };

/** A list that is seen at a glance needs no field to search in it. */
const FEW = 12;
const ALL = '*';

/** Whether a filter shows every snapshot. */
export function isWhole({ kind, text }: Filter): boolean {
  return kind === null && text.trim() === '';
}

export function isShown(
  snapshot: ListedSnapshot,
  { kind, text }: Filter,
  { held, today }: { readonly held: ReadonlyMap<SnapshotId, Held>; readonly today: Date },
): boolean {
  if (kind !== null && snapshot.kind !== kind) return false;
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === '') return true;
  const title = lineTitle(snapshot, held.get(snapshot.id) ?? NOTHING_HELD);
  const about = [title, kindWords(snapshot.kind).many, formatMoment(snapshot.takenAt, today), snapshot.id];
  return about.join(' ').toLocaleLowerCase().includes(wanted);
}

export type ListFilterProps = {
  readonly snapshots: readonly ListedSnapshot[];
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
};

/** The kinds as buttons, and in a long list a field. */
export function ListFilter({ snapshots, filter, onFilter }: ListFilterProps) {
  const kinds = kindsOf(snapshots);
  const choose = (keys: ReadonlySet<Key>) => {
    const [key = ALL] = keys;
    onFilter({ ...filter, kind: key === ALL ? null : String(key) });
  };
  return (
    <div className="list-filter">
      {kinds.length > 1 && (
        <ToggleButtonGroup
          aria-label="Kinds of snapshots"
          className="chips"
          disallowEmptySelection
          selectedKeys={[filter.kind ?? ALL]}
          onSelectionChange={choose}
        >
          <ToggleButton id={ALL} className="chip">
            All
          </ToggleButton>
          {kinds.map((kind) => (
            <ToggleButton key={kind} id={kind} className="chip">
              {kindWords(kind).many}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      )}
      {snapshots.length > FEW && (
        <SearchField
          aria-label="Filter the list"
          className="list-search"
          value={filter.text}
          onChange={(text) => onFilter({ ...filter, text })}
        >
          <Input placeholder="Filter" />
          <Button className="button quiet icon-only" aria-label="Clear the filter">
            <Icon name="close" size={12} />
          </Button>
        </SearchField>
      )}
    </div>
  );
}
