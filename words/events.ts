import type { NewerEvents } from '../src/model/diff.ts';
import { count } from './plurals.ts';
import { joinWords } from './sentences.ts';

const LONGEST_NAME = 40;

/** Events of a group that are not the host's own record of a rewind. */
export function writtenEvents(group: NewerEvents): number {
  return group.events - group.rewindRecords;
}

/** Messages of a group that a reader of the chat meets: events that say something and are not hidden. */
export function seenMessages({ spoken, spokenHidden }: NewerEvents): number {
  return spoken - spokenHidden;
}

/** `3 newer messages`; where others were written too, `3 newer messages and 2 other events`, or just `2 newer events`. */
export function countWritten(groups: readonly NewerEvents[]): string {
  const messages = groups.reduce((sum, group) => sum + group.spoken, 0);
  const others = groups.reduce((sum, group) => sum + writtenEvents(group) - group.spoken, 0);
  if (messages === 0) return count(others, 'newer event');
  return joinWords([
    count(messages, 'newer message'),
    ...(others === 0 ? [] : [count(others, 'other event')]),
  ]);
}

/** The chat's name, else its id, at most 40 characters long. */
export function chatWords({ chat, chatName }: NewerEvents): string {
  const name = [chatName, chat].find((one) => one !== null && one.trim() !== '');
  if (name === undefined || name === null) return chat === null ? 'no chat' : 'a chat without a name';
  const letters = [...name];
  return letters.length <= LONGEST_NAME
    ? name
    : `${letters
        .slice(0, LONGEST_NAME - 1)
        .join('')
        .trimEnd()}…`;
}
