import { expect, test } from 'vitest';
import {
  type Choice,
  type ChosenLines,
  choiceIn,
  NOTHING_CHOSEN,
  rowsByTable,
  withEarlier,
  withFound,
  withLines,
} from '../../../renderer/rows/chosen-rows.ts';

/** Rows by their lines; each is named by the number after the colon. */
function linesOf(...lines: readonly `${number}:${number}`[]): ChosenLines {
  const rows = lines.map((one) => one.split(':').map(Number)).map(([line = 0, key = 0]) => ({ line, key }));
  return new Map(rows.map(({ line, key }) => [line, { line, change: 'added', key: [BigInt(key)] }]));
}

function namesOf(choice: Choice): unknown {
  return Object.fromEntries(
    [...rowsByTable(choice)].map(([table, rows]) => [table, rows.map(({ key }) => Number(key[0]))]),
  );
}

/** What was found of the memories that are looked for. */
function find(choice: Choice, lines: ChosenLines, rowsId = 'second'): Choice {
  const rows = choice.earlier.get('memories') ?? [];
  return withFound(choice, { rowsId, table: 'memories', rows, lines });
}

const first = withLines(choiceIn(NOTHING_CHOSEN, 'first'), 'memories', linesOf('3:30', '4:40'));

test('what is chosen counts in the next comparison at once, and is found there by its new lines', () => {
  const second = choiceIn(first, 'second');
  expect(second.tables.size).toBe(0);
  expect(namesOf(second)).toEqual({ memories: [30, 40] });
  const found = find(second, linesOf('7:40'));
  expect([...(found.tables.get('memories')?.keys() ?? [])]).toEqual([7]);
  expect(namesOf(found)).toEqual({ memories: [40] });
});

test('a choice made before the earlier one is found stays beside it', () => {
  const also = withLines(choiceIn(first, 'second'), 'memories', linesOf('9:90'));
  expect(namesOf(also)).toEqual({ memories: [30, 40, 90] });
  expect(namesOf(find(also, linesOf('7:40')))).toEqual({ memories: [40, 90] });
});

test('what is found too late, or of what was cleared meanwhile, is not chosen', () => {
  const second = choiceIn(first, 'second');
  const third = choiceIn(second, 'third');
  expect(find(third, linesOf('7:40'))).toBe(third);
  const cleared = { ...NOTHING_CHOSEN, rowsId: 'second' };
  expect(find(cleared, linesOf('7:40'))).toBe(cleared);
});

test('what is chosen in the comparison before once this one is there is found, too, with all that was looked for', () => {
  const second = choiceIn(first, 'second');
  const rows = second.earlier.get('memories') ?? [];
  const more = withEarlier(second, 'memories', [...linesOf('5:50').values()]);
  expect(namesOf(more)).toEqual({ memories: [30, 40, 50] });
  expect(withFound(more, { rowsId: 'second', table: 'memories', rows, lines: linesOf('7:40') })).toBe(more);
  expect(namesOf(find(more, linesOf('7:40', '8:50')))).toEqual({ memories: [40, 50] });
});

test('without lines a table is not chosen from, and nothing that was there before is changed', () => {
  expect(namesOf(withLines(first, 'memories', new Map()))).toEqual({});
  expect(namesOf(first)).toEqual({ memories: [30, 40] });
});
