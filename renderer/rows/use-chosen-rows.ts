import { useRef, useState } from 'react';
import type { NamedRow } from '../../src/model/rows.ts';
import type { RowName } from '../../src/model/search.ts';
import { sumOf } from '../../words/numbers.ts';

/** Chosen rows of one table by their lines, which name them as long as the comparison is open. */
export type ChosenLines = ReadonlyMap<number, NamedRow>;

export type ChosenRows = {
  /** Of all tables. */
  readonly count: number;
  readonly tables: number;
  readonly isRemoval: boolean;
  readonly of: (table: string) => ChosenLines;
  /** How many are chosen in other tables than this one. */
  readonly countOthers: (table: string) => number;
  readonly choose: (table: string, lines: ChosenLines) => void;
  readonly clear: () => void;
  /** What they are called at any time. */
  readonly names: () => readonly RowName[];
};

const NONE: ChosenLines = new Map();

/**
 * The rows that a person has chosen in the tables of a comparison. It outlives paging, sorting and filtering; once something
 * else is compared, nothing is chosen.
 */
export function useChosenRows(rowsId: string | null): ChosenRows {
  const kept = useRef({ rowsId, tables: new Map<string, ChosenLines>() });
  if (kept.current.rowsId !== rowsId) kept.current = { rowsId, tables: new Map() };
  const [, redraw] = useState(0);
  const { tables } = kept.current;
  const all = [...tables.values()];
  const countOthers = (table: string | null) =>
    sumOf([...tables], ([name, lines]) => (name === table ? 0 : lines.size));
  return {
    count: countOthers(null),
    countOthers,
    tables: tables.size,
    isRemoval: all.every((lines) => [...lines.values()].every(({ change }) => change === 'removed')),
    of: (table) => tables.get(table) ?? NONE,
    choose: (table, lines) => {
      if (lines.size === 0) tables.delete(table);
      else tables.set(table, lines);
      redraw((count) => count + 1);
    },
    clear: () => {
      tables.clear();
      redraw((count) => count + 1);
    },
    names: () =>
      [...tables].flatMap(([table, lines]) => [...lines.values()].map(({ key }) => ({ table, key }))),
  };
}
