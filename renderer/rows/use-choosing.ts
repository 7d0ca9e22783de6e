import { useRef } from 'react';
import type { RowsRequest } from '../../src/model/rows.ts';
import { explain } from '../../words/errors.ts';
import { MOST_CHOSEN } from '../../words/part.ts';
import { TOO_MANY_ROWS, unnamedWords } from '../../words/rows.ts';
import { call } from '../ask/api.ts';
import type { ChosenLines } from './chosen-rows.ts';
import type { ChosenRows } from './use-chosen-rows.ts';

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
};

type Subject = { readonly rowsId: string; readonly request: RowsRequest; readonly total: number };
/** In what is shown, from a row up to `head`; `without`: what was chosen before it. Null: not known until it is its turn. */
type Range = { readonly shown: string; readonly row: number; head: number; without: ChosenLines | null };

/**
 * Chooses rows of one table, by their places in what is shown. One choice is made after the other, however fast the keys
 * come. `say` tells why something is not chosen.
 */
export function useChoosing(
  { rowsId, request, total }: Subject,
  chosen: ChosenRows,
  say: (words: string) => void,
): Choosing {
  const { table } = request;
  const shown = JSON.stringify([rowsId, request]);
  const range = useRef<Range | null>(null);
  const turn = useRef(Promise.resolve());

  const inTurn = (work: () => Promise<void> | void) => {
    turn.current = turn.current.then(work);
  };
  const read = async (offset: number, limit: number): Promise<ChosenLines | null> => {
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
    return new Map(rows.map((row) => [row.line, row]));
  };
  const choose = (lines: ChosenLines) => {
    if (chosen.countOthers(table) + lines.size > MOST_CHOSEN) say(TOO_MANY_ROWS);
    else chosen.choose(table, lines);
  };
  const add = (before: ChosenLines, lines: ChosenLines | null) =>
    lines !== null && choose(new Map([...before, ...lines]));

  return {
    isChosen: (line) => chosen.of(table).has(line),
    toggle(row) {
      range.current = null;
      inTurn(async () => {
        const lines = await read(row, 1);
        const [line] = lines?.keys() ?? [];
        const before = chosen.newestOf(table);
        if (line !== undefined && before.has(line))
          choose(new Map([...before].filter(([one]) => one !== line)));
        else add(before, lines);
      });
    },
    extend(to, from) {
      const { current } = range;
      const own = current?.shown === shown ? current : { shown, row: from, head: to, without: null };
      range.current = own;
      own.head = to;
      inTurn(async () => {
        own.without ??= chosen.newestOf(table);
        // Keys that came meanwhile have led further.
        const { row, head, without } = own;
        add(without, await read(Math.min(row, head), Math.abs(head - row) + 1));
      });
    },
    leave() {
      range.current = null;
    },
    all() {
      range.current = null;
      inTurn(async () => void add(chosen.newestOf(table), await read(0, total)));
    },
    clear() {
      range.current = null;
      const isAny = chosen.count > 0;
      inTurn(chosen.clear);
      return isAny;
    },
  };
}
