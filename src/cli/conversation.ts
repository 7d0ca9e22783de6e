import { byRecordWords, payloadWords, rowTitle, stateWordsOf } from '../../words/conversation.ts';
import { count } from '../../words/plurals.ts';
import {
  type ChatSummary,
  type Conversation,
  type ConversationMessage,
  type DataFolder,
  type MessageNote,
  type MessageRow,
  openConversation,
  rulesOf,
  SnapbackError,
  type TaskOptions,
} from '../index.ts';
import type { Rules } from '../model/rules.ts';
import type { StreamedAnswer } from './answer.ts';
import { printJson } from './json.ts';
import { usage } from './option-values.ts';
import type { CommandName } from './options.ts';
import { alignTable, fold, left, right, toPrintable } from './text.ts';

/* `show --chat`, and the chats that `show` lists. */

/** What names the events that name no chat. */
const NO_CHAT = '-';
const PAGE = 200;

type Overview = Pick<Conversation['overview'], 'chats' | 'isCompared' | 'lostByRecord'>;

/** A chat as `show` lists it. Null: there is no database to compare with, and what is kept is all that the snapshot holds. */
type ListedChat = Pick<ChatSummary, 'chat' | 'name' | 'kept'> & {
  readonly lost: number | null;
  readonly newer: number | null;
};

type ListedChats = Pick<Overview, 'lostByRecord'> & { readonly chats: readonly ListedChat[] };

/** The chats of a snapshot; null where the snapshot can't be read, which `show` says in another place. @throws `cancelled` */
export async function listChats(
  folder: DataFolder,
  id: string,
  task: TaskOptions,
): Promise<ListedChats | null> {
  try {
    const conversation = await openConversation(folder, id, null, task);
    await conversation.close();
    const { overview } = conversation;
    return { chats: mergeBranches(overview), lostByRecord: overview.lostByRecord };
  } catch (error) {
    if (error instanceof SnapbackError && error.code !== 'cancelled') return null;
    throw error;
  }
}

function mergeBranches({ chats, isCompared }: Omit<Overview, 'lostByRecord'>): readonly ListedChat[] {
  const merged = Map.groupBy(chats, ({ chat }) => chat);
  return [...merged].map(([chat, branches]) => {
    const sum = (of: 'kept' | 'lost' | 'newer') => branches.reduce((total, one) => total + one[of], 0);
    return {
      chat,
      name: branches[0]?.name ?? null,
      kept: sum('kept'),
      lost: isCompared ? sum('lost') : null,
      newer: isCompared ? sum('newer') : null,
    };
  });
}

/** The lines about a snapshot's chats. */
export function describeChats(listed: ListedChats | null): readonly string[] {
  const { chats = [], lostByRecord = false } = listed ?? {};
  const speaking = chats.filter(({ kept, lost, newer }) => kept + (lost ?? 0) + (newer ?? 0) > 0);
  if (speaking.length === 0) return [];
  const lostTitle = lostByRecord ? 'Rewound' : 'Lost';
  const isCompared = speaking.every(({ lost }) => lost !== null);
  const table = alignTable(
    [left('Chat'), left('Name'), ...(isCompared ? ['Kept', lostTitle, 'Newer'] : ['Messages']).map(right)],
    speaking.map(({ chat, name, kept, lost, newer }) => [
      chat ?? NO_CHAT,
      name ?? '',
      ...(isCompared ? [kept, lost, newer] : [kept]).map(String),
    ]),
  );
  return ['', ...fold(table, (rest) => `… and ${count(rest, 'more chat')} (--json lists all)`)];
}

type Asked = { readonly id: string; readonly chat: string };

/**
 * `show --chat`: the messages of one chat in the order of the log, all its branches together.
 * @throws `usage` where no chat or several are meant; as `openConversation`
 */
export async function showChat(
  folder: DataFolder,
  { id, chat }: Asked,
  task: TaskOptions,
): Promise<StreamedAnswer> {
  const conversation = await openConversation(folder, id, null, task);
  try {
    const { chats, isCompared, lostByRecord } = conversation.overview;
    const meant = findChats(chat, chats, 'show');
    const stream = (json: boolean) =>
      json
        ? streamJson(conversation, meant)
        : streamLines(conversation, { chats: meant, isCompared, lostByRecord }, rulesOf(folder.profile));
    return { stream };
  } catch (error) {
    await conversation.close();
    throw error;
  }
}

/**
 * The id of the chat that a person means by its id or its name, for restoring what belongs to it.
 * @throws `usage` where no chat or several are meant, or the events that name none; as `openConversation`
 */
export async function findChatId(
  folder: DataFolder,
  { id, chat }: Asked,
  task: TaskOptions,
): Promise<string> {
  const conversation = await openConversation(folder, id, null, task);
  try {
    const [meant] = findChats(chat, conversation.overview.chats, 'restore');
    if (meant?.chat == null)
      throw usage('Events that name no chat cannot be told from those of others. Choose a chat.', 'restore');
    return meant.chat;
  } finally {
    await conversation.close();
  }
}

