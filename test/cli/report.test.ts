import { expect, test } from 'vitest';
import { describeEvents } from '../../src/cli/report.ts';
import type { NewerEvents } from '../../src/model/diff.ts';

function group(chat: string): NewerEvents {
  const mark = { id: 1n, ts: null, kind: 'message', speaker: null, text: null };
  const counts = { events: 1, rewindRecords: 0, rewoundAt: null, spoken: 1, spokenHidden: 0, hidden: 0 };
  return { chat, chatName: chat, first: mark, last: mark, rewoundChat: false, ...counts };
}

test('three thousand chats are shown as a few lines and a count', () => {
  const groups = Array.from({ length: 3_000 }, (_, index) => group(`chat ${index}`));
  const lines = describeEvents('Removed', groups);
  expect(lines.length).toBeLessThan(30);
  expect(lines.at(-1)).toBe('  and 2,980 more chats; --json lists all');
});

test('a list that is only one line too long is shown in full, since a count would not shorten it', () => {
  const groups = Array.from({ length: 21 }, (_, index) => group(`chat ${index}`));
  expect(describeEvents('Removed', groups)).toHaveLength(23);
});
