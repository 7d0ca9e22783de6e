import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { NamedRow } from '../../src/model/rows.ts';
import type { RowName } from '../../src/model/search.ts';
import { sumOf } from '../../words/numbers.ts';
import { MOST_CHOSEN } from '../../words/part.ts';
import { call } from '../ask/api.ts';
import { questionOf } from '../ask/question.ts';
import {
  type Choice,
  type ChosenLines,
  choiceIn,
  NO_LINES,
  NOTHING_CHOSEN,
  rowsByTable,
  withEarlier,
  withFound,
  withLines,
} from './chosen-rows.ts';

export type ChosenRows = {
  /** Of all tables. */
  readonly count: number;
  readonly tables: number;
  readonly isRemoval: boolean;
  readonly of: (table: string) => ChosenLines;
  /** What is chosen by now, also before it is drawn. For events. */
  readonly newestOf: (table: string) => ChosenLines;
  /** How many are chosen by now in other tables than this one. For events. */
  readonly countOthers: (table: string) => number;
  readonly choose: (table: string, lines: ChosenLines) => void;
  readonly clear: () => void;
  /** What they are called at any time. */
  readonly names: () => readonly RowName[];
};

/**
 * The rows that a person has chosen in the tables of a comparison. It outlives paging, sorting and filtering. When the same
 * is compared again, because the database has changed, they stay chosen as far as they still differ.
 */
export function useChosenRows(rowsId: string | null): ChosenRows {
  const [store] = useState(createStore);
  const kept = useSyncExternalStore(store.subscribe, store.get);
  const choice = useMemo(() => choiceIn(kept, rowsId), [kept, rowsId]);

  useEffect(() => {
    if (rowsId === null) return;
    store.change((last) => choiceIn(last, rowsId));
    for (const table of store.get().earlier.keys()) void carryOn(store, table);
  }, [rowsId, store]);

  const all = rowsByTable(choice);
  return {
    count: countRows(all, null),
    countOthers: (table) => countRows(rowsByTable(store.get()), table),
    tables: all.size,
    isRemoval: [...all.values()].every((rows) => rows.every(({ change }) => change === 'removed')),
    of: (table) => choice.tables.get(table) ?? NO_LINES,
    newestOf: (table) => store.get().tables.get(table) ?? NO_LINES,
    choose: (table, lines) => {
      const isNewest = store.get().rowsId === rowsId;
      store.change((last) =>
        isNewest ? withLines(last, table, lines) : withEarlier(last, table, [...lines.values()]),
      );
      // In another comparison, which has come meanwhile, the same lines may be other rows.
      if (!isNewest) void carryOn(store, table);
    },
    clear: () => store.change(({ rowsId }) => ({ ...NOTHING_CHOSEN, rowsId })),
    names: () => [...all].flatMap(([table, rows]) => rows.map(({ key }) => ({ table, key }))),
  };
}

/** Keys may come faster than anything is drawn, and each goes on from what the last one has chosen. */
function createStore() {
  let choice = NOTHING_CHOSEN;
  const listeners = new Set<() => void>();
  return {
    get: () => choice,
    change(by: (last: Choice) => Choice) {
      choice = by(choice);
      for (const listener of listeners) listener();
    },
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Finds what was chosen of a table before in the newest comparison, too. */
async function carryOn(store: ReturnType<typeof createStore>, table: string): Promise<void> {
  const { rowsId, earlier } = store.get();
  const rows = earlier.get(table);
  if (rowsId === null || rows === undefined) return;
  const lines = await findAgain(rowsId, table, rows);
  store.change((last) => withFound(last, { rowsId, table, rows, lines }));
}

/** How many rows there are in all tables but one. */
function countRows(all: ReadonlyMap<string, readonly NamedRow[]>, but: string | null): number {
  return sumOf([...all], ([name, rows]) => (name === but ? 0 : rows.length));
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