/** The branches of the chat that a person means by its id or its name. @throws `usage` with the candidates */
function findChats(
  given: string,
  chats: readonly ChatSummary[],
  command: CommandName,
): readonly ChatSummary[] {
  const byId = chats.filter(({ chat }) => (chat ?? NO_CHAT) === given);
  if (byId.length > 0) return byId;
  const fold = (text: string | null) => text?.normalize('NFKC').toLowerCase();
  const exact = chats.filter(({ name }) => name === given);
  const found = exact.length > 0 ? exact : chats.filter(({ name }) => fold(name) === fold(given));
  const ids = [...new Set(found.map(({ chat }) => chat))];
  if (ids.length === 1) return found;
  const candidates = ids.length > 0 ? ids : [...new Set(chats.map(({ chat }) => chat))];
  const named = candidates.map((chat) => nameOf(chat, chats));
  const list =
    named.length > 20 ? `${named.slice(0, 20).join(', ')} and ${named.length - 20} more` : named.join(', ');
  if (ids.length > 1)
    throw usage(`Several chats are called “${given}”: ${list}. Name one of them by its id.`, command);
  throw usage(`This snapshot has no chat “${given}”. Its chats: ${list === '' ? 'none' : list}.`, command);
}

function nameOf(chat: string | null, chats: readonly ChatSummary[]): string {
  const name = chats.find((one) => one.chat === chat)?.name ?? null;
  return name === null || name === chat ? (chat ?? NO_CHAT) : `${chat ?? NO_CHAT} (${name})`;
}

async function* streamJson(
  conversation: Conversation,
  chats: readonly ChatSummary[],
): AsyncGenerator<string> {
  const lists = { messages: spokenOf, otherEvents: othersOf, beside: besideOf };
  try {
    yield '{';
    for (const [index, [name, listOf]] of Object.entries(lists).entries()) {
      yield `${index === 0 ? '' : ','}\n  "${name}": [`;
      let separator = '\n';
      for (const message of conversation.walk(chats, PAGE)) {
        for (const one of listOf(message)) {
          yield `${separator}    ${printJson(one).replaceAll('\n', '\n    ')}`;
          separator = ',\n';
        }
      }
      yield separator === '\n' ? ']' : '\n  ]';
    }
    yield '\n}\n';
  } finally {
    await conversation.close();
  }
}

function spokenOf({ event, speaker, text, ts, state }: ConversationMessage): readonly unknown[] {
  return text === null ? [] : [{ event, speaker, text, ts, state }];
}

/** The events at a place that say nothing, of whatever kind. */
function othersOf(message: ConversationMessage): readonly MessageNote[] {
  const toOther = ({ event, kind, payload, ts, state }: MessageNote) => ({ event, kind, payload, ts, state });
  return message.text === null ? [toOther(message)] : message.notes.map(toOther);
}

/** The rows that belong to a message, as they are shown: the first few, and long values cut. `more`: how many others there are. */
function besideOf({ event, rows, moreRows: more }: ConversationMessage): readonly unknown[] {
  const shown = rows.map(({ table, state, payload }) => ({ table, state, values: JSON.parse(payload) }));
  return rows.length === 0 ? [] : [{ event, rows: shown, more }];
}

async function* streamLines(
  conversation: Conversation,
  { chats, isCompared, lostByRecord }: Overview,
  rules: Rules,
): AsyncGenerator<string> {
  try {
    const [first] = mergeBranches({ chats, isCompared });
    const { chat = null, kept = 0, lost = 0, newer = 0 } = first ?? {};
    const called = { kept: 'kept', lost: stateWordsOf({ lostByRecord }).lost, newer: 'newer' };
    const counts = isCompared
      ? `${count(kept, 'message')} kept, ${lost} ${called.lost}, ${newer} newer`
      : `${count(kept, 'message')} in the snapshot; there is no database to compare with`;
    const note = byRecordWords({ lostByRecord });
    yield `${toPrintable(nameOf(chat, chats))}: ${counts}\n${note === '' ? '' : `${note}\n`}\n`;
    for (const message of conversation.walk(chats, PAGE)) {
      const lines = [
        ...(message.text === null ? [] : [message]),
        ...othersOf(message).map((other) => ({ ...other, speaker: null, text: null })),
      ];
      for (const line of lines)
        yield `${isCompared ? `${called[line.state].padEnd(5)}  ` : ''}${lineOf(line)}\n`;
      for (const row of message.rows)
        yield `${isCompared ? row.state.padEnd(7) : ''}  ${rowLine(row, rules)}\n`;
      if (message.moreRows > 0) yield `         and ${count(message.moreRows, 'more row')}\n`;
    }
  } finally {
    await conversation.close();
  }
}

/** A row that belongs to the message above it. */
function rowLine({ table, payload }: MessageRow, rules: Rules): string {
  return toPrintable(`${rowTitle(table, rules)}: ${payloadWords(payload)}`);
}

type Line = Omit<MessageNote, 'event' | 'state'> & Pick<ConversationMessage, 'speaker' | 'text'>;

function lineOf({ ts, speaker, text, kind, payload }: Line): string {
  const said = text === null ? `(${kind ?? 'event'}) ${payload ?? ''}` : `${speaker ?? kind ?? '?'}: ${text}`;
  return toPrintable(`${ts ?? '-'}  ${said}`);
}
