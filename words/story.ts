import type { Diff, NewerEvents, TableDiff } from '../src/model/diff.ts';
import type { Rules } from '../src/model/rules.ts';
import { chatName, chatWords, countWritten, seenMessages, writtenEvents } from './events.ts';
import { sumOf } from './numbers.ts';
import { count } from './plurals.ts';
import { joinParts } from './sentences.ts';
import { countRows } from './tables.ts';

/** A piece of a sentence. `back` is shown in green, `gone` in red and `changed` in amber; `name` is a chat's name. */
export type Piece = {
  readonly text: string;
  readonly tone: 'plain' | 'back' | 'gone' | 'changed' | 'name';
  /** The whole name, where `text` is shortened. */
  readonly whole?: string;
};
export type Story = readonly Piece[];

export type Told = Pick<Diff, 'tables' | 'newerEvents' | 'returningEvents'>;

const MOST_NAMED = 3;

const toned =
  (tone: Piece['tone']) =>
  (text: string): Piece => ({ text, tone });
export const plain = toned('plain');
export const back = toned('back');
export const gone = toned('gone');
export const changed = toned('changed');

/** The name of a chat, shortened if it is long. */
export function chatPiece(group: Pick<NewerEvents, 'chat' | 'chatName'>): Piece {
  const [text, whole] = [chatWords(group), chatName(group)];
  return text === whole ? { text, tone: 'name' } : { text, tone: 'name', whole };
}

/** The names of the first few chats, and how many others there are. */
export function chatsPieces(
  groups: readonly Pick<NewerEvents, 'chat' | 'chatName'>[],
  most?: number,
): readonly Story[] {
  return nameSome(
    groups,
    (group) => [chatPiece(group)],
    (rest) => [plain(count(rest.length, 'other chat'))],
    most,
  );
}

/** What a restore would bring back, hide, change and remove, each as an enumeration. Empty when there is nothing. */
export type Clauses = {
  readonly back: Story;
  /** Messages that are hidden or superseded in the snapshot: restoring it hides them again. */
  readonly again: Story;
  readonly changed: Story;
  readonly gone: Story;
};

export function tellClauses(told: Told, rules: Rules): Clauses {
  const returning = told.returningEvents;
  const back = enumerate([
    ...eventParts(returning, 'back', seenMessages, seenEvents),
    ...rowParts(told, 'added', 'back', rules),
  ]);
  const again = enumerate(
    eventParts(
      returning,
      'changed',
      (group) => group.spokenHidden,
      (group) => group.hidden,
    ),
  );
  const gone = enumerate([...newerParts(told), ...rowParts(told, 'removed', 'gone', rules)]);
  return { back, again, changed: changedParts(told, [...back, ...again, ...gone].length > 0), gone };
}

/** What restoring would do, in one sentence. */
export function tellRestore(told: Told, rules: Rules): Story {
  const { back, again, changed, gone } = tellClauses(told, rules);
  const clauses: readonly Story[] = [
    [plain('brings back '), ...back],
    [plain('hides again '), ...again],
    [plain('changes '), ...changed],
    [plain('removes '), ...gone],
  ].filter((clause) => clause.length > 1);
  if (clauses.length === 0)
    return [
      plain(
        told.tables.some(isNotComparable)
          ? 'Identical to now, as far as it can be compared. What can’t be compared is listed below.'
          : 'Identical to now.',
      ),
    ];
  return [
    plain('Restoring '),
    ...clauses.flatMap((clause, at) => [
      ...(at === 0 ? [] : [plain(at === clauses.length - 1 ? ', and ' : ', ')]),
      ...clause,
    ]),
    plain('.'),
  ];
}

/**
 * Says that the record of a rewind is removed as well. That is no loss: with the record, the host would rewind again.
 * Null: there is none.
 */
export function recordWords({ newerEvents }: Pick<Told, 'newerEvents'>): string | null {
  const records = sumOf(newerEvents, (group) => group.rewindRecords);
  if (records === 0) return null;
  return records === 1
    ? 'The log’s record of the rewind is removed too, so that it stays undone.'
    : `The log’s records of ${count(records, 'rewind')} are removed too, so that they stay undone.`;
}

/** The number of changed rows. Changes to the log are told as messages, so they count here only if nothing else is told. */
function changedParts(told: Told, hasOthers: boolean): Story {
  const changed = sumRows(projected(told), 'changed');
  const log = told.tables.filter(isLog);
  const unsaid = hasOthers ? 0 : sumRows(log, 'changed') + sumRows(log, 'added') + sumRows(log, 'removed');
  if (changed + unsaid === 0) return [];
  return [{ text: count(changed + unsaid, hasOthers ? 'other detail' : 'detail'), tone: 'changed' }];
}

