import { describe, expect, test } from 'vitest';
import { copyWords, leadWords } from '../../words/plan.ts';
import { selectedLines } from '../../words/selected.ts';
import { plan } from '../support/plan.ts';

const part = {
  ...plan,
  options: { ...plan.options, selection: { by: 'tables', tables: ['chats', 'notes'] } },
} as const;
const now = new Date('2026-11-23T14:00:00Z');

describe('a selected part', () => {
  test('is named first, and that all else stays', () => {
    expect(leadWords(part, now)).toMatch(
      /^Only the rows of the tables chats and notes go back to .*, just before the rewind\. Everything else stays as it is now\.$/,
    );
    const rows = { by: 'rows', rows: [{ table: 'notes', key: [1n] }] } as const;
    expect(leadWords({ ...plan, options: { ...plan.options, selection: rows } }, now)).toMatch(
      /^Only the rows that you named \(1\) go back to /,
    );
    const related = { ...rows, related: 'children' } as const;
    expect(leadWords({ ...plan, options: { ...plan.options, selection: related } }, now)).toMatch(
      /^Only the rows that you named \(1\) and what belonged to them go back to /,
    );
    expect(copyWords({ ...part, to: '/x.db' }, now)).toMatch(
      /^A new database\. Only the rows of the tables chats and notes are as of /,
    );
  });

  test('says what comes along and why, and what stays', () => {
    const because = { table: 'memories', key: [12n] };
    const bots = ['b1', 'b2', 'b3', 'b4', 'b5'].map((id) => ({ table: 'bots', key: [id], because }));
    expect(
      selectedLines({ ...plan, pulled: bots, staying: [{ table: 'chats', key: ['c1'], because }] }),
    ).toEqual([
      'Comes along: bots b1, b2, b3 and 2 more, because memories 12 and 4 other rows would point to nothing otherwise.',
      'Stays as it is now, although it differs in the snapshot: chats c1.',
    ]);
    expect(selectedLines(plan)).toEqual([]);
    expect(selectedLines({ ...plan, related: [{ table: 'notes', rows: 2 }] })).toEqual([
      'Comes along: 2 rows of notes, because they belonged to what you named.',
    ]);
    const guess = { table: 'moods', column: 'chat_id', rows: 2 };
    expect(selectedLines({ ...plan, guessed: [{ ...guess, taken: false }] })[0]).toContain(
      'They stay as they are now.',
    );
    expect(selectedLines({ ...plan, guessed: [{ ...guess, taken: true }] })[0]).toContain('Restored as well');
  });
});
