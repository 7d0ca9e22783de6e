import type { NewerEvents } from '../src/model/diff.ts';
import { sumOf } from './numbers.ts';
import { count } from './plurals.ts';
import { joinWords } from './sentences.ts';

const LONGEST_NAME = 40;

/** How many events of a group are not the host's own records of rewinds. */
export function writtenEvents(group: NewerEvents): number {
  return group.events - group.rewindRecords;
}

/** How many messages of a group are visible in the chat: events with text that are not hidden. */
export function seenMessages({ spoken, spokenHidden }: NewerEvents): number {
  return spoken - spokenHidden;
}

/** `3 newer messages`, `3 newer messages and 2 other events`, or `2 newer events` when there are no messages. */
export function countWritten(groups: readonly NewerEvents[]): string {
  const messages = sumOf(groups, (group) => group.spoken);
  const others = sumOf(groups, (group) => writtenEvents(group) - group.spoken);
  if (messages === 0) return count(others, 'newer event');
  return joinWords([
    count(messages, 'newer message'),
    ...(others === 0 ? [] : [count(others, 'other event')]),
  ]);
}

/** The chat's name, or its id if it has none. */
export function chatName({ chat, chatName: named }: Pick<NewerEvents, 'chat' | 'chatName'>): string {
  const name = [named, chat].find((one) => one !== null && one.trim() !== '');
  return name ?? (chat === null ? 'no chat' : 'a chat without a name');
}

/** The same in at most 40 characters. */
export function chatWords(group: Pick<NewerEvents, 'chat' | 'chatName'>): string {
  const name = chatName(group);
  const letters = [...name];
  return letters.length <= LONGEST_NAME
    ? name
    : `${letters
        .slice(0, LONGEST_NAME - 1)
        .join('')
        .trimEnd()}…`;
}
