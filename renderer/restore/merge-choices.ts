import type { ConflictsTable } from '../../src/model/conflicts.ts';
import type { RowName } from '../../src/model/search.ts';
import type { MergeChoices, MergeSide } from '../../src/model/selection.ts';
import { sumOf } from '../../words/numbers.ts';
import { questionOf } from '../ask/question.ts';

/*
 * Which versions a person has chosen: for all, for a table, or for single rows. What was chosen later and for more takes the
 * place of what was chosen before; a single row can always be chosen otherwise.
 */

type Key = RowName['key'];
type ChosenRow = { readonly key: Key; readonly take: MergeSide };
type ChosenTable = {
  /** For the rows that are not chosen one by one; null: as for all. */
  readonly rest: MergeSide | null;
  readonly rows: ReadonlyMap<string, ChosenRow>;
};
export type Choices = { readonly all: MergeSide | null; readonly tables: ReadonlyMap<string, ChosenTable> };

export const NO_CHOICES: Choices = { all: null, tables: new Map() };
const NO_ROWS: ChosenTable = { rest: null, rows: new Map() };

export function chooseAll(take: MergeSide): Choices {
  return { all: take, tables: new Map() };
}

export function chooseTable({ all, tables }: Choices, table: string, take: MergeSide): Choices {
  return { all, tables: new Map(tables).set(table, { rest: take, rows: new Map() }) };
}

export function chooseRow({ all, tables }: Choices, table: string, { key, take }: ChosenRow): Choices {
  const { rest, rows } = tables.get(table) ?? NO_ROWS;
  return {
    all,
    tables: new Map(tables).set(table, { rest, rows: new Map(rows).set(questionOf(key), { key, take }) }),
  };
}

/** What is chosen for all; null: nothing, or some are chosen otherwise. */
export function takenOfAll({ all, tables }: Choices): MergeSide | null {
  return tables.size === 0 ? all : null;
}

/** What is chosen for a table; null: nothing, or some rows are chosen by themselves. */
export function takenOfTable({ all, tables }: Choices, table: string): MergeSide | null {
  const { rest, rows } = tables.get(table) ?? NO_ROWS;
  return rows.size === 0 ? (rest ?? all) : null;
}

export function takenOfRow({ all, tables }: Choices, table: string, key: Key): MergeSide | null {
  const { rest, rows } = tables.get(table) ?? NO_ROWS;
  return rows.get(questionOf(key))?.take ?? rest ?? all;
}

/** For how many rows nothing is chosen yet. */
export function countOpen(tables: readonly ConflictsTable[], { all, tables: chosen }: Choices): number {
  const openIn = ({ name, rows }: ConflictsTable) => {
    const { rest, rows: single } = chosen.get(name) ?? NO_ROWS;
    return (rest ?? all) === null ? rows - single.size : 0;
  };
  return sumOf(tables, openIn);
}

/** The choices as a merge takes them: what is chosen first for a row counts. */
export function toMergeChoices({ all, tables }: Choices): MergeChoices {
  return {
    all,
    tables: [...tables].flatMap(([table, { rest, rows }]) => [
      ...(rows.size === 0 ? [] : [{ table, take: [...rows.values()] }]),
      ...(rest === null ? [] : [{ table, take: rest }]),
    ]),
  };
}
