import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { NewerEvents } from '../../src/model/diff.ts';
import type { RestorePlan } from '../../src/model/restore.ts';
import { confirmationOf } from '../../words/confirmation.ts';
import { doneWords, heldAfter, lastBack } from '../../words/done.ts';
import type { Subject } from '../../words/plan.ts';
import { storyText } from '../../words/story.ts';
import { group, plan, receipt } from '../support/plan.ts';

// Before the formatters are made.
vi.hoisted(() => {
  process.env.TZ = 'Europe/Vienna';
});
const now = new Date('2026-11-23T14:00:00Z');
const restore: Subject = { action: 'restore', snapshotId: plan.snapshot.id };
const from = { snapshotId: plan.snapshot.id, snapshotTakenAt: plan.snapshot.takenAt };
const undo: Subject = { action: 'undo', from: { ...from, state: 'restored' } };
const redo: Subject = { action: 'undo', from: { ...from, state: 'undone' } };

function mark(id: bigint, text: string | null) {
  return { id, ts: null, kind: 'message', speaker: 'Mara', text };
}

const lost = group('Lighthouse', 37, {
  spoken: 20,
  first: mark(1n, 'Mind the ninth step. My father never mended it.'),
  last: mark(20n, '“Then light it again tomorrow.”'),
});
const written = group('Harbour', 3, {
  first: mark(21n, 'We should leave before the tide turns.'),
  last: mark(23n, 'Five it is. Good night.'),
});

/** The words of a confirmation, as they are read: the question, then each line with its quote. */
function read(subject: Subject, change: Partial<RestorePlan>): readonly string[] {
  const { title, lines } = confirmationOf(subject, { ...plan, ...change }, { now, rules: { nouns: [] } });
  return [
    storyText(title),
    ...lines.flatMap(({ what, quote }) => [storyText(what), ...(quote === null ? [] : [quote])]),
  ].map((text) => text.replaceAll(/[\u2068\u2069]/g, ''));
}

