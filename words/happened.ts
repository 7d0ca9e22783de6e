import type { NewerEvents } from '../src/model/diff.ts';
import type { Happened, Loss, Way } from '../src/model/happened.ts';
import type { Rules } from '../src/model/rules.ts';
import { seenMessages } from './events.ts';
import { formatWhen } from './moments.ts';
import { sumOf } from './numbers.ts';
import { article, choose, count } from './plurals.ts';
import { chatsOf, sinceWords } from './since.ts';
import { back, enumerate, plain, type Story } from './story.ts';

/** What happened, in at most two sentences for a heading and one below it. */
export type HappenedWords = {
  readonly heading: readonly Story[];
  /** What else the reader has to know before choosing. */
  readonly note: Story;
};

/** Whether the chat app goes by the record of a rewind, only the person can see: it may have undone that rewind itself. */
export const IF_NOT_SHOWN =
  'If your chat app doesn’t show them, restoring this snapshot removes the record. If it does, nothing is lost.';

/** Answers “what happened?” in people's words. */
export function happenedWords(happened: Happened, rules: Rules, now: Date): HappenedWords {
  switch (happened.state) {
    case 'nothing':
      return {
        heading: [[plain('Nothing is missing.')]],
        note: [plain('No snapshot holds a message that your chats lack.')],
      };
    case 'unplaced':
      return unplacedWords(happened.way, now);
    case 'recorded':
      return {
        heading: [recordedWords(happened.way, now), [plain('All messages are still in the log.')]],
        note: [plain(IF_NOT_SHOWN), ...whenRestored(happened.way)],
      };
    case 'undone':
      return { heading: [undoneWords(happened)], note: [plain(undoneNote(happened, now))] };
    case 'several':
      return {
        heading: areRewoundAgain(happened)
          ? [rewoundSeveralTimes(happened.loss, now), hiddenWords(happened.loss, rules)]
          : lossWords(happened.loss, rules, now),
        note: sinceWords(happened.loss),
      };
    case 'staged':
      return {
        heading: [hiddenIn(happened.loss, rules)],
        note: [
          plain(
            'They are only hidden, and nothing was written since: your chat app may still be able to undo this itself.',
          ),
        ],
      };
    case 'rewound':
    case 'written-since':
      return { heading: lossWords(happened.loss, rules, now), note: sinceWords(happened.loss) };
  }
}

/** `Bring back 8 messages`: what undoing more rewinds than the last one gives. */
export function earlierWords(
  way: Way,
  rewinds: number,
  now: Date,
): { readonly what: string; readonly action: string } {
  const messages = sumOf(way.returningEvents, seenMessages);
  return {
    what: `Undo the last ${rewinds} rewinds, back to ${formatWhen(way.takenAt, now, 'bare')}`,
    action: `Bring back ${count(messages, 'message')}`,
  };
}

/** What the newest rewind took, and when. */
function lossWords(loss: Loss, rules: Rules, now: Date): readonly Story[] {
  const rewound = rewoundWords(loss, now);
  return rewound === null ? [hiddenIn(loss, rules)] : [rewound, hiddenWords(loss, rules)];
}

/** Whether an earlier rewind took more of each of these chats. Else the rewinds in a row were of different chats. */
function areRewoundAgain({ loss, earlier }: Extract<Happened, { readonly state: 'several' }>): boolean {
  const amountOf = ({ returningEvents }: Way, { chat }: NewerEvents) =>
    sumOf(
      returningEvents.filter((group) => group.chat === chat),
      ({ events, hidden }) => events - hidden,
    );
  return backGroups(loss).every((group) =>
    earlier.some((way) => amountOf(way, group) > amountOf(loss, group)),
  );
}

function rewoundWords(loss: Loss, now: Date): Story | null {
  if (loss.rewoundAt === null) return null;
  const where = chatsOf(backGroups(loss));
  return [plain('You rewound '), ...where, plain(` ${formatWhen(loss.rewoundAt, now)}.`)];
}

/** What snapshots show whose place in the log is not known: something may be missing that they do not show. */
function unplacedWords(way: Way | null, now: Date): HappenedWords {
  if (way === null)
    return {
      heading: [[plain('Snapback can’t tell whether anything is missing.')]],
      note: [
        plain(
          'It doesn’t know where your snapshots belong in the event log. Compare one with your chats to see what they lack.',
        ),
      ],
    };
  const { sum, noun } = amountBack(way);
  const missing = plain(` ${choose(sum, 'is', 'are')} missing.`);
  const holds = `The snapshot from ${formatWhen(way.takenAt, now, 'bare')} holds ${choose(sum, 'it', 'them')}.`;
  return {
    heading: [[back(count(sum, noun)), plain(' in '), ...chatsOf(backGroups(way)), missing]],
    note: [
      plain(
        `${holds} Snapback doesn’t know where this snapshot belongs in the event log: more may be missing, and it may not be possible to restore it.`,
      ),
    ],
  };
}

