import { useState } from 'react';
import type { FolderId } from '../../electron/contract.ts';
import type { RowName } from '../../src/model/search.ts';
import { useRequest } from '../ask/use-request.ts';

/** Places of an open conversation that a person chose: from where they began to where they are. */
type Span = { readonly conversationId: string; readonly anchor: number; readonly head: number };

export type ChosenMessages = {
  readonly isChosen: (place: number) => boolean;
  readonly isAny: boolean;
  /** The lost ones among them; null while they are counted. */
  readonly lost: readonly RowName[] | null;
  readonly begin: (place: number) => void;
  /** Goes on to a place, from where it began; `from`: where it begins now, if nothing is chosen yet. */
  readonly extend: (to: number, from: number) => void;
  readonly clear: () => void;
};

/** A chat of an open conversation, by its number there. */
export type ChatOf = { readonly folderId: FolderId; readonly conversationId: string; readonly chat: number };

/**
 * The messages that a person chooses from here to there. Once the conversation is read again, none are: the places may be
 * those of other messages. `keyedLog` null: they cannot be named.
 */
export function useChosenMessages(chat: ChatOf, keyedLog: string | null): ChosenMessages {
  const { conversationId } = chat;
  const [last, setSpan] = useState<Span | null>(null);
  const span = last?.conversationId === conversationId ? last : null;
  const [from, to] =
    span === null ? [0, -1] : [Math.min(span.anchor, span.head), Math.max(span.anchor, span.head)];
  const asked = useRequest('conversation.lost', span === null ? null : { ...chat, from, to });
  return {
    isChosen: (place) => place >= from && place <= to,
    isAny: span !== null,
    lost:
      asked.busy || asked.value === null || keyedLog === null
        ? null
        : asked.value.map((event) => ({ table: keyedLog, key: [event] })),
    begin: (place) => setSpan({ conversationId, anchor: place, head: place }),
    extend: (head, begun) =>
      setSpan((before) => {
        const anchor = before?.conversationId === conversationId ? before.anchor : begun;
        return { conversationId, anchor, head };
      }),
    clear: () => setSpan(null),
  };
}
