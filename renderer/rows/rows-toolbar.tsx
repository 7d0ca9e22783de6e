import { useEffect, useState } from 'react';
import { Input, SearchField, ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { ChangeCounts, RowChange, RowColumn, RowsRequest } from '../../src/model/rows.ts';
import { formatNumber } from '../../words/numbers.ts';
import { CHANGE_WORDS } from '../../words/rows.ts';

type Filter = NonNullable<RowsRequest['filter']>;

const CHANGES: readonly RowChange[] = ['added', 'changed', 'removed'];
const ALL = 'all';
/** A filter looks at every row that differs, so it waits for the end of a word. */
const TYPING_MS = 250;

export type RowsToolbarProps = {
  readonly counts: ChangeCounts;
  readonly columns: readonly RowColumn[];
  readonly change: RowChange | null;
  readonly filter: Filter;
  readonly onChange: (change: RowChange | null) => void;
  readonly onFilter: (filter: Filter) => void;
};

/** What chooses among the rows: by what happens to them, and by a text. */
export function RowsToolbar(props: RowsToolbarProps) {
  const { counts, columns, change, filter, onFilter } = props;
  const [typed, setTyped] = useState(filter.text);
  useEffect(() => {
    if (typed === filter.text) return;
    const timer = setTimeout(() => onFilter({ ...filter, text: typed }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, filter, onFilter]);
  const all = counts.added + counts.changed + counts.removed;
  const chips = [
    { id: ALL, name: `All ${formatNumber(all)}` },
    ...CHANGES.filter((one) => counts[one] > 0).map((one) => ({
      id: one,
      name: `${CHANGE_WORDS[one]} ${formatNumber(counts[one])}`,
    })),
  ];
  return (
    <div className="rows-toolbar">
      <ToggleButtonGroup
        className="rows-chips"
        aria-label="Which rows"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[change ?? ALL]}
        onSelectionChange={(keys) => {
          const [key] = keys;
          props.onChange(CHANGES.find((one) => one === key) ?? null);
        }}
      >
        {chips.map(({ id, name }) => (
          <ToggleButton key={id} id={id} className="rows-chip bold-if-selected" data-name={name}>
            {name}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <SearchField className="rows-filter" aria-label="Filter rows by text" value={typed} onChange={setTyped}>
        <Input placeholder="Filter rows" maxLength={200} />
      </SearchField>
      <select
        className="rows-select"
        aria-label="Column to filter"
        value={filter.column ?? ''}
        onChange={(event) => onFilter({ ...filter, column: event.target.value || null })}
      >
        <option value="">in any column</option>
        {columns.map(({ name }) => (
          <option key={name} value={name}>
            in {name}
          </option>
        ))}
      </select>
    </div>
  );
}
