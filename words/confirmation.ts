import type { EventMark, NewerEvents } from '../src/model/diff.ts';
import type { RestorePlan } from '../src/model/restore.ts';
import { clip } from './clip.ts';
import { chatWords, seenMessages, writtenEvents } from './events.ts';
import { isMerged } from './merge.ts';
import { formatWhen } from './moments.ts';
import { keepRefusal, newerAmount } from './newer.ts';
import { notRestoredWords } from './not-restored.ts';
import { sumOf } from './numbers.ts';
import { type ChosenPart, partQuestion, restWords, rowsBack, rowsGone } from './part.ts';
import { ASKING, plannedRows, type Subject, verbOf } from './plan.ts';
import { choose, count } from './plurals.ts';
import { heldName, type Naming } from './restore-name.ts';
import { back, changed, gone, type Piece, plain, type Story, storyText } from './story.ts';

/** One thing that happens, and the first and the last message that it happens to. */
export type ConfirmLine = {
  readonly key: 'back' | 'again' | 'gone' | 'kept' | 'mixed' | 'undo';
  readonly what: Story;
  readonly quote: string | null;
};

export type Confirmation = { readonly title: Story; readonly lines: readonly ConfirmLine[] };

/** So that it is read in ten seconds. */
const MOST_WORDS = 45;
/** Names are cut to so many words. */
const NAME_WORDS = 3;
/** How many words a quote of what comes back and of what is removed may have, and whether chats are counted. */
type Room = { readonly back: number; readonly gone: number; readonly chats: boolean };
const ROOMS: readonly Room[] = [9, 7, 5, 4, NAME_WORDS].map((most) => ({
  back: most,
  gone: most,
  chats: true,
}));
const TIGHT_ROOMS: readonly Room[] = [
  { back: NAME_WORDS, gone: 0, chats: true },
  { back: 0, gone: 0, chats: true },
];
const LEAST_ROOM: Room = { back: 0, gone: 0, chats: false };

/**
 * What a person reads before they confirm: what comes back, what stays, what is removed, and that it can be undone. At most 45 words
 * for any plan, except where some tables are of another moment.
 */
export function confirmationOf(subject: Subject, plan: RestorePlan, naming: Naming): Confirmation {
  for (const room of [...ROOMS, ...TIGHT_ROOMS]) {
    const confirmation = confirm({ subject, plan, room }, naming);
    if (countWords(confirmation) <= MOST_WORDS) return confirmation;
  }
  return confirm({ subject, plan, room: LEAST_ROOM }, naming);
}

/** The lines as text for a screen reader. */
export function spokenWords({ lines }: Confirmation): string {
  return lines
    .map(({ what, quote }) => `${[storyText(what), quote].filter((part) => part !== null).join(': ')}.`)
    .join(' ')
    .replaceAll('..', '.');
}

function countWords({ title, lines }: Confirmation): number {
  const texts = [storyText(title), ...lines.flatMap(({ what, quote }) => [storyText(what), quote ?? ''])];
  return texts.join(' ').trim().split(/\s+/u).length;
}

type Asked = { readonly subject: Subject; readonly plan: RestorePlan; readonly room: Room };

function confirm({ subject, plan, room }: Asked, naming: Naming): Confirmation {
  const part = partOf(subject);
  const back = linesBack({ subject, plan, room });
  const again = sumOf(plan.returningEvents, (group) => group.spokenHidden);
  // Where newer events cannot be kept, nothing happens to them before a person has chosen.
  const isOpen = keepRefusal(plan) !== null;
  const gone = isOpen ? null : goneLine({ subject, plan, room: again > 0 ? { ...room, gone: 0 } : room });
  const mix = notRestoredWords(plan);
  return {
    title: titleOf(subject, plan, naming),
    lines: [
      ...back,
      ...(again === 0
        ? []
        : [
            line('again', [
              changed(count(again, 'message')),
              plain(` ${choose(again, 'is', 'are')} hidden again`),
            ]),
          ]),
      ...(isOpen ? [] : keptLines(plan)),
      ...(gone === null ? [] : [gone]),
      ...(mix === null ? [] : [line('mixed', [plain(mix)])]),
      ...(part === null ? [] : [line('kept', [plain(restWords(part))])]),
      line('undo', [plain('You can undo this.')]),
    ],
  };
}

function titleOf(subject: Subject, plan: RestorePlan, naming: Naming): Story {
  if (plan.options.merge !== undefined) return mergeQuestion(plan);
  const when = formatWhen(plan.snapshot.takenAt, naming.now);
  if (plan.options.mode === 'projections') return [plain(`Rebuild derived data as it was ${when}?`)];
  switch (verbOf(subject)) {
    case 'Undo':
    case 'Redo':
      return askingStory(subject, naming);
    case 'Restore': {
      const part = partOf(subject);
      if (part !== null) return partQuestion(part, plan, when);
      const groups = talkingGroups(plan.returningEvents);
      const [only] = groups;
      if (only === undefined) return [plain(`Go back to how your chats were ${when}?`)];
      return groups.length > 1 || only.chat === null
        ? [plain(`Bring your chats back as they were ${when}?`)]
        : [plain('Bring '), nameOf(only), plain(` back as it was ${when}?`)];
    }
  }
}

/** Of a merge: the moment matters less than that nothing is lost on either side. */
function mergeQuestion({ returningEvents }: RestorePlan): Story {
  const groups = talkingGroups(returningEvents);
  const [only] = groups;
  const what =
    groups.length === 1 && only !== undefined && only.chat !== null ? nameOf(only) : plain('what was lost');
  return [plain('Bring '), what, plain(' back and keep what was written since?')];
}

