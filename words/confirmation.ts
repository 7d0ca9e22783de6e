import type { EventMark, NewerEvents } from '../src/model/diff.ts';
import type { HeldState, RestorePlan } from '../src/model/restore.ts';
import { chatWords, seenMessages, writtenEvents } from './events.ts';
import { formatWhen } from './moments.ts';
import { notRestoredWords } from './not-restored.ts';
import { plannedRows, type Subject, type Verb, verbOf } from './plan.ts';
import { choose, count } from './plurals.ts';
import { type Piece, plain, type Story, storyText } from './story.ts';

/** One thing that happens, and the first and the last message that it happens to. */
export type ConfirmLine = {
  readonly key: 'back' | 'again' | 'gone' | 'kept' | 'mixed' | 'undo';
  readonly what: Story;
  readonly quote: string | null;
};

export type Confirmation = { readonly title: Story; readonly lines: readonly ConfirmLine[] };

/** So that it is read in ten seconds. */
const MOST_WORDS = 45;
/** Names are cut to so many words. Quotes are too, where longer ones would be too much. */
const NAME_WORDS = 3;
const QUOTE_WORDS = [9, 7, 5, 4];
const LETTERS_PER_WORD = 9;

/**
 * What a person reads before they confirm: what comes back, what is removed, and that it can be undone. At most 45 words
 * for any plan, except where some tables are of another moment.
 */
export function confirmationOf(subject: Subject, plan: RestorePlan, now: Date): Confirmation {
  for (const quoteWords of QUOTE_WORDS) {
    const confirmation = confirm(subject, plan, now, quoteWords);
    if (countWords(confirmation) <= MOST_WORDS) return confirmation;
  }
  return confirm(subject, plan, now, NAME_WORDS);
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

function confirm(subject: Subject, plan: RestorePlan, now: Date, quoteWords: number): Confirmation {
  const back = linesBack(plan, quoteWords);
  const again = sumOf(plan.returningEvents, (group) => group.spokenHidden);
  const gone = goneLine(plan, again > 0 ? 0 : quoteWords);
  const mix = notRestoredWords(plan);
  return {
    title: titleOf(subject, plan, now),
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
      ...(gone === null ? [] : [gone]),
      ...keptLines(plan),
      ...(mix === null ? [] : [line('mixed', [plain(mix)])]),
      line('undo', [plain('You can undo this.')]),
    ],
  };
}

function titleOf(subject: Subject, plan: RestorePlan, now: Date): Story {
  const when = formatWhen(plan.snapshot.takenAt, now);
  if (plan.options.mode === 'projections') return [plain(`Rebuild derived data as it was ${when}?`)];
  switch (verbOf(subject)) {
    case 'Undo':
      return [plain('Undo the restore?')];
    case 'Redo':
      return [plain('Restore again?')];
    case 'Restore': {
      const groups = talkingGroups(plan.returningEvents);
      const [only] = groups;
      if (only === undefined) return [plain(`Go back to how your chats were ${when}?`)];
      return groups.length > 1 || only.chat === null
        ? [plain(`Bring your chats back as they were ${when}?`)]
        : [plain('Bring '), nameOf(only), plain(` back as it was ${when}?`)];
    }
  }
}

function linesBack(plan: RestorePlan, quoteWords: number): readonly ConfirmLine[] {
  const groups = talkingGroups(plan.returningEvents);
  const messages = sumOf(groups, seenMessages);
  if (messages > 0)
    return [
      line(
        'back',
        [
          back(count(messages, 'message')),
          ...among(groups),
          plain(choose(messages, ' comes back', ' come back')),
        ],
        quoteOf(groups, messages, quoteWords),
      ),
    ];
  const written = plan.newerEvents.some((group) => writtenEvents(group) > 0);
  const hides = plan.returningEvents.some(({ spokenHidden }) => spokenHidden > 0);
  const rows = plannedRows(plan);
  if (rows === 0 || written || hides) return [];
  return [line('back', [changed(count(rows, 'detail')), plain(choose(rows, ' changes', ' change'))])];
}

/** Quotes nothing if it may have no words for that. */
function goneLine({ newerEvents }: RestorePlan, quoteWords: number): ConfirmLine | null {
  const written = newerEvents.filter((group) => writtenEvents(group) > 0);
  if (written.length === 0) return null;
  const talking = written.filter(({ spoken }) => spoken > 0);
  const groups = talking.length > 0 ? talking : written;
  const sum = talking.length > 0 ? sumOf(talking, ({ spoken }) => spoken) : sumOf(written, writtenEvents);
  const noun = talking.length > 0 ? 'newer message' : 'newer event';
  const [only] = groups;
  const where: Story =
    groups.length === 1 && only !== undefined && only.chat !== null
      ? [plain(' in '), nameOf(only)]
      : among(groups);
  return line(
    'gone',
    [gone(count(sum, noun)), ...where, plain(choose(sum, ' is removed', ' are removed'))],
    quoteWords === 0 ? null : quoteOf(groups, sum, quoteWords),
  );
}

