import { Button } from 'react-aria-components';
import type { RowName } from '../../src/model/search.ts';
import { restoreRowsWords } from '../../words/rows.ts';
import type { ChosenRows } from './use-chosen-rows.ts';

export type ChosenRowsBarProps = {
  readonly chosen: ChosenRows;
  readonly onRestore: (rows: readonly RowName[]) => void;
  /** Ends the choice, and the bar with it: the focus has to be somewhere else then. */
  readonly onClear: () => void;
};

/** What can be done with the chosen rows. It stands where a table is brought back otherwise. */
export function ChosenRowsBar({ chosen, onRestore, onClear }: ChosenRowsBarProps) {
  return (
    <>
      <Button className="button" onPress={() => onRestore(chosen.names())}>
        {restoreRowsWords(chosen.count, chosen.isRemoval)}
      </Button>
      <Button className="button quiet" onPress={onClear}>
        Clear
      </Button>
    </>
  );
}