/** `A rewind of Lighthouse is on record, at 14:03.` */
function recordedWords({ newerEvents, rewoundAt }: Way, now: Date): Story {
  const rewound = newerEvents.filter(({ rewindRecords }) => rewindRecords > 0);
  const when = rewoundAt === null ? '' : `, ${formatWhen(rewoundAt, now)}`;
  return [plain('A rewind of '), ...chatsOf(rewound), plain(` is on record${when}.`)];
}

function rewoundSeveralTimes(loss: Loss, now: Date): Story {
  const last = loss.rewoundAt === null ? '' : `, last ${formatWhen(loss.rewoundAt, now)}`;
  return [plain('You rewound '), ...chatsOf(backGroups(loss)), plain(` several times${last}.`)];
}

/** `20 messages, 11 memories and a scene are hidden.` */
function hiddenWords(loss: Loss, rules: Rules): Story {
  const parts = hiddenParts(loss, rules);
  const { sum } = amountBack(loss);
  return [
    ...enumerate(parts),
    plain(parts.length > 1 ? ' are hidden.' : ` ${choose(sum, 'is', 'are')} hidden.`),
  ];
}

/** The same with the chat, where nobody knows that and when it was rewound. */
function hiddenIn(loss: Loss, rules: Rules): Story {
  const [first = [], ...others] = hiddenParts(loss, rules);
  const parts = [[...first, plain(' in '), ...chatsOf(backGroups(loss))], ...others];
  const { sum } = amountBack(loss);
  return [
    ...enumerate(parts),
    plain(parts.length > 1 ? ' are missing.' : ` ${choose(sum, 'is', 'are')} missing.`),
  ];
}

const MOST_NOUNS = 3;

function hiddenParts(loss: Loss, { nouns }: Rules): readonly Story[] {
  const { sum, noun } = amountBack(loss);
  const rows = nouns
    .map(({ table, one, many }) => ({
      rows: loss.tables.find(({ name, state }) => name === table && state === 'compared')?.added ?? 0,
      ...{ one, many },
    }))
    .filter((table) => table.rows > 0)
    .toSorted((a, b) => b.rows - a.rows)
    .slice(0, MOST_NOUNS)
    .map(({ rows, one, many }): Story => [back(rows === 1 ? article(one) : count(rows, one, many))]);
  return [[back(count(sum, noun))], ...rows];
}

/** What somebody who reads the chats would see again: messages, or events where there are none. */
function amountBack(way: Way): { readonly sum: number; readonly noun: string } {
  const messages = sumOf(way.returningEvents, seenMessages);
  if (messages > 0) return { sum: messages, noun: 'message' };
  return { sum: sumOf(way.returningEvents, ({ events, hidden }) => events - hidden), noun: 'event' };
}

function backGroups({ returningEvents }: Way): readonly NewerEvents[] {
  const talking = returningEvents.filter((group) => seenMessages(group) > 0);
  return talking.length > 0 ? talking : returningEvents.filter(({ events, hidden }) => events > hidden);
}

function whenRestored(way: Way): Story {
  const since = sinceWords(way);
  return since.length === 0 ? [] : [plain(' If you restore it, '), ...since];
}

function undoneWords({ undo }: Extract<Happened, { readonly state: 'undone' }>): Story {
  const regained = undo === null ? [] : regainedGroups(undo);
  const sum = sumOf(regained, ({ messages }) => messages);
  if (sum === 0) return [plain('Your chats are back as they were.')];
  return [
    back(count(sum, 'message')),
    plain(` ${choose(sum, 'is', 'are')} back in `),
    ...chatsOf(regained.map(({ group }) => group)),
    plain('.'),
  ];
}

/** The chats that got messages back by a restore, told from what taking it back would do. */
function regainedGroups({ returningEvents, newerEvents }: Pick<Way, 'returningEvents' | 'newerEvents'>) {
  const again = returningEvents.map((group) => ({ group, messages: group.spokenHidden }));
  const whole = newerEvents.map((group) => ({ group, messages: seenMessages(group) }));
  return [...again, ...whole].filter(({ messages }) => messages > 0);
}

function undoneNote({ holds }: Extract<Happened, { readonly state: 'undone' }>, now: Date): string {
  return `Restored to ${formatWhen(holds.snapshotTakenAt, now, 'bare')}. Nothing was lost since.`;
}