/** The question while the plan is not known yet. It names what is taken back or made again, where that is known. */
export function askingStory(subject: Subject, naming: Naming): Story {
  const verb = verbOf(subject);
  const name = subject.action === 'undo' ? (subject.step?.name ?? heldName(subject.from, naming)) : null;
  return name === null ? [plain(ASKING[verb])] : [plain(`${verb} “`), ...name, plain('”?')];
}

/** The part that is brought back; null: all is, or this is no restore. */
export function partOf(subject: Subject): ChosenPart | null {
  return subject.action === 'restore' ? (subject.part ?? null) : null;
}

/** Whether it is told in rows: a person chose rows or tables, and no message comes back with them. */
function isToldInRows({ subject, plan }: Pick<Asked, 'subject' | 'plan'>): boolean {
  const part = partOf(subject);
  const events = [...plan.returningEvents, ...plan.newerEvents];
  return (part?.as === 'tables' || part?.as === 'rows') && events.every(({ spoken }) => spoken === 0);
}

function linesBack({ subject, plan, room }: Asked): readonly ConfirmLine[] {
  if (isToldInRows({ subject, plan })) return storyLine('back', rowsBack(plan));
  const groups = talkingGroups(plan.returningEvents);
  const messages = sumOf(groups, seenMessages);
  if (messages > 0)
    return [
      line(
        'back',
        [
          back(count(messages, 'message')),
          ...(room.chats ? among(groups) : []),
          plain(choose(messages, ' comes back', ' come back')),
        ],
        quoteOf(groups, messages, room.back),
      ),
    ];
  const written = plan.newerEvents.some((group) => writtenEvents(group) > 0);
  const hides = plan.returningEvents.some(({ spokenHidden }) => spokenHidden > 0);
  const rows = plannedRows(plan);
  if (rows === 0 || written || hides) return [];
  if (plan.options.mode === 'full' && plan.newerEvents.some(({ rewindRecords }) => rewindRecords > 0))
    return [line('back', [plain('The record of the rewind is removed, so that it no longer counts')])];
  return [line('back', [changed(count(rows, 'detail')), plain(choose(rows, ' changes', ' change'))])];
}

function goneLine({ subject, plan, room }: Asked): ConfirmLine | null {
  if (isToldInRows({ subject, plan })) return storyLine('gone', rowsGone(plan))[0] ?? null;
  const { sum, noun, groups } = newerAmount(plan.newerEvents);
  if (sum === 0) return null;
  const [only] = groups;
  const isNamed = groups.length === 1 && only !== undefined && only.chat !== null;
  const where = isNamed ? [plain(' in '), nameOf(only)] : among(groups);
  return line(
    'gone',
    [gone(count(sum, noun)), ...(room.chats ? where : []), plain(choose(sum, ' is removed', ' are removed'))],
    quoteOf(groups, sum, room.gone),
  );
}

/** What stays, which is not seen until the chat app has started; in a merge it is, and what is to be chosen is told. */
function keptLines(plan: RestorePlan): readonly ConfirmLine[] {
  const { replay, options, conflictCount: rows, conflictsOpen: open } = plan;
  if (options.merge !== undefined && isMerged(plan))
    return [
      line('kept', [plain('What was written since stays')]),
      ...(rows === 0
        ? []
        : [
            line('mixed', [
              changed(count(rows, 'entry', 'entries')),
              plain(
                open === 0
                  ? ` ${choose(rows, 'becomes', 'become')} what you chose`
                  : ': you choose what stays',
              ),
            ]),
          ]),
    ];
  const { sum, noun } = newerAmount(replay?.events ?? []);
  if (sum === 0) return [];
  const [stays, appears] = [choose(sum, ' stays', ' stay'), choose(sum, 'appears', 'appear')];
  return [line('kept', [plain(`${count(sum, noun)}${stays} and ${appears} when your chat app starts next`)])];
}

/** ` in 3 chats`; nothing for a single one, which the title names. */
export function among(groups: readonly NewerEvents[]): Story {
  return groups.length > 1 ? [plain(` in ${count(groups.length, 'chat')}`)] : [];
}

/** The groups in which messages are seen, first the one with most of them. */
export function talkingGroups(groups: readonly NewerEvents[]): readonly NewerEvents[] {
  return groups
    .filter((group) => seenMessages(group) > 0)
    .toSorted((a, b) => seenMessages(b) - seenMessages(a));
}

/** `“Mind the ninth…” to “Then light it…”`, from the largest chat. Null where nothing was said or may be quoted. */
function quoteOf([largest]: readonly NewerEvents[], sum: number, words: number): string | null {
  if (words === 0) return null;
  const [first, last] =
    largest === undefined ? [null, null] : [largest.first, largest.last].map((mark) => quote(mark, words));
  if (first == null) return null;
  return sum === 1 || last == null || last === first ? first : `${first} to ${last}`;
}

function quote({ text }: EventMark, words: number): string | null {
  if (text === null) return null;
  const bare = text.replaceAll(/[“”"«»„]/g, '').trim();
  return bare === '' ? null : `“\u2068${clip(bare, words)}\u2069”`;
}

/** The name of a group’s chat, cut to a few words. */
export function nameOf(group: NewerEvents): Piece {
  return { text: clip(chatWords(group), NAME_WORDS), tone: 'name' };
}

function storyLine(key: ConfirmLine['key'], what: Story): readonly ConfirmLine[] {
  return what.length === 0 ? [] : [line(key, what)];
}

function line(key: ConfirmLine['key'], what: Story, said: string | null = null): ConfirmLine {
  return { key, what, quote: said };
}
