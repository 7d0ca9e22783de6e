import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ErrorInfo } from '../../electron/contract.ts';
import type { ConversationMessage } from '../../src/model/conversation.ts';
import { call } from '../ask/api.ts';
import { createMessagePages } from './message-pages.ts';
import type { ChatOf } from './use-chosen-messages.ts';

/** A longer text is cut, until the reader asks for more of it. */
const LONGEST = 2_000;
const LONGEST_WHOLE = 100_000;

export type Messages = {
  /** Null while it is not there yet. */
  readonly at: (place: number) => ConversationMessage | null;
  readonly isRead: (place: number) => boolean;
  /** Reads more of a message whose text is cut. */
  readonly showWhole: (place: number) => void;
};

/** The messages of a chat by their places, of which those at `shown` are read. */
export function useMessages(
  ask: ChatOf,
  shown: readonly number[],
  onFailure: (error: ErrorInfo) => void,
): Messages {
  const [whole, setWhole] = useState<ReadonlyMap<string, ConversationMessage>>(new Map());
  const failure = useRef(onFailure);
  useEffect(() => {
    failure.current = onFailure;
  });
  const pages = useMemo(
    () =>
      createMessagePages(
        (from, limit) => call('conversation.page', { ...ask, from, limit, longest: LONGEST }),
        ({ error }) => failure.current(error),
      ),
    [ask],
  );
  useSyncExternalStore(pages.subscribe, pages.version);
  const wanted = shown.join();
  useEffect(() => {
    pages.want(wanted === '' ? [] : wanted.split(',').map(Number));
  }, [pages, wanted]);

  const keyOf = (place: number) => `${ask.conversationId} ${place}`;
  const readWhole = async (place: number) => {
    const reply = await call('conversation.page', { ...ask, from: place, limit: 1, longest: LONGEST_WHOLE });
    if (!reply.ok) return onFailure(reply.error);
    const [message] = reply.value;
    if (message !== undefined) setWhole((last) => new Map([...last, [keyOf(place), message]]));
  };
  return {
    at: (place) => whole.get(keyOf(place)) ?? pages.get(place),
    isRead: (place) => pages.get(place) !== null,
    showWhole: (place) => void readWhole(place),
  };
}
