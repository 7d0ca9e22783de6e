import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { RestorePlan } from '../../src/model/restore.ts';
import type { Related, Selection } from '../../src/model/selection.ts';
import { confirmationOf } from '../../words/confirmation.ts';
import { doneWords, heldAfter } from '../../words/done.ts';
import {
  alongTitle,
  type ChosenPart,
  chosenWords,
  guessedWords,
  hitsPart,
  MOST_CHOSEN,
  relatedChoices,
  relatedWords,
  stayingTitle,
} from '../../words/part.ts';
import { confirmWords, type Subject } from '../../words/plan.ts';
import { storyText } from '../../words/story.ts';
import { group, plan, receipt } from '../support/plan.ts';

// Before the formatters are made.
vi.hoisted(() => {
  process.env.TZ = 'Europe/Vienna';
});
const now = new Date('2026-11-23T14:00:00Z');
const [written] = plan.tables;

const chat = (name: string): ChosenPart => ({
  ...{ as: 'chat', name },
  selection: { by: 'chat', chat: 'c1', withGuessed: false },
});
const tables = (...names: readonly string[]): ChosenPart => ({
  ...{ as: 'tables', selection: { by: 'tables', tables: names } },
});
const rows = (as: 'rows' | 'message', table: string, ...ids: readonly bigint[]): ChosenPart => ({
  ...{ as, selection: { by: 'rows', rows: ids.map((id) => ({ table, key: [id] })) } },
});

function planOf(part: ChosenPart, change: Partial<RestorePlan> = {}): RestorePlan {
  return { ...plan, ...change, options: { ...plan.options, selection: part.selection } };
}

const subjectOf = (part: ChosenPart): Subject => ({ action: 'restore', snapshotId: plan.snapshot.id, part });

/** The words of a confirmation without its quotes, its button, and the heading of the receipt. */
function read(part: ChosenPart, change: Partial<RestorePlan>): readonly string[] {
  const planned = planOf(part, change);
  const { title, lines } = confirmationOf(subjectOf(part), planned, { now, rules: { nouns: [] } });
  return [
    storyText(title),
    ...lines.map(({ what }) => storyText(what)),
    confirmWords(subjectOf(part), planned),
    storyText(doneWords(subjectOf(part), planned)),
  ];
}

const inRows = (added: number, changed: number, removed: number): Partial<RestorePlan> => ({
  tables:
    written === undefined
      ? []
      : [{ ...written, name: 'memories', role: 'projected', added, changed, removed }],
});

