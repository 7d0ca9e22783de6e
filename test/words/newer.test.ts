import { describe, expect, test } from 'vitest';
import type { RestorePlan } from '../../src/model/restore.ts';
import {
  keepRefusal,
  newerChoice,
  notKeptWords,
  referringLines,
  startOnceWords,
  stayWords,
} from '../../words/newer.ts';
import { blockedWords } from '../../words/plan.ts';
import { group, plan } from '../support/plan.ts';

const events = [group('Harbour', 3), group('Lighthouse', 1, { rewindRecords: 1, spoken: 0 })];
const replay = { fromEvent: 22n, toEvent: 25n, events };
const keeping = { ...plan, options: { ...plan.options, keepNewer: true }, replay };
const refuse = (why: string): RestorePlan => ({
  ...keeping,
  replay: null,
  newerEvents: events,
  newerEventsLost: 3,
  refusals: [{ code: 'newer-not-kept', message: '', detail: { why } }],
});

describe('what was written since', () => {
  test('is counted the same whether it is kept, removed, or cannot be kept', () => {
    const choice = {
      keep: {
        what: 'Keep 3 newer messages',
        after: 'Your chat app shows them again when it starts next.',
      },
      both: {
        what: 'Show me both',
        after: 'You choose where the two differ. Nothing waits for your chat app.',
      },
      remove: { what: 'Remove 3 newer messages', after: 'Undo brings them back.' },
    };
    expect(newerChoice(keeping)).toEqual(choice);
    expect(newerChoice({ ...plan, newerEvents: events })).toEqual(choice);
    expect(newerChoice(refuse('no-gaps'))).toEqual(choice);
  });

  test('is counted without what was left out, as far as it is kept', () => {
    const keepOf = (one: RestorePlan) =>
      newerChoice({ ...one, options: { ...one.options, leaveOut: [23n] } })?.keep;
    const without = (left: number) => {
      const newerEvents = [group('Harbour', left)];
      return keepOf({
        ...keeping,
        ...{ newerEvents, replay: { ...replay, events: [group('Harbour', 3 - left)] } },
      });
    };
    const after = 'Your chat app shows them again when it starts next.';
    expect(without(1)).toEqual({ what: 'Keep 2 newer messages', after });
    expect(without(2)).toEqual({ what: 'Keep 1 newer message', after: after.replace('them', 'it') });
    expect(keepOf({ ...keeping, replay: null, newerEvents: events })).toEqual({
      what: 'Keep none',
      after: 'Undo brings them back.',
    });
    expect(keepOf(refuse('replaced-by-left-out'))).toEqual({ what: 'Keep 3 newer messages', after });
  });

  test.each<[string, Partial<RestorePlan>]>([
    ['an undo, which brings back what was', { action: 'undo' }],
    ['a restore of the tables only', { options: { ...plan.options, mode: 'projections' } }],
    [
      'a restore after which nothing was written but the record of a rewind',
      { newerEvents: [events[1] ?? group(null, 0)] },
    ],
  ])('leaves no choice in %s', (_, change) => {
    expect(newerChoice({ ...plan, newerEvents: events, ...change })).toBeNull();
  });

  test.each([
    ['several-rewinds', 'your chats were rewound more than once since this snapshot.'],
    ['other-timeline', 'they have taken the place of lost ones, or older ones have changed since.'],
    ['no-replay', 'this chat app does not apply them again when it starts.'],
    ['no-gaps', 'this chat app does not allow a gap before them.'],
    ['place-taken', 'they have taken the place of lost ones.'],
    ['no-places', 'the log lacks columns that the profile names.'],
    ['wrong-end', 'this snapshot does not say exactly where it ends.'],
  ])('that cannot be kept says so in one sentence: %s', (why, reason) => {
    const refused = refuse(why);
    const refusal = keepRefusal(refused);
    expect(refusal && notKeptWords(refusal)).toBe(`What was written since can’t be kept: ${reason}`);
    expect(blockedWords(refused, { state: 'no' }, false)).toBe(
      'First choose what happens to what was written since.',
    );
  });

  test('that waits for the chat app says so', () => {
    expect(stayWords(replay)).toBe('3 newer messages stay; start your chat app once to see them.');
    expect(stayWords({ ...replay, events: [group('Harbour', 1)] })).toBe(
      '1 newer message stays; start your chat app once to see it.',
    );
    expect(startOnceWords(replay)).toBe('Start your chat app once to see 3 newer messages.');
    expect([stayWords(null), startOnceWords(null)]).toEqual([null, null]);
  });
});

test('an event that stays is named with the one that it may refer to', () => {
  expect(referringLines({ referring: [{ event: 1016n, to: 14n }] })).toEqual([
    'Event 1016 stays, and may refer to event 14, which is left out.',
  ]);
});
