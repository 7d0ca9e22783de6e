import { type KeyboardEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import type { ErrorInfo, FolderId } from '../../electron/contract.ts';
import type { ChatSummary, ConversationLayout, ConversationMessage } from '../../src/model/conversation.ts';
import type { RowName } from '../../src/model/search.ts';
import { chatTitle, foldWords, type StateWords } from '../../words/conversation.ts';
import { type ChosenPart, messagesPart } from '../../words/part.ts';
import { call } from '../ask/api.ts';
import { HistoryDialog } from '../history/history-dialog.tsx';
import { useAwaited } from '../parts/use-awaited.ts';
import { useContextMenu } from '../parts/use-context-menu.ts';
import { foldOver, foldPosition, type Item, layOut } from './blocks.ts';
import { BoundaryLine } from './boundary-line.tsx';
import { ChosenBar } from './chosen-bar.tsx';
import { MessageLine, type MessageLineProps } from './message-line.tsx';
import { MessageMenu } from './message-menu.tsx';
import { createMessagePages } from './message-pages.ts';
import { useChosenMessages } from './use-chosen-messages.ts';
import { useMessageList } from './use-message-list.ts';

/** A longer text is cut, until the reader asks for more of it. */
const LONGEST = 2_000;
const LONGEST_WHOLE = 100_000;

/** One chat of an open conversation. */
type ShownChat = {
  readonly folderId: FolderId;
  readonly conversationId: string;
  readonly summary: ChatSummary;
};

export type MessageListProps = {
  readonly chat: ShownChat;
  readonly layout: ConversationLayout;
  readonly persons: readonly string[];
  readonly states: StateWords;
  /** The table in which an event's id names its row; null: none. */
  readonly keyedLog: string | null;
  readonly isCompared: boolean;
  /** Null where nothing can be restored. */
  readonly onRestore: (() => void) | null;
  /** Null where no part can be restored. */
  readonly onRestorePart: ((part: ChosenPart) => void) | null;
  /** Whether single messages can be restored, where a part can. */
  readonly hasSingles: boolean;
  /** The place to go to; null: none is sought, or it was shown. */
  readonly sought: number | null;
  readonly onSoughtShown: () => void;
  readonly onFailure: (error: ErrorInfo) => void;
  /** Given a function that goes to the next or previous difference. */
  readonly onReady: (jump: (direction: 'next' | 'previous') => Promise<boolean>) => void;
};

/** The messages of a chat in the order of the log. */
export function MessageListView(props: MessageListProps) {
  const {
    chat,
    layout,
    persons,
    states,
    keyedLog,
    isCompared,
    onRestore,
    onRestorePart,
    sought,
    onSoughtShown,
    onFailure,
    onReady,
  } = props;
  const { folderId, conversationId, summary } = chat;
  const list = useRef<HTMLElement>(null);
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const [whole, setWhole] = useState<ReadonlyMap<string, ConversationMessage>>(new Map());
  const items = useMemo(() => layOut(layout, unfolded), [layout, unfolded]);
  const view = useMessageList(items, list);
  const { active, newest, onFocus, goTo, onKeyDown } = view;
  const ask = useMemo(
    () => ({ folderId, conversationId, chat: summary.no }),
    [folderId, conversationId, summary.no],
  );
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

  const lines = view.lines.map((line) => ({ ...line, item: items.at(line.index) }));
  const shown = lines.flatMap(({ item }) => (item.kind === 'message' ? [item.place] : []));
  const wanted = shown.join();
  useEffect(() => {
    pages.want(wanted === '' ? [] : wanted.split(',').map(Number));
  }, [pages, wanted]);

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
  const jump = (direction: 'next' | 'previous'): Promise<boolean> => {
    const next = jumping.current.then(() => jumpNow(direction));
    jumping.current = next;
    return next;
  };
  useEffect(() => onReady(jump));

  const unfold = (item: Item) => {
    const fold = item.run?.fold;
    if (item.run === null || fold == null) return;
    const open = new Set([...unfolded, fold.from]);
    setUnfolded(open);
    // Earlier messages are read backwards from where the reader is.
    const isFirst = foldPosition(layout, item.run) === 'first';
    const place = isFirst ? fold.from + fold.length - 1 : fold.from;
    setNext({ place, align: isFirst ? 'end' : 'auto' });
  };
  const [next, setNext] = useState<{
    readonly place: number;
    readonly align: 'auto' | 'center' | 'end';
  } | null>(null);
  useEffect(() => {
    if (next === null) return;
    setNext(null);
    goTo(items.indexOf(next.place), next.align);
  });
  useEffect(() => {
    if (sought === null) return;
    const fold = foldOver(layout, sought);
    if (fold !== null) setUnfolded((last) => new Set([...last, fold]));
    setNext({ place: sought, align: 'center' });
    onSoughtShown();
  });
  const wholeKey = (place: number) => `${conversationId} ${place}`;
  const showWhole = async (place: number) => {
    const reply = await call('conversation.page', { ...ask, from: place, limit: 1, longest: LONGEST_WHOLE });
    if (!reply.ok) return onFailure(reply.error);
    const [message] = reply.value;
    if (message !== undefined) setWhole((last) => new Map([...last, [wholeKey(place), message]]));
  };

  const messageAt = (place: number) => whole.get(wholeKey(place)) ?? pages.get(place);
  /** What names the row of a message; null: nothing does, or it is not there yet. */
  const rowOf = (place: number): RowName | null => {
    const event = messageAt(place)?.event ?? null;
    return keyedLog === null || event === null ? null : { table: keyedLog, key: [event] };
  };
  const onceRead = useAwaited(`${conversationId} ${summary.no}`, messageAt);
  const [history, setHistory] = useState<RowName | null>(null);
  const [asked, setAsked] = useState(0);
  const menu = useContextMenu(list, (target) => {
    const line = target.closest<HTMLElement>('.line');
    const item = items.at(Number(line?.dataset.line));
    if (line === null || item.kind !== 'message') return null;
    setAsked(item.place);
    return line.querySelector<HTMLElement>('.bubble, .event-line') ?? line;
  });
  const askedRow = rowOf(asked);
  const chosen = useChosenMessages(ask, keyedLog);
  const onRestoreSingles = props.hasSingles && keyedLog !== null ? onRestorePart : null;
  const extend = (key: string) => {
    const from = newest.current;
    const to = from + (key === 'ArrowDown' ? 1 : -1);
    if (to >= 0 && to < items.count) chosen.extend(items.at(to).place, items.at(from).place);
  };
  const { chat: chatId } = summary;
  const onRestoreChat =
    onRestorePart === null || chatId === null
      ? null
      : () =>
          onRestorePart({
            as: 'chat',
            name: chatTitle({ ...summary, branch: null }),
            selection: { by: 'chat', chat: chatId, withGuessed: false },
          });
  const onKey = (event: KeyboardEvent) => {
    const { kind, place } = items.at(active);
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (onRestoreSingles !== null && isPlain && event.shiftKey && /^Arrow(Up|Down)$/.test(event.key))
      extend(event.key);
    if (event.key === 'Escape' && chosen.isAny) chosen.clear();
    else if (event.key === 'h' && isPlain && kind === 'message')
      onceRead(place, () => setHistory(rowOf(place)));
    else onKeyDown(event);
  };

  return (
    <>
      <section
        ref={list}
        role="feed"
        className="messages"
        aria-label={`Messages of ${chatTitle(summary)}`}
        aria-busy={shown.some((place) => pages.get(place) === null)}
        style={{ height: `${view.height}px` }}
        onKeyDown={onKey}
      >
        {lines.map(({ index, top, measuredAs, item }) => (
          <article
            key={`${item.kind} ${item.place}`}
            ref={view.measureElement}
            data-index={measuredAs}
            data-line={index}
            className={item.kind === 'message' && chosen.isChosen(item.place) ? 'line chosen' : 'line'}
            style={{ transform: `translateY(${top}px)` }}
            tabIndex={index === active && item.kind !== 'fold' ? 0 : -1}
            aria-posinset={index + 1}
            aria-setsize={items.count}
            onFocus={() => onFocus(index)}
          >
            {item.kind === 'message' ? (
              <Message
                message={messageAt(item.place)}
                persons={persons}
                states={states}
                onWhole={() => void showWhole(item.place)}
                isActive={index === active}
                onMenu={(anchor) => {
                  setAsked(item.place);
                  menu.open(anchor);
                }}
              />
            ) : item.kind === 'fold' && item.run?.fold != null ? (
              <Button
                className="fold-line"
                excludeFromTabOrder={index !== active}
                onPress={() => unfold(item)}
              >
                … {foldWords(item.run.fold.messages, foldPosition(layout, item.run), { isCompared })} …
              </Button>
            ) : (
              item.run !== null && (
                <BoundaryLine
                  run={item.run}
                  isActive={index === active}
                  onRestore={onRestore}
                  onRestoreChat={onRestoreChat}
                />
              )
            )}
          </article>
        ))}
      </section>
      <MessageMenu
        menu={menu}
        message={messageAt(asked)}
        onHistory={askedRow === null ? null : () => setHistory(askedRow)}
        onWhole={() => void showWhole(asked)}
        onRestore={onRestore}
        onRestoreChat={onRestoreChat}
        onRestoreMessage={
          onRestoreSingles === null || askedRow === null || !hasLost(messageAt(asked))
            ? null
            : () => onRestoreSingles(messagesPart([askedRow]))
        }
        onFromHere={onRestoreSingles === null ? null : () => chosen.begin(asked)}
        onToHere={onRestoreSingles === null || !chosen.isAny ? null : () => chosen.extend(asked, asked)}
      />
      {onRestoreSingles !== null && (
        <ChosenBar
          chosen={chosen}
          onRestorePart={onRestoreSingles}
          onClear={() => {
            chosen.clear();
            view.focusActive();
          }}
        />
      )}
      {history !== null && (
        <HistoryDialog folderId={folderId} row={history} onClose={() => setHistory(null)} />
      )}
    </>
  );
}

/** Whether it was lost itself, or anything that belongs to it. */
function hasLost(message: ConversationMessage | null): boolean {
  return (
    message !== null && [message, ...message.notes, ...message.rows].some(({ state }) => state === 'lost')
  );
}

type MessageProps = Omit<MessageLineProps, 'message'> & { readonly message: ConversationMessage | null };

function Message({ message, ...rest }: MessageProps) {
  if (message === null)
    return (
      <div className="said">
        <div className="bubble unread" aria-hidden="true" />
      </div>
    );
  return <MessageLine message={message} {...rest} />;
}
