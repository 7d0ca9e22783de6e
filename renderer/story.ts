import type { Diff, NewerEvents, TableDiff } from '../src/model.ts';
import { count, countRows } from './words.ts';

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
export type Clauses = { readonly back: Story; readonly changed: Story; readonly gone: Story };

export function tellClauses(told: Told): Clauses {
  const changed = sumRows(projected(told), 'changed');
  return {
    back: enumerate([...told.returningEvents.map(returningWords), ...rowParts(told, 'added', 'back')]),
    changed: changed === 0 ? [] : [{ text: count(changed, 'row'), tone: 'changed' }],
    gone: enumerate([...newerParts(told), ...rowParts(told, 'removed', 'gone'), ...rewindRecords(told)]),
  };
}

/** What restoring would do, in one sentence. */
export function tellRestore(told: Told): Story {
  const { back, changed, gone } = tellClauses(told);
  const clauses: readonly Story[] = [
    [plain('brings back '), ...back],
    [plain('changes '), ...changed],
    [plain('removes '), ...gone],
  ].filter((clause) => clause.length > 1);
  if (clauses.length === 0)
    return [plain('Nothing differs: the database holds exactly what this snapshot holds.')];
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

/** Newer events that are not the host's own record of the rewind. */
export function writtenEvents(group: NewerEvents): number {
  return group.events - group.rewindRecords;
}

/** `3 newer messages`, or `events` where they do not all read like messages. */
export function countWritten(groups: readonly NewerEvents[]): string {
  const total = groups.reduce((sum, group) => sum + writtenEvents(group), 0);
  const talk = groups.every((group) => group.first.text !== null && group.last.text !== null);
  return count(total, talk ? 'newer message' : 'newer event');
}

/** The chat's name, else its id, else that there is none. */
export function chatWords(group: NewerEvents): string {
  return group.chatName ?? group.chat ?? 'no chat';
}

/** Where no event names a chat, chats are not spoken of at all. */
function newerParts({ newerEvents }: Told): readonly Story[] {
  const written = newerEvents.filter((group) => writtenEvents(group) > 0);
  const chatless = written.every((group) => group.chat === null);
  return written.map((group) => {
    const events: Piece = { text: countWritten([group]), tone: 'gone' };
    if (group.chat !== null) return [events, plain(' in '), { text: chatWords(group), tone: 'name' }];
    return chatless ? [events] : [events, plain(' of no chat')];
  });
}

function returningWords(group: NewerEvents): Story {
  return [
    { text: count(group.events, 'event'), tone: 'back' },
    ...(group.chat === null ? [] : [plain(' of '), { text: chatWords(group), tone: 'name' } as const]),
  ];
}

function projected(told: Told): readonly TableDiff[] {
  return told.tables.filter((table) => table.role === 'projected' && table.state === 'compared');
}

function sumRows(tables: readonly TableDiff[], what: 'added' | 'removed' | 'changed'): number {
  return tables.reduce((sum, table) => sum + table[what], 0);
}

/** The largest tables by name, the others as one sum. */
function rowParts(told: Told, what: 'added' | 'removed', tone: 'back' | 'gone'): readonly Story[] {
  const touched = projected(told)
    .filter((table) => table[what] > 0)
    .toSorted((a, b) => b[what] - a[what]);
  const named = touched.slice(0, touched.length === MOST_NAMED + 1 ? MOST_NAMED + 1 : MOST_NAMED);
  const rest = touched.slice(named.length);
  const parts = named.map((table): Story => [{ text: countRows(table[what], table.name), tone }]);
  if (rest.length === 0) return parts;
  return [...parts, [{ text: `${count(sumRows(rest, what), 'row')} of ${rest.length} other tables`, tone }]];
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
