import type { NewerEvents } from '../src/model/diff.ts';
import type { Way } from '../src/model/happened.ts';
import type { Replay } from '../src/model/restore.ts';
import { seenMessages } from './events.ts';
import { type Newer, newerAmount } from './newer.ts';
import { choose, count } from './plurals.ts';
import { chatsPieces, enumerate, gone, plain, type Story } from './story.ts';

/* What becomes of what was written since the snapshot that brings something back. */

/** What becomes of what was written since. Empty where nothing was. */
export function sinceWords(way: Way): Story {
  const { sum, noun, groups } = newerAmount(way.newerEvents);
  if (sum === 0) return [];
  const [it, stays] = [choose(sum, 'it', 'them'), choose(sum, 'stays', 'stay')];
  const where = [plain(' in '), ...chatsOf(groups)];
  switch (firstWay(way)) {
    case 'keep':
      return [
        plain(count(sum, noun)),
        ...where,
        plain(` ${stays}; your chat app shows ${it} again when it starts next.`),
      ];
    case 'both':
      return [
        plain(count(sum, noun)),
        ...where,
        plain(' can stay as well: you choose where the two differ.'),
      ];
    case 'remove':
      return [
        gone(count(sum, noun)),
        ...where,
        plain(` can’t be kept and will be removed. Undo brings ${it} back.`),
      ];
  }
}

/**
 * What the first button does with what was written since. It loses nothing where that can be: it keeps what is newer, or
 * else merges. `remove`: neither is possible, as far as the logs tell.
 */
export function firstWay({
  newerEvents,
  keepsNewer,
  mergesNewer,
}: Pick<Way, 'newerEvents' | 'keepsNewer' | 'mergesNewer'>): Newer {
  if (keepsNewer || newerAmount(newerEvents).sum === 0) return 'keep';
  return mergesNewer ? 'both' : 'remove';
}

/** `3 newer messages in Harbour appear when your chat app starts next.` Empty where none wait for that. */
export function waitingWords(waiting: Replay | null): Story {
  const { sum, noun, groups } = newerAmount(waiting?.events ?? []);
  if (sum === 0) return [];
  return [
    plain(`${count(sum, noun)} in `),
    ...chatsOf(groups),
    plain(` ${choose(sum, 'appears', 'appear')} when your chat app starts next.`),
  ];
}

/** `Go back without the 3 newer messages…`: the other way, where with the first one they stay. Null: there is no other. */
export function withoutNewerWords(way: Way): string | null {
  const { sum, noun } = newerAmount(way.newerEvents);
  return sum === 0 || firstWay(way) === 'remove' ? null : `Go back without the ${count(sum, noun)}…`;
}

const MOST_CHATS = 2;

/** `Lighthouse`, `Lighthouse and Harbour`, `Lighthouse, Harbour and 3 other chats`; the chats with most messages first. */
export function chatsOf(groups: readonly NewerEvents[]): Story {
  if (groups.every(({ chat }) => chat === null)) return [plain('your chats')];
  const sorted = groups.toSorted((a, b) => seenMessages(b) - seenMessages(a) || b.events - a.events);
  return enumerate(chatsPieces(sorted, MOST_CHATS));
}
