import { type RefObject, useRef } from 'react';
import type { ErrorInfo } from '../../electron/contract.ts';
import { call } from '../ask/api.ts';
import type { Items } from './blocks.ts';
import type { ChatOf } from './use-chosen-messages.ts';
import type { Align } from './use-following.ts';

type View = {
  /** The active line, also before it is drawn. */
  readonly newest: RefObject<number>;
  readonly goTo: (index: number, align: Align) => void;
};

/** Gives a function that goes to the next or previous difference of a chat. False: there is none. */
export function useJumps(
  ask: ChatOf,
  items: Items,
  { newest, goTo }: View,
  onFailure: (error: ErrorInfo) => void,
): (direction: 'next' | 'previous') => Promise<boolean> {
  const jumping = useRef<Promise<unknown>>(Promise.resolve());
  const jumpNow = async (direction: 'next' | 'previous'): Promise<boolean> => {
    const from = newest.current;
    const { place, kind } = items.at(from);
    // From within a difference, its own beginning is the previous one. Before the list was entered, its very first line counts.
    const isBoundary = kind === 'boundary';
    const shift = isBoundary ? 0 : direction === 'previous' ? 1 : from === 0 ? -1 : 0;
    const reply = await call('conversation.difference', { ...ask, from: place + shift, direction });
    if (!reply.ok) onFailure(reply.error);
    if (!reply.ok || reply.value === null) return false;
    const index = items.indexOf(reply.value);
    goTo(items.at(index - 1).kind === 'boundary' ? index - 1 : index, 'start');
    return true;
  };
  // One after the other, however fast they are asked for: each goes on from where the last one arrived.
  return (direction) => {
    const next = jumping.current.then(() => jumpNow(direction));
    jumping.current = next;
    return next;
  };
}