/** What stays is not seen until the chat app has started. */
function keptLines({ replay }: RestorePlan): readonly ConfirmLine[] {
  const written = replay?.events.filter((group) => writtenEvents(group) > 0) ?? [];
  const messages = sumOf(written, ({ spoken }) => spoken);
  const events = sumOf(written, writtenEvents);
  if (events === 0) return [];
  const sum = messages > 0 ? messages : events;
  return [
    line('kept', [
      plain(count(sum, messages > 0 ? 'newer message' : 'newer event')),
      plain(choose(sum, ' stays', ' stay')),
      plain(` and ${choose(sum, 'appears', 'appear')} when your chat app starts next`),
    ]),
  ];
}

/** ` in 3 chats`; nothing for a single one, which the title names. */
function among(groups: readonly NewerEvents[]): Story {
  return groups.length > 1 ? [plain(` in ${count(groups.length, 'chat')}`)] : [];
}

function talkingGroups(groups: readonly NewerEvents[]): readonly NewerEvents[] {
  return groups
    .filter((group) => seenMessages(group) > 0)
    .toSorted((a, b) => seenMessages(b) - seenMessages(a));
}

/** `“Mind the ninth…” to “Then light it…”`, from the largest chat. Null where nothing was said. */
function quoteOf([largest]: readonly NewerEvents[], sum: number, words: number): string | null {
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

function nameOf(group: NewerEvents): Piece {
  return { text: clip(chatWords(group), NAME_WORDS), tone: 'name' };
}

/** The first words of a text, with “…” where more follow. */
function clip(text: string, most: number): string {
  const words = text.split(/\s+/u);
  const few = words.slice(0, most).join(' ');
  const longest = most * LETTERS_PER_WORD;
  const letters = [...few];
  if (letters.length > longest)
    return `${letters
      .slice(0, longest - 1)
      .join('')
      .trimEnd()}…`;
  return words.length > most ? `${few.replace(/[.,;:!?…—–-]+$/u, '')}…` : few;
}

/** What the database holds once the plan is applied. */
export function heldAfter(subject: Subject, { snapshot }: RestorePlan): HeldState {
  if (subject.action === 'restore')
    return { state: 'restored', snapshotId: snapshot.id, snapshotTakenAt: snapshot.takenAt };
  const { from } = subject;
  return from.state === 'unknown'
    ? from
    : { ...from, state: from.state === 'restored' ? 'undone' : 'restored' };
}

/** The heading of a receipt: what is there now. */
export function doneWords(subject: Subject, plan: RestorePlan): Story {
  const verb = verbOf(subject);
  const again = sumOf(plan.returningEvents, (group) => group.spokenHidden);
  if (verb === 'Undo' && again > 0)
    return [plain(`${DONE.Undo}. ${count(again, 'message')} ${choose(again, 'is', 'are')} hidden again.`)];
  const groups = talkingGroups(plan.returningEvents);
  const messages = sumOf(groups, seenMessages);
  if (verb === 'Undo' || messages === 0 || plan.options.mode === 'projections') return [plain(DONE[verb])];
  const [only] = groups;
  const isNamed = groups.length === 1 && only !== undefined && only.chat !== null;
  return [
    back(count(messages, 'message')),
    plain(choose(messages, ' is back', ' are back')),
    ...(isNamed ? [plain(' in '), nameOf(only)] : among(groups)),
    plain('.'),
  ];
}

/** The heading where it is not told in messages. */
export const DONE: { readonly [V in Verb]: string } = {
  Restore: 'Restored',
  Undo: 'The restore was undone',
  Redo: 'Restored again',
};

/** The last message that came back; null where none did. */
export function lastBack({ returningEvents }: RestorePlan): EventMark | null {
  const marks = talkingGroups(returningEvents).map(({ last }) => last);
  return marks.filter(({ text }) => text !== null).toSorted((a, b) => (a.id < b.id ? 1 : -1))[0] ?? null;
}

function line(key: ConfirmLine['key'], what: Story, said: string | null = null): ConfirmLine {
  return { key, what, quote: said };
}

function back(text: string): Piece {
  return { text, tone: 'back' };
}

function gone(text: string): Piece {
  return { text, tone: 'gone' };
}

function changed(text: string): Piece {
  return { text, tone: 'changed' };
}

function sumOf(groups: readonly NewerEvents[], sizeOf: (group: NewerEvents) => number): number {
  return groups.reduce((sum, group) => sum + sizeOf(group), 0);
}
