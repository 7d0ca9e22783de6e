import { useLayoutEffect, useMemo, useRef } from 'react';
import { explain } from '../../words/errors.ts';
import { MOST_CHOSEN } from '../../words/part.ts';
import { TOO_MANY_ROWS, unnamedWords } from '../../words/rows.ts';
import { call } from '../ask/api.ts';
import { joined, linesIn, type RowsOfTable, rowsOf, without } from './chosen-rows.ts';
import type { ChosenRows } from './use-chosen-rows.ts';
import { nameOf, type ShownRows } from './use-shown-rows.ts';

export type Choosing = {
  readonly isChosen: (line: number) => boolean;
  /** Chooses a row, or does not choose it any more. */
  readonly toggle: (row: number) => void;
  /** Chooses up to a row from where the range began; `from`: where it begins now, if it has not yet. */
  readonly extend: (to: number, from: number) => void;
  /** The next range begins where the person is then. */
  readonly leave: () => void;
  readonly all: () => void;
  /** False: nothing was chosen. */
  readonly clear: () => boolean;
  /** Where the range began, in what is shown; null: nowhere. */
  readonly anchor: () => number | null;
  /** Waits until all is chosen that was asked for so far. */
  readonly settled: () => Promise<void>;
};

/** In what is shown, from a row up to `head`; `before`: what was chosen before it, null until it is its turn. */
type Range = {
  readonly shown: string;
  readonly row: number;
  head: number;
  readonly before: { rows: RowsOfTable | null };
};

/**
 * Chooses rows of one table, by their places in what is shown. One choice is made after the other, however fast the keys
 * come. `say` tells why something is not chosen.
 */
export function useChoosing(shown: ShownRows, chosen: ChosenRows, say: (words: string) => void): Choosing {
  const { rowsId, request, shape, moved } = shown;
  const { table } = request;
  const name = nameOf(shown);
  const range = useRef<Range | null>(null);
  const turn = useRef(Promise.resolve());
  const rows = chosen.of(table);
  const lines = useMemo(() => linesIn(rows, rowsId), [rows, rowsId]);

  // In the next comparison a range goes on from the row where it began.
  useLayoutEffect(() => {
    const { current } = range;
    if (moved === null || current === null || current.shown !== moved.from) return;
    const { anchor } = moved;
    range.current =
      anchor?.from === current.row ? { ...current, shown: name, row: anchor.to, head: anchor.to } : null;
  }, [name, moved]);

  const inTurn = (work: () => Promise<void> | void) => {
    turn.current = turn.current.then(work);
  };
  const read = async (offset: number, limit: number): Promise<RowsOfTable | null> => {
    if (limit > MOST_CHOSEN) {
      say(TOO_MANY_ROWS);
      return null;
    }
    const reply = await call('rows.named', { rowsId, request, range: { offset, limit } });
    if (!reply.ok) {
      say(explain(reply.error, 'window').happened);
      return null;
    }
    const { rows, unnamed } = reply.value;
    say(unnamed === 0 ? '' : unnamedWords(unnamed));
    return rowsOf(rowsId, rows);
  };
  const choose = (rows: RowsOfTable) => {
    if (chosen.countOthers(table) + rows.size > MOST_CHOSEN) say(TOO_MANY_ROWS);
    else chosen.choose(table, rows);
  };

  return {
    isChosen: (line) => lines.has(line),
    toggle(row) {
      range.current = null;
      inTurn(async () => {
        const one = await read(row, 1);
        if (one === null) return;
        const before = chosen.newestOf(table);
        const rest = without(before, one);
        choose(rest.size < before.size ? rest : joined(before, one));
      });
    },
    extend(to, from) {
      const { current } = range;
      const own =
        current?.shown === name ? current : { shown: name, row: from, head: to, before: { rows: null } };
      range.current = own;
      own.head = to;
      inTurn(async () => {
        own.before.rows ??= chosen.newestOf(table);
        // Keys that came meanwhile have led further.
        const { row, head } = own;
        const rows = await read(Math.min(row, head), Math.abs(head - row) + 1);
        if (rows !== null) choose(joined(own.before.rows, rows));
      });
    },
    leave() {
      range.current = null;
    },
    all() {
      range.current = null;
      inTurn(async () => {
        const rows = await read(0, shape.total);
        if (rows !== null) choose(joined(chosen.newestOf(table), rows));
      });
    },
    clear() {
      range.current = null;
      const isAny = chosen.count > 0;
      inTurn(chosen.clear);
      return isAny;
    },
    anchor: () => (range.current?.shown === name ? range.current.row : null),
    settled: () => turn.current,
  };
}
