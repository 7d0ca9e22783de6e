import { describe, expect, test } from 'vitest';
import {
  chooseAll,
  chooseRow,
  chooseTable,
  countOpen,
  NO_CHOICES,
  takenOfAll,
  takenOfRow,
  takenOfTable,
  toMergeChoices,
} from '../../../renderer/restore/merge-choices.ts';

const TABLES = [
  { name: 'chats', role: 'projected', rows: 2 },
  { name: 'memories', role: 'projected', rows: 5 },
] as const;

describe('the choices of a merge', () => {
  test('begin with none, and the number of open ones is exact', () => {
    expect(countOpen(TABLES, NO_CHOICES)).toBe(7);
    const one = chooseRow(NO_CHOICES, 'memories', { key: [3n], take: 'mine' });
    const again = chooseRow(one, 'memories', { key: [3n], take: 'theirs' });
    expect([countOpen(TABLES, one), countOpen(TABLES, again)]).toEqual([6, 6]);
    expect(takenOfRow(again, 'memories', [3n])).toBe('theirs');
    expect(takenOfRow(again, 'memories', ['3'])).toBeNull();
    expect(countOpen(TABLES, chooseTable(again, 'memories', 'mine'))).toBe(2);
    expect(countOpen(TABLES, chooseAll('mine'))).toBe(0);
  });

  test('for more take the place of those before; a single row is chosen otherwise afterwards', () => {
    const all = chooseAll('mine');
    const row = chooseRow(all, 'chats', { key: ['c1'], take: 'theirs' });
    expect([
      takenOfAll(all),
      takenOfAll(row),
      takenOfTable(row, 'chats'),
      takenOfTable(row, 'memories'),
    ]).toEqual([...['mine', null, null, 'mine']]);
    expect([takenOfRow(row, 'chats', ['c1']), takenOfRow(row, 'chats', ['c2'])]).toEqual(['theirs', 'mine']);
    expect(takenOfRow(chooseTable(row, 'chats', 'mine'), 'chats', ['c1'])).toBe('mine');
    expect(chooseAll('theirs').tables.size).toBe(0);
  });

  test('reach the core with single rows before the rest of their table', () => {
    const table = chooseTable(NO_CHOICES, 'memories', 'mine');
    expect(toMergeChoices(chooseRow(table, 'memories', { key: [3n], take: 'theirs' }))).toEqual({
      all: null,
      tables: [
        { table: 'memories', take: [{ key: [3n], take: 'theirs' }] },
        { table: 'memories', take: 'mine' },
      ],
    });
  });
});
