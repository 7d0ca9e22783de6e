import { useEffect, useState, useSyncExternalStore } from 'react';
import type { NamedRow } from '../../src/model/rows.ts';
import type { RowName } from '../../src/model/search.ts';
import { sumOf } from '../../words/numbers.ts';
import { MOST_CHOSEN } from '../../words/part.ts';
import { call } from '../ask/api.ts';
import { questionOf } from '../ask/question.ts';
import {
  type Choice,
  joined,
  NO_ROWS,
  NOTHING_CHOSEN,
  notFoundIn,
  type RowsOfTable,
  rowsOf,
  withFound,
  withRows,
} from './chosen-rows.ts';

export type ChosenRows = {
  /** Of all tables. */
  readonly count: number;
  readonly tables: number;
  readonly isRemoval: boolean;
  readonly of: (table: string) => RowsOfTable;
  /** What is chosen by now, also before it is drawn. For events. */
  readonly newestOf: (table: string) => RowsOfTable;
  /** How many are chosen by now in other tables than this one. For events. */
  readonly countOthers: (table: string) => number;
  readonly choose: (table: string, rows: RowsOfTable) => void;
  readonly clear: () => void;
  /** What they are called at any time. */
  readonly names: () => readonly RowName[];
  /** Finds those of a table in another comparison, too. */
  readonly findIn: (rowsId: string, table: string) => Promise<void>;
};

/**
 * The rows that a person has chosen in the tables of a comparison. It outlives paging, sorting and filtering. When the same
 * is compared again, because the database has changed, they stay chosen as far as they still differ. `rowsId`: the newest
 * comparison.
 */
export function useChosenRows(rowsId: string | null): ChosenRows {
  const [store] = useState(createStore);
  const choice = useSyncExternalStore(store.subscribe, store.get);

  useEffect(() => {
    if (rowsId === null) return;
    store.begin(rowsId);
    for (const table of store.get().keys()) void store.findIn(rowsId, table);
  }, [rowsId, store]);

  return {
    count: countRows(choice, null),
    countOthers: (table) => countRows(store.get(), table),
    tables: choice.size,
    isRemoval: [...choice.values()].every((rows) =>
      [...rows.values()].every(({ change }) => change === 'removed'),
    ),
    of: (table) => choice.get(table) ?? NO_ROWS,
    newestOf: (table) => store.get().get(table) ?? NO_ROWS,
    choose: store.choose,
    clear: store.clear,
    names: () =>
      [...choice].flatMap(([table, rows]) => [...rows.values()].map(({ key }) => ({ table, key }))),
    findIn: store.findIn,
  };
}

/** Keys may come faster than anything is drawn, and each goes on from what the last one has chosen. */
function createStore() {
  let choice = NOTHING_CHOSEN;
  let newest: string | null = null;
  const listeners = new Set<() => void>();
  const finding = new Map<string, Promise<void>>();
  const change = (next: Choice) => {
    choice = next;
    for (const listener of listeners) listener();
  };

  /** Until each row of the table was looked for, also those that are chosen meanwhile. */
  async function find(rowsId: string, table: string): Promise<void> {
    for (;;) {
      const sought = notFoundIn(choice.get(table) ?? NO_ROWS, rowsId);
      if (sought.size === 0) return;
      const found = await findAgain(rowsId, table, sought);
      // In a newer comparison they are sought anew.
      if (found === null || (newest !== null && newest !== rowsId)) return;
      change(withFound(choice, { table, sought, found }));
    }
  }

  function findIn(rowsId: string, table: string): Promise<void> {
    const id = `${rowsId} ${table}`;
    const running = finding.get(id) ?? find(rowsId, table).finally(() => finding.delete(id));
    finding.set(id, running);
    return running;
  }

  return {
    get: () => choice,
    findIn,
    begin(rowsId: string) {
      newest = rowsId;
    },
    choose(table: string, rows: RowsOfTable) {
      // Where they were found meanwhile, they need not be sought again.
      const found = new Map([...(choice.get(table) ?? NO_ROWS)].filter(([name]) => rows.has(name)));
      change(withRows(choice, table, joined(rows, found)));
      if (newest !== null) void findIn(newest, table);
    },
    clear() {
      change(NOTHING_CHOSEN);
    },
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** How many rows there are in all tables but one. */
function countRows(choice: Choice, but: string | null): number {
  return sumOf([...choice], ([name, rows]) => (name === but ? 0 : rows.size));
}

/** Those of the rows that still differ in another comparison; null: it does not answer. */
async function findAgain(rowsId: string, table: string, sought: RowsOfTable): Promise<RowsOfTable | null> {
  const found: NamedRow[] = [];
  const request = { table, change: null, filter: null, sort: null };
  for (let offset = 0; found.length < sought.size; offset += MOST_CHOSEN) {
    const range = { offset, limit: MOST_CHOSEN };
    const reply = await call('rows.named', { rowsId, request, range });
    if (!reply.ok) return null;
    const { rows, unnamed } = reply.value;
    if (rows.length + unnamed === 0) break;
    found.push(...rows.filter(({ key }) => sought.has(questionOf(key))));
  }
  return rowsOf(rowsId, found);
}
