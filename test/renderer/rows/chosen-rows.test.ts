import { expect, test } from 'vitest';
import {
  type Choice,
  joined,
  linesIn,
  NO_ROWS,
  NOTHING_CHOSEN,
  notFoundIn,
  type RowsOfTable,
  rowsOf,
  withFound,
  without,
  withRows,
} from '../../../renderer/rows/chosen-rows.ts';

const TABLE = 'memories';

/** Rows of a comparison by their lines; each is named by the number after the colon. */
function rows(rowsId: string, ...lines: readonly `${number}:${number}`[]): RowsOfTable {
  const named = lines.map((one) => one.split(':').map(Number)).map(([line = 0, key = 0]) => ({ line, key }));
  return rowsOf(
    rowsId,
    named.map(({ line, key }) => ({ line, change: 'added', key: [BigInt(key)] })),
  );
}

function namesOf(choice: Choice): readonly number[] {
  return [...(choice.get(TABLE) ?? NO_ROWS).values()].map(({ key }) => Number(key[0])).toSorted();
}

function linesOf(choice: Choice, rowsId: string): readonly number[] {
  return [...linesIn(choice.get(TABLE) ?? NO_ROWS, rowsId)].toSorted();
}

/** What was found of these rows in the second comparison. */
function find(choice: Choice, sought: RowsOfTable, found: RowsOfTable): Choice {
  return withFound(choice, { table: TABLE, sought, found });
}

const first = rows('first', '3:30', '4:40');
const chosen = withRows(NOTHING_CHOSEN, TABLE, first);

test('what is chosen stays so in the next comparison as far as it still differs, and is known by its lines in both', () => {
  expect(linesOf(chosen, 'second')).toEqual([]);
  const found = find(chosen, first, rows('second', '7:40'));
  expect(namesOf(found)).toEqual([40]);
  expect(linesOf(found, 'first')).toEqual([4]);
  expect(linesOf(found, 'second')).toEqual([7]);
  expect(notFoundIn(found.get(TABLE) ?? NO_ROWS, 'second').size).toBe(0);
});

test('a line means its row in its own comparison alone', () => {
  const other = rows('second', '3:99');
  expect([...without(first, other).keys()]).toEqual([...first.keys()]);
  expect(without(first, rows('second', '9:30')).size).toBe(1);
});

test('what is chosen, or chosen no longer, while the rows are sought counts', () => {
  const more = withRows(chosen, TABLE, joined(first, rows('first', '5:50')));
  const found = find(more, first, rows('second', '7:40'));
  expect(namesOf(found)).toEqual([40, 50]);
  expect(notFoundIn(found.get(TABLE) ?? NO_ROWS, 'second').size).toBe(1);
  const less = withRows(chosen, TABLE, rows('first', '3:30'));
  expect(namesOf(find(less, first, rows('second', '6:30', '7:40')))).toEqual([30]);
  expect(find(NOTHING_CHOSEN, first, rows('second', '7:40')).size).toBe(0);
});

test('a row that is chosen in two comparisons counts once', () => {
  const both = joined(first, rows('second', '8:40'));
  expect(both.size).toBe(2);
  expect([...linesIn(both, 'first')]).toEqual([3, 4]);
  expect([...linesIn(both, 'second')]).toEqual([8]);
});

test('the lines of comparisons long ago are forgotten', () => {
  const many = Array.from({ length: 9 }, (_, at) => rows(`${at}`, '1:10'));
  const [row] = many.reduce(joined).values();
  expect(row?.lines.has('8')).toBe(true);
  expect(row?.lines.size).toBeLessThan(9);
});

test('without rows a table is not chosen from, and nothing that was there before is changed', () => {
  expect(withRows(chosen, TABLE, NO_ROWS).size).toBe(0);
  expect(namesOf(chosen)).toEqual([30, 40]);
});