describe('a confirmation', () => {
  test.each<[string, Subject, Partial<RestorePlan>, readonly string[]]>([
    [
      'says what comes back before what is removed, with the first and the last message of each',
      restore,
      { returningEvents: [lost], newerEvents: [written], newerEventsLost: 3 },
      [
        'Bring Lighthouse back as it was at 14:32?',
        '20 messages come back',
        '“Mind the ninth step. My…” to “Then light it again tomorrow.”',
        '3 newer messages in Harbour are removed',
        '“We should leave before the…” to “Five it is. Good night.”',
        'You can undo this.',
      ],
    ],
    [
      'says what stays before what is removed, and when it is seen again',
      restore,
      {
        returningEvents: [lost],
        newerEvents: [group('Orchard', 1)],
        replay: { fromEvent: 22n, toEvent: 24n, events: [written] },
      },
      [
        'Bring Lighthouse back as it was at 14:32?',
        '20 messages come back',
        '“Mind the ninth step…” to “Then light it again…”',
        '3 newer messages stay and appear when your chat app starts next',
        '1 newer message in Orchard is removed',
        '“Hello.”',
        'You can undo this.',
      ],
    ],
    [
      'of a redo says what stays, too',
      redo,
      { returningEvents: [lost], replay: { fromEvent: 22n, toEvent: 22n, events: [group('Harbour', 1)] } },
      [
        'Redo “Restore to today 14:32”?',
        '20 messages come back',
        '“Mind the ninth step. My father never mended it.” to “Then light it again tomorrow.”',
        '1 newer message stays and appears when your chat app starts next',
        'You can undo this.',
      ],
    ],
    [
      'leaves open what happens to newer messages that cannot be kept',
      restore,
      {
        returningEvents: [lost],
        newerEvents: [written],
        newerEventsLost: 3,
        refusals: [{ code: 'newer-not-kept', message: '', detail: { why: 'no-gaps' } }],
      },
      [
        'Bring Lighthouse back as it was at 14:32?',
        '20 messages come back',
        '“Mind the ninth step. My father never mended it.” to “Then light it again tomorrow.”',
        'You can undo this.',
      ],
    ],
    [
      'folds losses in many chats into one line',
      restore,
      {
        returningEvents: [lost, group('Orchard', 2)],
        newerEvents: ['A', 'B', 'C', 'D'].map((chat) => group(chat, 10)),
      },
      [
        'Bring your chats back as they were at 14:32?',
        '22 messages in 2 chats come back',
        '“Mind the ninth step. My father never mended it.” to “Then light it again tomorrow.”',
        '40 newer messages in 4 chats are removed',
        '“Hello.”',
        'You can undo this.',
      ],
    ],
    [
      'does not call the record of a rewind a loss',
      restore,
      { returningEvents: [lost], newerEvents: [group('Lighthouse', 1, { rewindRecords: 1, spoken: 0 })] },
      [
        'Bring Lighthouse back as it was at 14:32?',
        '20 messages come back',
        '“Mind the ninth step. My father never mended it.” to “Then light it again tomorrow.”',
        'You can undo this.',
      ],
    ],
    [
      'names the record of a rewind where nothing else is removed or comes back',
      restore,
      {
        returningEvents: [],
        newerEvents: [group('Lighthouse', 1, { rewindRecords: 1, spoken: 0 })],
      },
      [
        'Go back to how your chats were at 14:32?',
        'The record of the rewind is removed, so that it no longer counts',
        'You can undo this.',
      ],
    ],
    [
      'of an undo says what is hidden again',
      undo,
      { returningEvents: [{ ...lost, hidden: 37, spokenHidden: 20 }] },
      ['Undo “Restore to today 14:32”?', '20 messages are hidden again', 'You can undo this.'],
    ],
    [
      'names the restore that is taken back, where a person has chosen it',
      { ...undo, step: { of: 'restore/a', name: [{ text: 'Brought back Lighthouse', tone: 'plain' }] } },
      { returningEvents: [group('Lighthouse', 20, { spoken: 20, spokenHidden: 20, hidden: 20 })] },
      ['Undo “Brought back Lighthouse”?', '20 messages are hidden again', 'You can undo this.'],
    ],
    [
      'counts details where no message is affected',
      restore,
      {},
      ['Go back to how your chats were at 14:32?', '40 details change', 'You can undo this.'],
    ],
    [
      'warns where some tables stay as they are',
      restore,
      { returningEvents: [lost], notRestored: [{ name: 'drafts', rows: 2, choice: true }] },
      [
        'Bring Lighthouse back as it was at 14:32?',
        '20 messages come back',
        '“Mind the ninth step. My father never mended it.” to “Then light it again tomorrow.”',
        'Not everything is from that moment: drafts (2 entries) stays as it is now.',
        'You can undo this.',
      ],
    ],
  ])('%s', (_, subject, change, words) => {
    expect(read(subject, change)).toEqual(words);
  });

  test('of a merge says what comes back, that what is newer stays, and what is to be chosen', () => {
    const merge = { baseId: null, choices: { all: null, tables: [] } };
    const merging = { returningEvents: [lost], options: { ...plan.options, merge }, conflictCount: 7 };
    const told = [
      'Bring Lighthouse back and keep what was written since?',
      '20 messages come back',
      expect.stringMatching(/^“Mind the/),
      'What was written since stays',
    ];
    expect(read(restore, { ...merging, conflictsOpen: 7 })).toEqual([
      ...told,
      '7 entries: you choose what stays',
      'You can undo this.',
    ]);
    expect(read(restore, merging)).toEqual([
      ...told,
      '7 entries become what you chose',
      'You can undo this.',
    ]);
    expect(read(restore, { ...merging, conflictCount: 0 })).toEqual([...told, 'You can undo this.']);
  });

  test('has at most 45 words, whatever names, texts and numbers there are', () => {
    const texts = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'grapheme', maxLength: 90 }),
      fc.lorem({ maxCount: 30 }),
      fc.constant('a b c d e f g h i j k l m n o p q r s t u v w x y z '.repeat(3)),
    );
    const groups: fc.Arbitrary<NewerEvents> = fc
      .record({
        chat: fc.oneof(fc.constant(null), fc.lorem({ maxCount: 20 })),
        spoken: fc.nat({ max: 2_000_000 }),
        hidden: fc.nat({ max: 100 }),
        rewindRecords: fc.nat({ max: 3 }),
        first: texts,
        last: texts,
      })
      .map(({ chat, spoken, hidden, rewindRecords, first, last }) =>
        group(chat, spoken + rewindRecords + 2, {
          spoken,
          rewindRecords,
          hidden: Math.min(spoken, hidden),
          spokenHidden: Math.min(spoken, hidden),
          first: mark(1n, first),
          last: mark(2n, last),
        }),
      );
    fc.assert(
      fc.property(
        fc.constantFrom(restore, undo, redo),
        fc.array(groups, { maxLength: 4 }),
        fc.array(groups, { maxLength: 12 }),
        fc.array(groups, { maxLength: 12 }),
        fc.date({ min: new Date('2020-01-01'), max: new Date('2026-11-23'), noInvalidDate: true }),
        (subject, returningEvents, newerEvents, keptEvents, takenAt) => {
          const snapshot = { ...plan.snapshot, takenAt: takenAt.toISOString() };
          const replay = { fromEvent: 10n, toEvent: 12n, events: keptEvents };
          const words = read(subject, { returningEvents, newerEvents, replay, snapshot })
            .join(' ')
            .trim()
            .split(/\s+/u);
          expect(words.length, words.join(' ')).toBeLessThanOrEqual(45);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('a receipt', () => {
  test.each<[string, Subject, Partial<RestorePlan>, string]>([
    [
      'of a restore names the chat that is back',
      restore,
      { returningEvents: [lost] },
      '20 messages are back in Lighthouse.',
    ],
    [
      'of several chats counts them',
      restore,
      { returningEvents: [lost, group('Orchard', 1)] },
      '21 messages are back in 2 chats.',
    ],
    [
      'of a redo says what is there, not what was done',
      redo,
      { returningEvents: [lost] },
      '20 messages are back in Lighthouse.',
    ],
    [
      'of an undo says what is hidden again',
      undo,
      { returningEvents: [{ ...lost, hidden: 37, spokenHidden: 20 }, group('Harbour', 3)] },
      'The restore was undone. 20 messages are hidden again.',
    ],
    ['without messages says that it was restored', restore, {}, 'Restored'],
  ])('%s', (_, subject, change, words) => {
    expect(storyText(doneWords(subject, { ...plan, ...change }))).toBe(words);
  });

  test('offers to take back what was done, and then that again', () => {
    const made = { mode: 'full', returned: null, keptNewer: false, part: null };
    const restored = heldAfter(restore, plan, receipt);
    expect(restored).toEqual({ state: 'restored', ...from, made });
    const undone = heldAfter({ action: 'undo', from: restored }, plan, receipt);
    expect(undone).toEqual({ state: 'undone', ...from, made });
    expect(heldAfter({ action: 'undo', from: undone }, plan, receipt)).toEqual(restored);
  });

  test('shows the last message that came back', () => {
    expect(lastBack({ ...plan, returningEvents: [group('Orchard', 2), lost] })?.id).toBe(20n);
    expect(lastBack(plan)).toBeNull();
  });
});
