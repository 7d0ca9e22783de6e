import { useId, useLayoutEffect, useRef, useState } from 'react';
import { Button, Radio, RadioGroup } from 'react-aria-components';
import type { ConflictsTable, ShownConflict } from '../../src/model/conflicts.ts';
import type { MergeSide } from '../../src/model/selection.ts';
import { baseNote, conflictsTitle, openLine, pageWords, SIDE_WORDS } from '../../words/merge.ts';
import { sumOf } from '../../words/numbers.ts';
import { countRows } from '../../words/tables.ts';
import { useRules } from '../ask/rules.ts';
import { useRequest } from '../ask/use-request.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Fold } from '../parts/fold.tsx';
import { inPlace } from '../parts/in-place.ts';
import { ConflictVersions } from './conflict-versions.tsx';
import {
  type Choices,
  chooseAll,
  chooseRow,
  chooseTable,
  countOpen,
  takenOfAll,
  takenOfRow,
  takenOfTable,
} from './merge-choices.ts';
import type { OpenConflicts } from './use-merging.ts';

/** So many are shown at once. */
const AT_ONCE = 5;

export type ConflictChooserProps = {
  readonly conflicts: OpenConflicts;
  readonly choices: Choices;
  readonly onChoose: (choices: Choices) => void;
};

/** What both sides changed, with the versions of each, to be chosen one by one, by table or for all. Nothing is chosen at first. */
export function ConflictChooser({ conflicts, choices, onChoose }: ConflictChooserProps) {
  const { conflictsId, overview } = conflicts;
  const { tables, base } = overview;
  const title = useId();
  const rules = useRules();
  const rows = sumOf(tables, (table) => table.rows);
  return (
    <section className="conflicts" aria-labelledby={title}>
      <h3 id={title}>{conflictsTitle(rows)}</h3>
      <p className="dim">{baseNote(base)}</p>
      {rows > 1 && (
        <SideChoice
          label="For all of them"
          taken={takenOfAll(choices)}
          onTake={(take) => onChoose(chooseAll(take))}
        />
      )}
      {tables.map((table, index) => (
        <Fold key={table.name} title={countRows(table.rows, table, rules)} isOpenAtFirst={index === 0}>
          <TableConflicts conflictsId={conflictsId} table={table} choices={choices} onChoose={onChoose} />
        </Fold>
      ))}
      <p className="dim" role="status">
        {openLine(countOpen(tables, choices))}
      </p>
    </section>
  );
}

type TableConflictsProps = Omit<ConflictChooserProps, 'conflicts'> & {
  readonly conflictsId: string;
  readonly table: ConflictsTable;
};

function TableConflicts({ conflictsId, table: { name, rows }, choices, onChoose }: TableConflictsProps) {
  const [offset, setOffset] = useState(0);
  const page = useRequest('conflicts.page', { conflictsId, table: name, offset, limit: AT_ONCE });
  // The last page stays until the next one is there, so that nothing jumps.
  const [shown, setShown] = useState<readonly ShownConflict[]>([]);
  if (page.value !== null && page.value !== shown) setShown(page.value);
  const [earlier, later] = [useRef<HTMLButtonElement>(null), useRef<HTMLButtonElement>(null)];
  const isTurned = useRef(false);
  const turn = (by: number) => {
    isTurned.current = true;
    setOffset(offset + by * AT_ONCE);
  };
  // A button that is disabled loses the focus, and the other one can take it only once it is enabled.
  useLayoutEffect(() => {
    if (!isTurned.current) return;
    isTurned.current = false;
    if (offset === 0) later.current?.focus();
    else if (offset + AT_ONCE >= rows) earlier.current?.focus();
  });
  return (
    <div className="conflict-table">
      {rows > 1 && (
        <SideChoice
          label="For all of these"
          taken={takenOfTable(choices, name)}
          onTake={(take) => onChoose(chooseTable(choices, name, take))}
        />
      )}
      {page.error !== null && <ErrorNote error={page.error} />}
      <ul aria-busy={page.busy}>
        {inPlace(shown).map(({ key, item: conflict }) => (
          <li key={offset + key}>
            <ConflictVersions
              conflict={conflict}
              taken={takenOfRow(choices, name, conflict.key)}
              onTake={(take) => onChoose(chooseRow(choices, name, { key: conflict.key, take }))}
            />
          </li>
        ))}
      </ul>
      {rows > AT_ONCE && (
        <p className="conflict-pages">
          <Button ref={earlier} className="button quiet" isDisabled={offset === 0} onPress={() => turn(-1)}>
            Previous
          </Button>
          <span>{pageWords({ from: offset + 1, to: Math.min(rows, offset + AT_ONCE), of: rows })}</span>
          <Button
            ref={later}
            className="button quiet"
            isDisabled={offset + AT_ONCE >= rows}
            onPress={() => turn(1)}
          >
            Next
          </Button>
        </p>
      )}
    </div>
  );
}

type SideChoiceProps = {
  readonly label: string;
  readonly taken: MergeSide | null;
  readonly onTake: (take: MergeSide) => void;
};

function SideChoice({ label, taken, onTake }: SideChoiceProps) {
  return (
    <RadioGroup
      className="side-choice"
      aria-label={label}
      orientation="horizontal"
      value={taken}
      onChange={(value) => onTake(value === 'mine' ? 'mine' : 'theirs')}
    >
      <span aria-hidden="true">{label}:</span>
      {(['mine', 'theirs'] as const).map((side) => (
        <Radio key={side} value={side} className="choice">
          <span className="dot" />
          <span>{SIDE_WORDS[side]}</span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