/** The newer messages and events per chat. If no event names a chat, chats are not mentioned. */
function newerParts({ newerEvents }: Told): readonly Story[] {
  const written = newerEvents
    .filter((group) => writtenEvents(group) > 0)
    .toSorted((a, b) => b.spoken - a.spoken || writtenEvents(b) - writtenEvents(a));
  const chatless = written.every((group) => group.chat === null);
  return nameSome(
    written,
    (group) => {
      const events: Piece = { text: countWritten([group]), tone: 'gone' };
      if (group.chat !== null) return [events, ...inChat(group)];
      return chatless ? [events] : [events, plain(' in no chat')];
    },
    (rest) => [{ text: `${countWritten(rest)} in ${count(rest.length, 'other chat')}`, tone: 'gone' }],
  );
}

function inChat(group: NewerEvents): Story {
  return group.chat === null ? [] : [plain(' in '), chatPiece(group)];
}

/** How many events become visible again. The record of a rewind that hides others does not count. */
function seenEvents({ events, hidden, rewindRecords }: NewerEvents): number {
  return Math.max(0, events - hidden - (hidden > 0 ? rewindRecords : 0));
}

type SizeOf = (group: NewerEvents) => number;

/** The chats with messages, counted in messages. Events are counted only if no chat has messages. */
function eventParts(
  groups: readonly NewerEvents[],
  tone: 'back' | 'changed',
  messagesOf: SizeOf,
  eventsOf: SizeOf,
): readonly Story[] {
  const talking = groups.filter((group) => messagesOf(group) > 0);
  const mute = talking.length > 0 ? [] : groups.filter((group) => eventsOf(group) > 0);
  const [told, sizeOf, noun] =
    talking.length > 0 ? [talking, messagesOf, 'message'] : [mute, eventsOf, 'event'];
  return nameSome(
    told.toSorted((a, b) => sizeOf(b) - sizeOf(a)),
    (group) => [{ text: count(sizeOf(group), noun), tone }, ...inChat(group)],
    (rest) => {
      const sum = sumOf(rest, (group) => sizeOf(group));
      return [{ text: `${count(sum, noun)} in ${count(rest.length, 'other chat')}`, tone }];
    },
  );
}

/**
 * The same tables, for the figures next to the sentence. An event of the log that becomes visible again counts as added,
 * whether its row was missing or only hidden.
 */
export function tellTables({ tables, returningEvents }: Told): readonly TableDiff[] {
  const seen = sumOf(returningEvents, (group) => seenEvents(group));
  return tables.map((table) => {
    if (!isLog(table)) return table;
    const both = table.added + table.changed;
    const added = Math.min(both, seen);
    return { ...table, added, changed: both - added };
  });
}

/** Whether restoring would change anything, or might because some tables could not be compared. */
export function differsFromNow({ tables }: Pick<Told, 'tables'>): boolean {
  return tables.some(
    (table) =>
      isNotComparable(table) ||
      (table.state === 'compared' && table.added + table.changed + table.removed > 0),
  );
}

/** Names the first few and sums up the rest. A rest of one is named as well. */
/** The first few by name, and all others together. */
export function nameSome<T>(
  all: readonly T[],
  name: (one: T) => Story,
  sum: (rest: readonly T[]) => Story,
  most = MOST_NAMED,
): readonly Story[] {
  const named = all.slice(0, all.length === most + 1 ? all.length : most);
  const rest = all.slice(named.length);
  return [...named.map(name), ...(rest.length === 0 ? [] : [sum(rest)])];
}

function isNotComparable({ state, snapshotRows, liveRows }: TableDiff): boolean {
  return (state === 'missing-live' && snapshotRows > 0) || (state === 'empty-then' && liveRows > 0);
}

function isLog(table: TableDiff): boolean {
  return table.role === 'log' && table.state === 'compared';
}

function projected(told: Told): readonly TableDiff[] {
  return told.tables.filter((table) => table.role === 'projected' && table.state === 'compared');
}

function sumRows(tables: readonly TableDiff[], what: 'added' | 'removed' | 'changed'): number {
  return sumOf(tables, (table) => table[what]);
}

function rowParts(
  told: Told,
  what: 'added' | 'removed',
  tone: 'back' | 'gone',
  rules: Rules,
): readonly Story[] {
  const touched = projected(told).filter((table) => table[what] > 0);
  return nameSome(
    touched.toSorted((a, b) => b[what] - a[what]),
    (table) => [{ text: countRows(table[what], table, rules), tone }],
    (rest) => [
      {
        text: `${count(sumRows(rest, what), 'entry', 'entries')} in ${count(rest.length, 'other table')}`,
        tone,
      },
    ],
  );
}

/** `a`, `a and b`, `a, b and c`, where each part is a story. */
export function enumerate(parts: readonly Story[]): Story {
  return joinParts(parts, (text) => [plain(text)]).flat();
}

/** The sentence as text, for titles and tests. */
export function storyText(story: Story): string {
  return story.map((piece) => piece.text).join('');
}
