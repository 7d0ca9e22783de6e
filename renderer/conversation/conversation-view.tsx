import { useCallback, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { ErrorInfo } from '../../electron/contract.ts';
import type { ChatSummary, ConversationLayout, ConversationOverview } from '../../src/model/conversation.ts';
import {
  alsoDiffers,
  asOfWords,
  byRecordWords,
  chatCounts,
  guessWords,
  stateWordsOf,
  unreadWords,
} from '../../words/conversation.ts';
import { damageOf, isUnwell } from '../../words/snapshots.ts';
import { useRules } from '../ask/rules.ts';
import type { SnapshotViewProps } from '../ask/snapshot-view.ts';
import { useFollowed } from '../ask/use-followed.ts';
import { useRequest } from '../ask/use-request.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Icon } from '../parts/icons.tsx';
import { Working } from '../parts/working.tsx';
import { ChatPicker } from './chat-picker.tsx';
import { FieldsDialog } from './fields-dialog.tsx';
import { MessageListView } from './message-list.tsx';

/** The chats of a snapshot as a person reads them: what is kept, what was lost, and what was written since. */
export function ConversationView(props: SnapshotViewProps) {
  const { folderId, snapshot, revisions } = props;
  const isReadable = !isUnwell(snapshot);
  const opened = useRequest('conversation.open', isReadable ? { folderId, snapshotId: snapshot.id } : null);
  const { outdated, renewing, again } = useFollowed(opened, revisions);
  if (isUnwell(snapshot)) return <ErrorNote error={damageOf(snapshot)} />;
  if (opened.value === null)
    return opened.error === null ? (
      <Working progress={opened.progress} words="Reading the messages" onCancel={opened.cancel} />
    ) : (
      <ErrorNote error={opened.error}>
        <Button className="button" onPress={again}>
          Try again
        </Button>
      </ErrorNote>
    );
  return (
    <div className="view" aria-busy={renewing}>
      {outdated && (
        <div className="note outdated" role="status">
          <span>The database has changed since these messages were read.</span>
          <Button className="button" onPress={again}>
            Read again
          </Button>
        </div>
      )}
      <Chats
        {...props}
        overview={opened.value}
        conversationId={opened.value.conversationId}
        onReopen={again}
      />
    </div>
  );
}

type ChatsProps = SnapshotViewProps & {
  readonly overview: ConversationOverview;
  readonly conversationId: string;
  readonly onReopen: () => void;
};

type Wish = Pick<ChatSummary, 'chat' | 'branch'>;
type Drawn = {
  readonly conversationId: string;
  readonly summary: ChatSummary;
  readonly layout: ConversationLayout;
};

function isSameChat(a: Wish, b: Wish): boolean {
  return a.chat === b.chat && a.branch === b.branch;
}

function Chats(props: ChatsProps) {
  const { folderId, comparison, overview, conversationId, onReopen, onView, onSoughtShown } = props;
  const { chats, keyedLog, fields, candidates, persons, lineage } = overview;
  const rules = useRules();
  const [wish, setWish] = useState<Wish | null>(null);
  const [failure, setFailure] = useState<ErrorInfo | null>(null);
  const [said, setSaid] = useState('');
  const [correcting, setCorrecting] = useState(false);
  const jump = useRef<((direction: 'next' | 'previous') => Promise<boolean>) | null>(null);
  const event = props.sought?.view === 'conversation' ? props.sought.event : null;
  const found = useRequest('conversation.find', event === null ? null : { folderId, conversationId, event });
  const isAbsent = event !== null && !found.busy && found.error === null && found.value === null;
  useEffect(() => {
    const holder = chats.find(({ no }) => no === found.value?.chat);
    if (holder !== undefined) setWish(holder);
  }, [chats, found.value]);
  // While the same chat is read again, what was read before stays, with its focus and its place.
  const [last, setLast] = useState<Drawn | null>(null);
  // The same chat as before, even if the numbers or the order of chats have changed meanwhile.
  const shown = wish ?? last?.summary ?? null;
  const summary = chats.find((chat) => shown !== null && isSameChat(chat, shown)) ?? chats[0];
  const layout = useRequest(
    'conversation.layout',
    summary === undefined ? null : { folderId, conversationId, chat: summary.no },
  );
  const ready =
    summary === undefined || layout.value === null ? null : { conversationId, summary, layout: layout.value };
  if (ready !== null && ready.layout !== last?.layout) setLast(ready);
  const isStill = last !== null && summary !== undefined && isSameChat(last.summary, summary);
  const drawn = ready ?? (isStill ? last : null);
  const onFailure = useCallback(
    (error: ErrorInfo) => {
      // Others were opened meanwhile, or the core began again.
      if (error.code === 'plan-stale') onReopen();
      else setFailure(error);
    },
    [onReopen],
  );
  const go = async (direction: 'next' | 'previous') => {
    setSaid('');
    const hasJumped = await jump.current?.(direction);
    if (hasJumped === false) setSaid(`There is no ${direction} difference.`);
  };
  const also =
    comparison.diff.value === null ? '' : alsoDiffers(comparison.diff.value.tables, rules, overview);
  const guessed = guessWords(fields);
  // What the snapshot lacks may be lost, so that it cannot take its place in a chat.
  const onRestorePart = props.snapshot.salvagedFrom === null ? props.onRestorePart : null;
  if (summary === undefined) return <p className="story">This snapshot holds no messages.</p>;
  const error = failure ?? layout.error ?? found.error;
  return (
    <section
      className="conversation"
      aria-label="Messages of one chat"
      // The keys go to the next and previous difference wherever the focus is in here.
      onKeyDown={(event) => {
        const isInside = event.currentTarget.contains(event.target as Node);
        if (!isInside || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === 'n') void go('next');
        else if (event.key === 'p') void go('previous');
      }}
    >
      <div className="conversation-bar">
        <ChatPicker
          overview={overview}
          shown={summary}
          onShow={(chat) => {
            setWish(chat);
            onSoughtShown();
          }}
        />
        <span className="dim counts">{chatCounts(summary, overview)}</span>
        <Button
          className="button icon-only"
          aria-label="Previous difference (P)"
          onPress={() => void go('previous')}
        >
          <Icon name="up" />
        </Button>
        <Button className="button icon-only" aria-label="Next difference (N)" onPress={() => void go('next')}>
          <Icon name="down" />
        </Button>
        <Button className="button quiet" onPress={() => setCorrecting(true)}>
          Message fields…
        </Button>
      </div>
      <span role="status" className="visually-hidden">
        {said}
      </span>
      {[asOfWords(overview), byRecordWords(overview)]
        .filter((words) => words !== '')
        .map((words) => (
          <p key={words} className="note">
            <span>{words}</span>
          </p>
        ))}
      {lineage === 'other' && (
        <p className="note warn">
          This snapshot and your database went separate ways, so a newer message may have the number of a lost
          one.
        </p>
      )}
      {guessed !== '' && (
        <p className="note">
          <span>{guessed} If that is wrong, correct it under “Message fields…”.</span>
        </p>
      )}
      {isAbsent && (
        <p className="note" role="status">
          What the search found is not among these messages. It is hidden in this snapshot, too, or nobody
          said it.
        </p>
      )}
      {error !== null && <ErrorNote error={error} />}
      {drawn !== null && (
        <MessageListView
          key={JSON.stringify([summary.chat, summary.branch])}
          chat={{ folderId, conversationId: drawn.conversationId, summary: drawn.summary }}
          layout={drawn.layout}
          persons={persons}
          states={stateWordsOf(overview)}
          keyedLog={keyedLog}
          isCompared={overview.isCompared}
          onRestore={props.onRestore}
          onRestorePart={onRestorePart}
          hasSingles={overview.isCompared && !overview.lostByRecord}
          sought={ready !== null && found.value?.chat === summary.no ? found.value.place : null}
          onSoughtShown={onSoughtShown}
          onFailure={onFailure}
          onReady={(ready) => {
            jump.current = ready;
          }}
        />
      )}
      {drawn !== null && (
        <div className="conversation-foot dim">
          {unreadWords(summary) !== '' && <p>{unreadWords(summary)}</p>}
          {also !== '' && (
            <p>
              {also}{' '}
              <Button className="link" onPress={() => onView('rows')}>
                Show what differs
              </Button>
            </p>
          )}
        </div>
      )}
      {correcting && (
        <FieldsDialog
          folderId={folderId}
          fields={fields}
          candidates={candidates}
          onClose={() => setCorrecting(false)}
          onDone={() => {
            setCorrecting(false);
            onReopen();
          }}
        />
      )}
    </section>
  );
}
