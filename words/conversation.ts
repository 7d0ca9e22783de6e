import type {
  ChatSummary,
  ConversationMessage,
  ConversationOverview,
  ConversationRun,
  FieldChoice,
  FieldMeaning,
  MessageRow,
  RowsBeside,
} from '../src/model/conversation.ts';
import type { TableDiff } from '../src/model/diff.ts';
import type { Rules } from '../src/model/rules.ts';
import { IF_NOT_SHOWN } from './happened.ts';
import { formatShort, formatTimestamp } from './moments.ts';
import { formatNumber } from './numbers.ts';
import { count } from './plurals.ts';
import { differingRows } from './rows.ts';
import { joinWords } from './sentences.ts';
import { countRows } from './tables.ts';

/* The words of a conversation: its chats, its messages, and what differs beside them. */

const LONGEST_RAW_TIME = 40;
const LONGEST_VALUE = 200;
const MOST_TABLES = 4;

/** What marks a message or a row beside it; nothing for one that is in the snapshot and in the chat. */
export const STATE_WORDS: StateWords = {
  kept: '',
  lost: 'lost',
  newer: 'written since',
  changed: 'changed',
};

export type StateWords = { readonly [S in MessageRow['state']]: string };

/** The same of messages. What only the record of a rewind took is still in the log, so it is not called lost. */
export function stateWordsOf({ lostByRecord }: ByRecord): StateWords {
  return lostByRecord ? BY_RECORD : STATE_WORDS;
}

const BY_RECORD: StateWords = { ...STATE_WORDS, lost: 'rewound' };

type ByRecord = Pick<ConversationOverview, 'lostByRecord'>;

/** Whether there was a database to compare with. */
type Compared = Pick<ConversationOverview, 'isCompared'>;

/** Says that nothing is compared; empty where it is. */
export function asOfWords({ isCompared }: Compared): string {
  return isCompared
    ? ''
    : 'No database can be read here. These are the messages that the snapshot holds, so none of them is called lost.';
}

/** The chat's name, or its id if it has none, and its branch where there are several. */
export function chatTitle({ chat, name, branch }: Pick<ChatSummary, 'chat' | 'name' | 'branch'>): string {
  const named = [name, chat].find((one) => one !== null && one.trim() !== '');
  const title = named ?? (chat === null ? 'In no chat' : 'A chat without a name');
  return branch === null ? title : `${title}, branch ${branch}`;
}

/** Says what is true of messages that only the record of a rewind took; empty where there are none. */
export function byRecordWords({ lostByRecord }: ByRecord): string {
  return lostByRecord
    ? `The messages marked “rewound” are still in the log; only the record of a rewind says that they no longer count. ${IF_NOT_SHOWN}`
    : '';
}

/** `20 lost · 3 written since · 543 kept`; `543 messages, unchanged` where nothing differs. */
export function chatCounts(
  { kept, lost, newer, places }: ChatSummary,
  { isCompared, lostByRecord }: Compared & ByRecord,
): string {
  if (kept + lost + newer === 0) return count(places, 'event');
  if (!isCompared) return count(kept, 'message');
  if (lost + newer === 0) return `${count(kept, 'message')}, unchanged`;
  const parts = [
    [lost, stateWordsOf({ lostByRecord }).lost],
    [newer, 'written since'],
    [kept, 'kept'],
  ] as const;
  return parts
    .flatMap(([value, word]) => (value === 0 ? [] : [`${formatNumber(value)} ${word}`]))
    .join(' · ');
}

/** Messages that neither the snapshot nor the chat shows; empty where there are none. */
export function unreadWords({ unread }: ChatSummary): string {
  return unread === 0
    ? ''
    : `${count(unread, 'message')} of earlier rewinds ${unread === 1 ? 'is' : 'are'} not shown.`;
}

/** What stands before a run that differs. */
export function boundaryWords(run: ConversationRun, now: Date): string {
  const others = run.length - run.messages;
  const held = run.messages > 0 ? count(run.messages, 'message') : count(others, 'other event');
  if (run.state === 'newer') return `Written since · ${held}`;
  if (run.rewind === null) return `Missing from here on · ${held}`;
  const date = run.rewind.ts === null ? null : toDate(run.rewind.ts);
  if (date === null) return `Rewound here · ${held}`;
  const at = formatShort(date.toISOString(), now);
  // Only a time of day stands after “at”.
  return `Rewound here ${/^\d\d?:\d\d/.test(at) ? 'at ' : ''}${at} · ${held}`;
}

/** What a fold stands for. */
export function foldWords(
  messages: number,
  where: 'first' | 'middle' | 'last',
  { isCompared }: Compared,
): string {
  if (where === 'middle') return `${count(messages, 'unchanged message')}`;
  const which = where === 'first' ? 'earlier' : 'later';
  return `${count(messages, `${which} message`)}${isCompared ? ', unchanged' : ''}`;
}

