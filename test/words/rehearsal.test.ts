import { describe, expect, test } from 'vitest';
import type { RehearsedRestore } from '../../src/model/rehearsal.ts';
import { rehearsalLines, rehearsalObstacle } from '../../words/rehearsal.ts';

const done: RehearsedRestore = {
  state: 'done',
  planId: '0123456789abcdef',
  tables: [
    { name: 'memories', rows: 9, added: 1, removed: 2, changed: 0 },
    { name: 'chats', rows: 2, added: 0, removed: 0, changed: 1 },
    { name: 'bots', rows: 2, added: 0, removed: 0, changed: 0 },
  ],
  checks: [
    { check: 'content-hash', subject: 'memories', result: 'ok', detail: null },
    { check: 'content-hash', subject: 'chats', result: 'ok', detail: null },
    { check: 'integrity', subject: null, result: 'ok', detail: null },
  ],
  writeLockMs: 38,
  undo: { state: 'same', hash: '0123456789abcdef', tables: 13 },
  nextStart: { state: 'nothing' },
};
const refusal = { code: 'row-refused', message: 'No.', detail: { reason: 'CHECK' } } as const;

describe('a rehearsal tells', () => {
  test('what was written, checked and undone, what comes next, and what it cannot show', () => {
    expect(rehearsalLines(done, 'window')).toEqual([
      'Rehearsed on a copy: 4 rows written in 2 tables, all 2 kinds of checks passed, other programs kept waiting for 38 ms.',
      'Rows of memories: 1 came back and 2 removed.',
      'Rows of chats: 1 changed.',
      'Undone on the copy: the same as before in all 13 tables, hash 0123456789ab.',
      'Next start: the chat app’s newest checkpoint holds what its tables hold, so loading it changes no row.',
      'A rehearsal can’t show what the chat app’s own code does, or whether another program or a full disk gets in the way.',
    ]);
  });

  test.each([
    [{ undo: { state: 'differs', tables: ['a', 'b'] } }, /^Undone on the copy: NOT as before in a and b\./],
    [{ undo: { state: 'refused', refusal } }, /^Undoing it was refused on the copy\. /],
    [
      { nextStart: { state: 'replays', fromEvent: 4n, toEvent: 4n } },
      /^Next start: the chat app applies event 4;/,
    ],
    [{ nextStart: { state: 'replays', fromEvent: 4n, toEvent: 5n } }, /applies events 4 to 5;/],
    [{ nextStart: { state: 'changes' } }, /^Next start: .* changes rows\.$/],
    [
      { checks: [...done.checks, { check: 'derived', subject: 'f', result: 'left', detail: null }] },
      /, 2 of 3 kinds of checks passed,/,
    ],
  ] as const)('of another end, what it is: %#', (change, words) => {
    const lines = rehearsalLines({ ...done, ...change }, 'cli');
    expect(lines).toContainEqual(expect.stringMatching(words));
  });

  test('of a restore that failed in it, why', () => {
    const [line = ''] = rehearsalLines({ state: 'refused', refusal }, 'cli');
    expect(line).toMatch(/^Rehearsed on a copy: it failed there\. \S/);
  });

  test.each([
    [
      'conflicts-open',
      /^Not rehearsed yet: there is something to choose first\. Some rows have two versions\. /,
    ],
    ['row-refused', /^Not rehearsed\. \S/],
  ] as const)('of a plan that %s stands against, that nothing was tried', (code, words) => {
    const [line = ''] = rehearsalLines({ state: 'not-tried', refusal: { ...refusal, code } }, 'cli');
    expect(line).toMatch(words);
    expect(line).not.toContain('failed');
  });

  test('where it was too large, by how much', () => {
    const [line = ''] = rehearsalLines({ state: 'too-large', bytes: 2e9, mostBytes: 1e9 }, 'window');
    expect(line).toContain('take 2 GB together, and at most 1 GB');
  });
});

test('what stands in the way only of the database itself does not keep anybody from rehearsing', () => {
  const inUse = { code: 'database-in-use', message: '', detail: {} } as const;
  expect(rehearsalObstacle({ refusals: [inUse] })).toBeNull();
  expect(rehearsalObstacle({ refusals: [inUse, refusal] })).toBe(refusal);
});
