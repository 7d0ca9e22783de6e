import type { NewerEvents } from '../model/diff.ts';
import type { Loss, Way } from '../model/happened.ts';

/* What a way brings back and what it takes away, as somebody who reads the chats would see it. */

/** Whether the log records a rewind since, and yet holds all that there was before it. */
export function isOnlyRecorded(way: Way): boolean {
  return lacksRewind(way) && countBack(way).events === 0;
}

/** Whether the snapshot is from before a rewind that the live log records. */
export function lacksRewind({ newerEvents }: Way): boolean {
  return newerEvents.some(({ rewindRecords }) => rewindRecords > 0);
}

const MOST_EARLIER = 4;

/** The ways to undo more rewinds of the same row: each brings back more messages than the one before and removes no more. */
export function findEarlier(loss: Loss, ways: readonly Way[]): readonly Way[] {
  const removed = countGone(loss);
  const chain: Way[] = [];
  let most = countBack(loss).messages;
  for (const way of ways) {
    const { messages } = countBack(way);
    if (messages <= most || countGone(way) > removed) continue;
    chain.push(way);
    most = messages;
    if (chain.length === MOST_EARLIER) break;
  }
  return chain;
}

/** What somebody who reads the chats would see again. */
export function countBack({ returningEvents }: Way): { readonly events: number; readonly messages: number } {
  return {
    events: sumOf(returningEvents, (one) => one.events - one.hidden),
    messages: sumOf(returningEvents, (one) => one.spoken - one.spokenHidden),
  };
}

/** How many messages that are there now would be removed or hidden. */
function countGone({ returningEvents, newerEvents }: Way): number {
  return (
    sumOf(newerEvents, (one) => one.spoken - one.spokenHidden) +
    sumOf(returningEvents, (one) => one.spokenHidden)
  );
}

/** What the sizes of groups of events come to. */
export function sumOf(groups: readonly NewerEvents[], sizeOf: (group: NewerEvents) => number): number {
  return groups.reduce((sum, group) => sum + sizeOf(group), 0);
}