/** The time of a message for a reader, and exactly. A time in a form that nobody knows is shown as it is. */
export function messageTime(
  ts: string | null,
  now: Date,
): { readonly short: string; readonly exact: string } {
  if (ts === null) return { short: '', exact: '' };
  const date = toDate(ts);
  if (date === null) return { short: ts.slice(0, LONGEST_RAW_TIME), exact: ts };
  const iso = date.toISOString();
  return { short: formatShort(iso, now), exact: formatTimestamp(iso) };
}

/** An ISO time, or seconds, milliseconds or microseconds since 1970. Null for anything else. */
function toDate(ts: string): Date | null {
  const number = /^\d{9,17}(?:\.\d+)?$/.test(ts) ? Number(ts) : null;
  const ms = number === null ? null : number < 1e11 ? number * 1000 : number < 1e14 ? number : number / 1000;
  const date = ms === null ? (/^\d{4}-\d\d-\d\d/.test(ts) ? new Date(ts) : null) : new Date(ms);
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}

/** `memory kept` for `memory_kept`. */
export function kindTitle(kind: string | null): string {
  if (kind === null || kind.trim() === '') return 'event';
  return kind
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .replaceAll(/[_.:-]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** What an event holds, in one line: `mood: calm · by: 3`. Where it is no JSON object, as it is stored. */
export function payloadWords(payload: string | null): string {
  if (payload === null) return '';
  const members = parseMembers(payload);
  if (members === null) return payload.slice(0, LONGEST_VALUE);
  const isId = ([name]: readonly [string, string]) => /(?:^|[_-])ids?$|I[dD]s?$/.test(name);
  // What a person can read stands before what only names something.
  return [...members.filter((one) => !isId(one)), ...members.filter(isId)]
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${value}`)
    .join(' · ');
}

/** The members of a JSON object in words. Null where it is none, or nested too deeply to be written again. */
function parseMembers(payload: string): readonly (readonly [string, string])[] | null {
  try {
    const parsed: unknown = JSON.parse(payload);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? Object.entries(parsed).map(([name, value]) => [name, valueWords(value)])
      : null;
  } catch {
    return null;
  }
}

function valueWords(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, LONGEST_VALUE);
}

/** Who says a message, as far as it is known. */
export function speakerWords({ speaker, kind }: Pick<ConversationMessage, 'speaker' | 'kind'>): string {
  return speaker === null || speaker.trim() === '' ? kindTitle(kind) : speaker;
}

const OWN = new Set(['you', 'user', 'human', 'me']);

/** Whether the person said it, not somebody in the chat. */
export function isPerson(speaker: string | null, persons: readonly string[]): boolean {
  return speaker !== null && (persons.includes(speaker) || OWN.has(speaker.toLowerCase()));
}

/** What one row of a table is called: `memory`, or the name of the table. */
export function rowTitle(table: string, { nouns }: Rules): string {
  return nouns.find((one) => one.table === table)?.one ?? table;
}

/** What else differs than the messages and the rows beside them; empty where nothing does. */
export function alsoDiffers(
  tables: readonly TableDiff[],
  rules: Rules,
  { beside }: { readonly beside: readonly RowsBeside[] },
): string {
  const shown = new Map(beside.map(({ table, rows }) => [table, rows]));
  const differing = tables
    .filter(({ role, state }) => role === 'projected' && state === 'compared')
    .map((table) => ({ table, rows: differingRows(table) - (shown.get(table.name) ?? 0) }))
    .filter(({ rows }) => rows > 0)
    .map(({ table, rows }) => countRows(rows, table, rules));
  if (differing.length === 0) return '';
  const rest = differing.length - MOST_TABLES;
  const named =
    rest > 1 ? [...differing.slice(0, MOST_TABLES), `${formatNumber(rest)} other tables`] : differing;
  return `Also differs: ${joinWords(named)}.`;
}

const MEANINGS: { readonly [M in FieldMeaning]: string } = {
  chat: 'Chat',
  speaker: 'Speaker',
  text: 'Text',
  time: 'Time',
};

/** What a field means, as a label. */
export function meaningWords(meaning: FieldMeaning): string {
  return MEANINGS[meaning];
}

/** A sentence about what was guessed; empty where nothing was. */
export function guessWords(fields: readonly FieldChoice[]): string {
  const guessed = fields.filter(({ because }) => because === 'guess').map(({ meaning }) => meaning);
  if (guessed.length === 0) return '';
  return `Which field holds the ${joinWords(guessed)} was guessed from the messages.`;
}
