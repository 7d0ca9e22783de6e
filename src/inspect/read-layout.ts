import type {
  ChatSummary,
  ConversationLayout,
  ConversationRun,
  MessageState,
} from '../model/conversation.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { STATES } from './settle-index.ts';

/* The outline of a complete index: its chats, and the runs of messages of each. */

/** More runs than this are not sent to a window, and nothing is folded. */
const MOST_RUNS = 1000;

/** The state that the index stores as a number. */
export function stateOf(state: number): MessageState {
  return STATES[state] ?? 'kept';
}

type Counted = Omit<ChatSummary, 'name'> & { readonly branches: number };

/** The chats that have anything to show, the one with the most lost messages first. `names`: what they are called. */
export function readChats(index: WriteDatabase, names: ReadonlyMap<string, string>): readonly ChatSummary[] {
  const counts = index
    .prepare<[], Counted>(
      `SELECT c.no, c.chat, c.branch, count(*) OVER (PARTITION BY c.chat) AS branches,
         (SELECT count(*) FROM message m WHERE m.chat = c.no) AS places,
         (SELECT count(*) FROM message m WHERE m.chat = c.no AND speaks AND state = 0) AS kept,
         (SELECT count(*) FROM message m WHERE m.chat = c.no AND speaks AND state = 1) AS lost,
         (SELECT count(*) FROM message m WHERE m.chat = c.no AND speaks AND state = 2) AS newer,
         (SELECT count(*) FROM event e WHERE e.chat = c.no AND speaks AND was < 2 AND now < 2) AS unread
       FROM chat c ORDER BY lost > 0 DESC, lost DESC, newer DESC, c.chat IS NULL, places DESC, c.no`,
    )
    .all();
  return counts
    .filter(({ places, unread }) => places > 0 || unread > 0)
    .map(({ branches, branch, ...one }) => ({
      ...one,
      branch: branches > 1 ? branch : null,
      name: one.chat === null ? null : (names.get(one.chat) ?? null),
    }));
}

type StoredRun = {
  readonly first: number;
  readonly length: number;
  readonly state: number;
  readonly messages: number;
  readonly rewind: number | null;
  readonly event: bigint | string | null;
  readonly ts: string | null;
  readonly fold_first: number | null;
  readonly fold_length: number;
  readonly fold_messages: number;
};

/** How many places a chat has, and its runs of messages that are lost, newer or kept. */
export function readLayout(index: WriteDatabase, chat: number): ConversationLayout {
  const places = index
    .prepare<[number], number>('SELECT count(*) FROM message WHERE chat = ?')
    .pluck()
    .get(chat);
  const runs = index
    .prepare<[number, number], StoredRun>(
      `SELECT u.*, r.id AS event, r.ts FROM run u LEFT JOIN rewind r ON r.no = u.rewind
         WHERE u.chat = ? ORDER BY first LIMIT ?`,
    )
    .all(chat, MOST_RUNS + 1);
  return { places: places ?? 0, runs: runs.length > MOST_RUNS ? null : runs.map(toRun) };
}

function toRun({ first, length, state, messages, rewind, event, ts, ...fold }: StoredRun): ConversationRun {
  return {
    from: first,
    length,
    state: stateOf(state),
    messages,
    rewind: rewind === null ? null : { event, ts },
    fold:
      fold.fold_first === null
        ? null
        : { from: fold.fold_first, length: fold.fold_length, messages: fold.fold_messages },
  };
}
