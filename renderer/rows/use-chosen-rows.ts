import { useEffect, useRef, useState } from 'react';
import type { NamedRow } from '../../src/model/rows.ts';
import type { RowName } from '../../src/model/search.ts';
import { sumOf } from '../../words/numbers.ts';
import { MOST_CHOSEN } from '../../words/part.ts';
import { call } from '../ask/api.ts';
import { questionOf } from '../ask/question.ts';

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

type Kept = {
  readonly rowsId: string | null;
  readonly tables: Map<string, ChosenLines>;
  /** Chosen in the comparison before, and not found in this one yet. */
  readonly earlier: Map<string, readonly NamedRow[]>;
};

const NONE: ChosenLines = new Map();

/**
 * The rows that a person has chosen in the tables of a comparison. It outlives paging, sorting and filtering. When the same
 * is compared again, because the database has changed, they stay chosen as far as they still differ.
 */
export function useChosenRows(rowsId: string | null): ChosenRows {
  const kept = useRef<Kept>({ rowsId, tables: new Map(), earlier: new Map() });
  if (kept.current.rowsId !== rowsId)
    kept.current = { rowsId, tables: new Map(), earlier: new Map(rowsByTable(kept.current)) };
  const [, redraw] = useState(0);
  const { tables } = kept.current;

  useEffect(() => {
    const { current } = kept;
    const carry = async (id: string, table: string, rows: readonly NamedRow[]) => {
      const found = await findAgain(id, table, rows);
      // Where something was cleared or compared again meanwhile, there is nothing to carry on here.
      if (kept.current !== current || !current.earlier.delete(table)) return;
      const lines = new Map([...found, ...(current.tables.get(table) ?? NONE)]);
      if (lines.size > 0) current.tables.set(table, lines);
      redraw((count) => count + 1);
    };
    if (rowsId !== null) for (const [table, rows] of current.earlier) void carry(rowsId, table, rows);
  }, [rowsId]);

  const all = rowsByTable(kept.current);
  const countOthers = (table: string | null) =>
    sumOf([...all], ([name, rows]) => (name === table ? 0 : rows.length));
  return {
    count: countOthers(null),
    countOthers,
    tables: all.size,
    isRemoval: [...all.values()].every((rows) => rows.every(({ change }) => change === 'removed')),
    of: (table) => tables.get(table) ?? NONE,
    choose: (table, lines) => {
      if (lines.size === 0) tables.delete(table);
      else tables.set(table, lines);
      redraw((count) => count + 1);
    },
    clear: () => {
      kept.current.tables.clear();
      kept.current.earlier.clear();
      redraw((count) => count + 1);
    },
    names: () => [...all].flatMap(([table, rows]) => rows.map(({ key }) => ({ table, key }))),
  };
}

function rowsByTable({ tables, earlier }: Kept): ReadonlyMap<string, readonly NamedRow[]> {
  const names = new Set([...earlier.keys(), ...tables.keys()]);
  return new Map(
    [...names].map((name) => [name, [...(earlier.get(name) ?? []), ...(tables.get(name) ?? NONE).values()]]),
  );
}

/** Those of the rows that still differ, by their lines in another comparison. */
async function findAgain(rowsId: string, table: string, rows: readonly NamedRow[]): Promise<ChosenLines> {
  const wanted = new Set(rows.map(({ key }) => questionOf(key)));
  const found = new Map<number, NamedRow>();
  const request = { table, change: null, filter: null, sort: null };
  for (let offset = 0; found.size < wanted.size; offset += MOST_CHOSEN) {
    const range = { offset, limit: MOST_CHOSEN };
    const reply = await call('rows.named', { rowsId, request, range });
    if (!reply.ok || reply.value.rows.length + reply.value.unnamed === 0) break;
    for (const row of reply.value.rows) if (wanted.has(questionOf(row.key))) found.set(row.line, row);
  }
  return found;
}
