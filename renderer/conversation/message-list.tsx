import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { ErrorInfo, FolderId } from '../../electron/contract.ts';
import type { ChatSummary, ConversationLayout, ConversationMessage } from '../../src/model/conversation.ts';
import type { RowName } from '../../src/model/search.ts';
import { chatTitle, foldWords, type StateWords } from '../../words/conversation.ts';
import { type ChosenPart, messagesPart } from '../../words/part.ts';
import { HistoryDialog } from '../history/history-dialog.tsx';
import { useAwaited } from '../parts/use-awaited.ts';
import { useContextMenu } from '../parts/use-context-menu.ts';
import { foldOver, foldPosition, type Item, layOut } from './blocks.ts';
import { BoundaryLine } from './boundary-line.tsx';
import { ChosenBar } from './chosen-bar.tsx';
import { MessageLine } from './message-line.tsx';
import { MessageMenu } from './message-menu.tsx';
import { useChosenMessages } from './use-chosen-messages.ts';
import { useJumps } from './use-jumps.ts';
import { useMessageList } from './use-message-list.ts';
import { useMessages } from './use-messages.ts';

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
  const items = useMemo(() => layOut(layout, unfolded), [layout, unfolded]);
  const view = useMessageList(items, list);
  const { active, newest, onFocus, goTo, onKeyDown } = view;
  const ask = useMemo(
    () => ({ folderId, conversationId, chat: summary.no }),
    [folderId, conversationId, summary.no],
  );
  const lines = view.lines.map((line) => ({ ...line, item: items.at(line.index) }));
  const shown = lines.flatMap(({ item }) => (item.kind === 'message' ? [item.place] : []));
  const messages = useMessages(ask, shown, onFailure);

  const jump = useJumps(ask, items, view, onFailure);
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
  /** What names the row of a message; null: nothing does, or it is not there yet. */
  const rowOf = (place: number): RowName | null => {
    const event = messages.at(place)?.event ?? null;
    return keyedLog === null || event === null ? null : { table: keyedLog, key: [event] };
  };
  const onceRead = useAwaited(`${conversationId} ${summary.no}`, messages.at);
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
        aria-busy={shown.some((place) => !messages.isRead(place))}
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
              <MessageLine
                message={messages.at(item.place)}
                persons={persons}
                states={states}
                onWhole={() => messages.showWhole(item.place)}
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
        message={messages.at(asked)}
        onHistory={askedRow === null ? null : () => setHistory(askedRow)}
        onWhole={() => messages.showWhole(asked)}
        onRestore={onRestore}
        onRestoreChat={onRestoreChat}
        onRestoreMessage={
          onRestoreSingles === null || askedRow === null || !hasLost(messages.at(asked))
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
