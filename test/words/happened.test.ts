import { describe, expect, test } from 'vitest';
import type { Loss } from '../../src/model/happened.ts';
import { happenedWords } from '../../words/happened.ts';
import { firstWay, waitingWords, withoutNewerWords } from '../../words/since.ts';
import { storyText } from '../../words/story.ts';
import { group, plan } from '../support/plan.ts';
import { defaultRules as rules } from '../support/rules.ts';

const now = new Date('2026-11-23T14:00:00Z');
const loss: Loss = {
  snapshotId: plan.snapshot.id,
  takenAt: plan.snapshot.takenAt,
  rewoundAt: null,
  returningEvents: [group('Lighthouse', 20)],
  newerEvents: [group('Harbour', 3), group('Lighthouse', 1, { rewindRecords: 1, spoken: 0 })],
  keepsNewer: true,
  mergesNewer: true,
  tables: [],
  lastMessages: [],
};
const noteOf = (change: Partial<Loss>) =>
  storyText(happenedWords({ state: 'written-since', loss: { ...loss, ...change } }, rules, now).note);

test('where snapshots have no known place in the log, nothing is claimed that is not known', () => {
  const seen = happenedWords({ state: 'unplaced', way: loss }, rules, now);
  expect(seen.heading.map(storyText).join(' ')).toMatch(/ (?:is|are) missing\.$/);
  expect(storyText(seen.note)).toContain('more may be missing, and it may not be possible to restore it.');
  const none = happenedWords({ state: 'unplaced', way: null }, rules, now);
  expect(none.heading.map(storyText)).toEqual(['Snapback can’t tell whether anything is missing.']);
  expect(storyText(none.note)).toContain('Compare one with your chats');
});

test('a rewind that is only on record took nothing from the log, and what to do about it depends on what the chat app shows', () => {
  const { heading, note } = happenedWords({ state: 'recorded', way: loss }, rules, now);
  expect([...heading, note].map(storyText)).toEqual([
    'A rewind of Lighthouse is on record.',
    'All messages are still in the log.',
    'If your chat app doesn’t show them, restoring this snapshot removes the record. If it does, nothing is lost. If you restore it, 3 newer messages in Harbour stay; your chat app shows them again when it starts next.',
  ]);
  const alone = happenedWords({ state: 'recorded', way: { ...loss, newerEvents: [] } }, rules, now);
  expect(storyText(alone.note)).toMatch(/nothing is lost\.$/);
});

test.each([
  {
    chats: 'the same one',
    earlier: [group('Lighthouse', 30)],
    says: /^You rewound Lighthouse several times, last /,
  },
  {
    chats: 'another one',
    earlier: [group('Harbour', 6), group('Lighthouse', 20)],
    says: /^You rewound Lighthouse (?!several)/,
  },
  {
    chats: 'another one, and what was written in this one between both rewinds stays away',
    earlier: [group('Harbour', 26), group('Lighthouse', 17)],
    says: /^You rewound Lighthouse (?!several)/,
  },
])(
  'after rewinds in a row, a chat was rewound several times only if it was: $chats before',
  ({ earlier, says }) => {
    const last = { ...loss, rewoundAt: '2026-11-23T13:30:00Z' };
    const way = { ...last, returningEvents: earlier };
    const told = happenedWords({ state: 'several', loss: last, earlier: [way] }, rules, now);
    expect(told.heading.map(storyText).join(' ')).toMatch(says);
  },
);

describe('after a rewind, what was written since', () => {
  test('stays, and the other way is named by what it removes', () => {
    expect(noteOf({})).toBe(
      '3 newer messages in Harbour stay; your chat app shows them again when it starts next.',
    );
    expect(withoutNewerWords(loss)).toBe('Go back without the 3 newer messages…');
  });

  test('is merged where it cannot simply be kept, and the other way is named as well', () => {
    const merged = { ...loss, keepsNewer: false };
    expect(firstWay(merged)).toBe('both');
    expect(noteOf(merged)).toBe(
      '3 newer messages in Harbour can stay as well: you choose where the two differ.',
    );
    expect(withoutNewerWords(merged)).toBe('Go back without the 3 newer messages…');
    expect(firstWay({ ...merged, newerEvents: loss.newerEvents.slice(1) })).toBe('keep');
  });

  test('is removed only where it can neither be kept nor merged, and there is no other way then', () => {
    const neither = { keepsNewer: false, mergesNewer: false };
    expect(noteOf(neither)).toBe(
      '3 newer messages in Harbour can’t be kept and will be removed. Undo brings them back.',
    );
    expect(withoutNewerWords({ ...loss, ...neither })).toBeNull();
  });

  test('is not mentioned where nothing was', () => {
    const newerEvents = loss.newerEvents.slice(1);
    expect([noteOf({ newerEvents }), withoutNewerWords({ ...loss, newerEvents })]).toEqual(['', null]);
  });

  test('waits for the next start of the chat app once the lost messages are back', () => {
    const waiting = { fromEvent: 22n, toEvent: 24n, events: loss.newerEvents };
    expect(storyText(waitingWords(waiting))).toBe(
      '3 newer messages in Harbour appear when your chat app starts next.',
    );
    expect(waitingWords(null)).toEqual([]);
  });
});
