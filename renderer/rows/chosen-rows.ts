import type { NamedRow } from '../../src/model/rows.ts';

/** Chosen rows of one table by their lines, which name them as long as the comparison is open. */
export type ChosenLines = ReadonlyMap<number, NamedRow>;

/** What is chosen in the tables of a comparison. */
export type Choice = {
  readonly rowsId: string | null;
  readonly tables: ReadonlyMap<string, ChosenLines>;
  /** Chosen in the comparison before, and not found in this one yet. */
  readonly earlier: ReadonlyMap<string, readonly NamedRow[]>;
};

export const NOTHING_CHOSEN: Choice = { rowsId: null, tables: new Map(), earlier: new Map() };
export const NO_LINES: ChosenLines = new Map();

/** The same choice in another comparison, where nothing of it is found yet. */
export function choiceIn(choice: Choice, rowsId: string | null): Choice {
  return choice.rowsId === rowsId ? choice : { rowsId, tables: new Map(), earlier: rowsByTable(choice) };
}

/** With these lines of a table, in place of those that were chosen in it. */
export function withLines(choice: Choice, table: string, lines: ChosenLines): Choice {
  const tables = new Map(choice.tables);
  if (lines.size === 0) tables.delete(table);
  else tables.set(table, lines);
  return { ...choice, tables };
}

/** With rows that were chosen in the comparison before, and are not found in this one yet. */
export function withEarlier(choice: Choice, table: string, rows: readonly NamedRow[]): Choice {
  const all = [...(choice.earlier.get(table) ?? []), ...rows];
  return { ...choice, earlier: new Map([...choice.earlier, [table, all]]) };
}

/** Those of the earlier rows of a table that were found again. */
export type Found = {
  readonly rowsId: string;
  readonly table: string;
  readonly rows: readonly NamedRow[];
  readonly lines: ChosenLines;
};

/** With what was found again. Where all was cleared or compared again meanwhile, or more was to be found, nothing is carried on. */
export function withFound(choice: Choice, { rowsId, table, rows, lines }: Found): Choice {
  if (choice.rowsId !== rowsId || choice.earlier.get(table) !== rows) return choice;
  const earlier = new Map([...choice.earlier].filter(([name]) => name !== table));
  const all = new Map([...lines, ...(choice.tables.get(table) ?? NO_LINES)]);
  return withLines({ ...choice, earlier }, table, all);
}

/** All that is chosen, found again or not yet. */
export function rowsByTable({ tables, earlier }: Choice): ReadonlyMap<string, readonly NamedRow[]> {
  const names = new Set([...earlier.keys(), ...tables.keys()]);
  return new Map(
    [...names].map((name) => [
      name,
      [...(earlier.get(name) ?? []), ...(tables.get(name) ?? NO_LINES).values()],
    ]),
  );
}
