import type { Diff, NewerEvents, TableDiff } from '../src/model/diff.ts';
import { count, countRows } from './plurals.ts';

/** A piece of a sentence. Green comes back, red goes, amber changes; `name` is a name that the user gave. */
export type Piece = {
  readonly text: string;
  readonly tone: 'plain' | 'back' | 'gone' | 'changed' | 'name';
};
export type Story = readonly Piece[];

export type Told = Pick<Diff, 'tables' | 'newerEvents' | 'returningEvents'>;

const MOST_NAMED = 3;

const plain = (text: string): Piece => ({ text, tone: 'plain' });

/** What a restore would bring back, change and remove, each as an enumeration; empty where there is nothing. */
export type Clauses = {
  readonly back: Story;
  /** Events that the snapshot holds as hidden or superseded: their chat is rewound again, and that brings nothing back. */
  readonly again: Story;
  readonly changed: Story;
  readonly gone: Story;
};

export function tellClauses(told: Told): Clauses {
  const changed = sumRows(projected(told), 'changed');
  const returning = told.returningEvents;
  return {
    back: enumerate([...eventParts(returning, 'back', seenEvents), ...rowParts(told, 'added', 'back')]),
    again: enumerate(eventParts(returning, 'changed', (group) => group.hidden)),
    changed: changed === 0 ? [] : [{ text: count(changed, 'row'), tone: 'changed' }],
    gone: enumerate([...newerParts(told), ...rowParts(told, 'removed', 'gone'), ...rewindRecords(told)]),
  };
}

/** What restoring would do, in one sentence. */
export function tellRestore(told: Told): Story {
  const { back, again, changed, gone } = tellClauses(told);
  const clauses: readonly Story[] = [
    [plain('brings back '), ...back],
    [plain('rewinds again '), ...again],
    [plain('changes '), ...changed],
    [plain('removes '), ...gone],
  ].filter((clause) => clause.length > 1);
  if (clauses.length === 0)
    return [
      plain(
        told.tables.some(isNotComparable)
          ? 'Nothing differs in the tables that can be compared; the others are named below.'
          : 'Nothing differs: the database holds exactly what this snapshot holds.',
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

function rewindRecords(told: Told): readonly Story[] {
  const records = told.newerEvents.reduce((sum, group) => sum + group.rewindRecords, 0);
  if (records === 0) return [];
  return [
    [{ text: records === 1 ? 'the record of the rewind' : `${records} records of rewinds`, tone: 'gone' }],
  ];
}

/** Events of a group that are not the host's own record of a rewind. */
export function writtenEvents(group: NewerEvents): number {
  return group.events - group.rewindRecords;
}

/** Whether all that was written are messages: events that say something. */
function areMessages(groups: readonly NewerEvents[]): boolean {
  return groups.every((group) => group.spoken === writtenEvents(group));
}

/** `3 newer messages`, or `events` where not all of them say something. */
export function countWritten(groups: readonly NewerEvents[]): string {
  const total = groups.reduce((sum, group) => sum + writtenEvents(group), 0);
  return count(total, areMessages(groups) ? 'newer message' : 'newer event');
}

/** The chat's name, else its id, else that there is none. */
export function chatWords(group: NewerEvents): string {
  return group.chatName ?? group.chat ?? 'no chat';
}

/** Where no event names a chat, chats are not spoken of at all. */
function newerParts({ newerEvents }: Told): readonly Story[] {
  const written = newerEvents
    .filter((group) => writtenEvents(group) > 0)
    .toSorted((a, b) => writtenEvents(b) - writtenEvents(a));
  const chatless = written.every((group) => group.chat === null);
  return nameSome(
    written,
    (group) => {
      const events: Piece = { text: countWritten([group]), tone: 'gone' };
      if (group.chat !== null) return [events, plain(' in '), { text: chatWords(group), tone: 'name' }];
      return chatless ? [events] : [events, plain(' of no chat')];
    },
    (rest) => [{ text: `${countWritten(rest)} in ${rest.length} other chats`, tone: 'gone' }],
  );
}

/** Events that a reader of the chat meets again. The record of the very rewind that hides others is no gain. */
function seenEvents({ events, hidden, rewindRecords }: NewerEvents): number {
  return Math.max(0, events - hidden - (hidden > 0 ? rewindRecords : 0));
}

function eventParts(
  groups: readonly NewerEvents[],
  tone: 'back' | 'changed',
  sizeOf: (group: NewerEvents) => number,
): readonly Story[] {
  return nameSome(
    groups.filter((group) => sizeOf(group) > 0).toSorted((a, b) => sizeOf(b) - sizeOf(a)),
    (group) => [
      { text: count(sizeOf(group), 'event'), tone },
      ...(group.chat === null ? [] : [plain(' of '), { text: chatWords(group), tone: 'name' } as const]),
    ],
    (rest) => {
      const events = rest.reduce((sum, group) => sum + sizeOf(group), 0);
      return [{ text: `${count(events, 'event')} of ${rest.length} other chats`, tone }];
    },
  );
}

/** The first few by name, the others as one sum; never a sum of one. */
function nameSome<T>(
  all: readonly T[],
  name: (one: T) => Story,
  sum: (rest: readonly T[]) => Story,
): readonly Story[] {
  const named = all.slice(0, all.length === MOST_NAMED + 1 ? all.length : MOST_NAMED);
  const rest = all.slice(named.length);
  return [...named.map(name), ...(rest.length === 0 ? [] : [sum(rest)])];
}

function isNotComparable({ state, snapshotRows, liveRows }: TableDiff): boolean {
  return (state === 'missing-live' && snapshotRows > 0) || (state === 'empty-then' && liveRows > 0);
}

function projected(told: Told): readonly TableDiff[] {
  return told.tables.filter((table) => table.role === 'projected' && table.state === 'compared');
}

function sumRows(tables: readonly TableDiff[], what: 'added' | 'removed' | 'changed'): number {
  return tables.reduce((sum, table) => sum + table[what], 0);
}

function rowParts(told: Told, what: 'added' | 'removed', tone: 'back' | 'gone'): readonly Story[] {
  const touched = projected(told).filter((table) => table[what] > 0);
  return nameSome(
    touched.toSorted((a, b) => b[what] - a[what]),
    (table) => [{ text: countRows(table[what], table.name), tone }],
    (rest) => [{ text: `${count(sumRows(rest, what), 'row')} of ${rest.length} other tables`, tone }],
  );
}

function enumerate(parts: readonly Story[]): Story {
  return parts.flatMap((part, at) => [
    ...(at === 0 ? [] : [plain(at === parts.length - 1 ? ' and ' : ', ')]),
    ...part,
  ]);
}

/** The sentence as text, for titles and tests. */
export function storyText(story: Story): string {
  return story.map((piece) => piece.text).join('');
}