describe('the question about a part', () => {
  test.each<[string, ChosenPart, Partial<RestorePlan>, readonly string[]]>([
    [
      'a chat with messages that come back',
      chat('Lighthouse'),
      { returningEvents: [group('Lighthouse', 20)] },
      [
        'Bring only Lighthouse back as it was at 14:32?',
        '20 messages come back',
        'Your other chats stay as they are',
        'You can undo this.',
        'Bring back 20 messages',
        '20 messages are back in Lighthouse; other chats are unchanged.',
      ],
    ],
    [
      'a chat with a newer message that goes',
      chat('Harbour'),
      { newerEvents: [group('Harbour', 1)], newerEventsLost: 1 },
      [
        'Bring only Harbour back as it was at 14:32?',
        '1 newer message in Harbour is removed',
        'Your other chats stay as they are',
        'You can undo this.',
        'Restore and remove 1 newer message',
        'Harbour is as it was then; other chats are unchanged.',
      ],
    ],
    [
      'one table',
      tables('memories'),
      inRows(11, 2, 1),
      [
        'Bring the table memories back as it was at 14:32?',
        '11 rows come back, 2 rows change',
        '1 row is removed',
        'Everything else stays as it is',
        'You can undo this.',
        'Restore 14 rows',
        '14 rows of memories are as they were then; everything else is unchanged.',
      ],
    ],
    [
      'several tables',
      tables('memories', 'scenes'),
      inRows(0, 1, 0),
      [
        'Bring 2 tables back as they were at 14:32?',
        '1 row changes',
        'Everything else stays as it is',
        'You can undo this.',
        'Restore 1 row',
        '1 row is as it was then; everything else is unchanged.',
      ],
    ],
    [
      'one row',
      rows('rows', 'memories', 7n),
      inRows(1, 0, 0),
      [
        'Bring 1 row of memories back as it was at 14:32?',
        '1 row comes back',
        'Everything else stays as it is',
        'You can undo this.',
        'Restore 1 row',
        '1 row is as it was then; everything else is unchanged.',
      ],
    ],
    [
      'a message',
      rows('message', 'event_log', 7n),
      { returningEvents: [group('Lighthouse', 1)] },
      [
        'Bring only this message back as it was at 14:32?',
        '1 message comes back',
        'Everything else stays as it is',
        'You can undo this.',
        'Bring back 1 message',
        '1 message is back in Lighthouse; everything else is unchanged.',
      ],
    ],
  ])('names %s, and that all else stays', (_, part, change, expected) => {
    expect(read(part, change)).toEqual(expected);
  });

  test('is read in 45 words, whatever the chat is called and holds', () => {
    const events = fc
      .tuple(fc.nat(2000), fc.nat(2000), fc.string({ maxLength: 300, unit: 'grapheme' }))
      .map(([spoken, hidden, text]) => {
        const mark = { id: 1n, ts: null, kind: 'message', speaker: null, text };
        return group('c1', spoken + 1, { spokenHidden: Math.min(hidden, spoken), first: mark, last: mark });
      });
    fc.assert(
      fc.property(
        fc.lorem({ maxCount: 20 }),
        fc.array(events, { maxLength: 1 }),
        events,
        (name, back, gone) => {
          const named = back.map((one) => ({ ...one, chatName: name }));
          const newerEvents = [{ ...gone, chatName: name }];
          const part = chat(name);
          const { title, lines } = confirmationOf(
            subjectOf(part),
            planOf(part, { returningEvents: named, newerEvents }),
            { now, rules: { nouns: [] } },
          );
          const texts = [
            storyText(title),
            ...lines.flatMap(({ what, quote }) => [storyText(what), quote ?? '']),
          ];
          expect(texts.join(' ').trim().split(/\s+/u).length).toBeLessThanOrEqual(45);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('tells what comes along, what stays, and what is a guess', () => {
    const because = { table: 'memories', key: [12n] };
    const bot = { table: 'bots', key: ['b1'], because };
    expect(alongTitle({ pulled: [bot] })).toBe('1 entry that is needed comes along');
    expect(alongTitle({ pulled: [bot, bot] })).toBe('2 entries that are needed come along');
    expect(stayingTitle({ staying: [bot], moreStaying: false })).toBe(
      '1 entry differs and stays as it is now',
    );
    expect(stayingTitle({ staying: [bot, bot], moreStaying: true })).toBe(
      'More than 2 entries differ and stay as they are now',
    );
    const rules = { nouns: [{ table: 'moods', one: 'mood', many: 'moods' }] };
    const guess = { table: 'moods', column: 'chat_id', rows: 2, taken: false };
    const { options } = plan;
    expect(guessedWords({ guessed: [guess], options }, rules)).toBe(
      '2 moods may belong to this chat, too. That is a guess: a column named chat_id suggests it, and nothing else.',
    );
    expect(guessedWords({ guessed: [], options }, rules)).toBeNull();
  });

  test('about single rows tells what comes along, in three sizes', () => {
    const title = (part: ChosenPart, related: Related) => {
      const planned = planOf(part);
      const selection = { ...part.selection, related } as Selection;
      return storyText(
        confirmationOf(
          subjectOf(part),
          { ...planned, options: { ...planned.options, selection } },
          { now, rules: { nouns: [] } },
        ).title,
      );
    };
    const message = rows('message', 'event_log', 7n);
    expect(title(message, 'children')).toBe(
      'Bring this message back as it was at 14:32, with what belonged to it?',
    );
    expect(title(rows('message', 'event_log', 7n, 8n), 'none')).toBe(
      'Bring only the selected messages back as they were at 14:32?',
    );
    expect(title(rows('rows', 'memories', 7n, 8n), 'operation')).toBe(
      'Bring 2 rows of memories back as they were at 14:32, with all that the rewind took?',
    );
    expect([0, 1, 3, MOST_CHOSEN + 1].map(chosenWords)).toEqual([
      'Nothing that you selected is lost.',
      '1 lost entry selected.',
      '3 lost entries selected.',
      'More than 10,000 lost entries are selected: bring back the whole chat instead.',
    ]);
    const choices = relatedChoices({
      as: 'message',
      selection: { by: 'rows', rows: [{ table: 'event_log', key: [7n] }] },
    });
    expect(Object.values(choices).map(({ what }) => what)).toEqual([
      ...['Only this message', 'With what belonged to it', 'With everything that the rewind took'],
    ]);
    const rules = { nouns: [{ table: 'moods', one: 'mood', many: 'moods' }] };
    expect(relatedWords({ related: [{ table: 'moods', rows: 2 }], tables: [] }, rules)).toBe(
      'Also coming back: 2 moods.',
    );
    expect(relatedWords({ related: [], tables: [] }, rules)).toBeNull();
  });

  test('leads to a state that is known as a part', () => {
    const part = chat('Lighthouse');
    expect(heldAfter(subjectOf(part), planOf(part), { ...receipt, isPart: true })).toMatchObject({
      state: 'restored',
      isPart: true,
    });
    expect(heldAfter({ action: 'restore', snapshotId: plan.snapshot.id }, plan, receipt)).not.toHaveProperty(
      'isPart',
    );
  });
});

test('hits are brought back as messages with what belonged to them, and with anything else among them as rows; each row once', () => {
  const event = { chat: null, chatName: null, speaker: null, ts: null, kind: null };
  const message = (id: bigint) => ({ table: 'event_log', key: [id], event });
  const memory = { table: 'memories', key: ['1'], event: null };
  expect(hitsPart([message(1n), message(2n), message(1n)])).toMatchObject({
    as: 'message',
    selection: { related: 'children', rows: [{ key: [1n] }, { key: [2n] }] },
  });
  expect(hitsPart([message(1n), memory, { ...memory, key: [1n] }])).toMatchObject({
    as: 'rows',
    selection: { rows: [{ table: 'event_log' }, { key: ['1'] }, { key: [1n] }] },
  });
});
