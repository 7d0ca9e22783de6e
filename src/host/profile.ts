import type { Rules } from '../model/rules.ts';

/** What Snapback knows about an event-sourced application. Nothing else in the core names a table or a threshold. */
export type Profile = {
  readonly log: { readonly table: string; readonly columns: LogColumns };
  /** Tables that the application derives from its log, in the order of a dump. */
  readonly tables: readonly string[];
  readonly chat: ChatFields;
} & Rules;

type LogColumns = {
  readonly id: string;
  readonly branch: string;
  readonly ts: string;
  readonly kind: string;
  readonly payload: string;
  readonly supersededBy: string;
  readonly hidden: string;
};

/** Where chat, speaker and text of an event are found: fields of its payload, of which the first that is there counts. */
type ChatFields = {
  readonly payloadChat: readonly string[];
  readonly payloadSpeaker: readonly string[];
  readonly payloadText: readonly string[];
  /** Kinds of events by which the host records a rewind. */
  readonly rewindKinds: readonly string[];
  /** Null: names of chats are not known. */
  readonly names: ChatNames | null;
};

/** The table that holds the chats' names: its column of chat ids, and the columns that may hold a name. */
type ChatNames = { readonly table: string; readonly id: string; readonly name: readonly string[] };

/** The part of a profile that the window and the command line put into words. */
export function rulesOf({ nouns, periodic, rewind, restore }: Profile): Rules {
  return { nouns, periodic, rewind, restore };
}

/** Where the default profile finds the chats' names. */
export const defaultChatNames: ChatNames = { table: 'chats', id: 'id', name: ['title', 'name'] };

export const defaultProfile: Profile = {
  log: {
    table: 'event_log',
    columns: {
      id: 'id',
      branch: 'branch_id',
      ts: 'ts',
      kind: 'kind',
      payload: 'payload_json',
      supersededBy: 'superseded_by',
      hidden: 'hidden',
    },
  },
  tables: [
    'bots',
    'you_entity',
    'edges',
    'memories',
    'chats',
    'chat_state',
    'containers',
    'scenes',
    'activity',
    'classifier_failures',
  ],
  nouns: [
    { table: 'bots', one: 'bot', many: 'bots' },
    { table: 'edges', one: 'edge', many: 'edges' },
    { table: 'memories', one: 'memory', many: 'memories' },
    { table: 'chats', one: 'chat', many: 'chats' },
    { table: 'containers', one: 'container', many: 'containers' },
    { table: 'scenes', one: 'scene', many: 'scenes' },
  ],
  periodic: { everyEvents: 100, everySeconds: 1800, keep: 5 },
  rewind: { keepDays: 14 },
  restore: { keep: 10, keepDays: 14 },
  chat: {
    payloadChat: ['chat_id'],
    payloadSpeaker: ['speaker', 'author', 'speaker_id'],
    payloadText: ['text', 'content', 'message'],
    rewindKinds: ['rewind'],
    names: defaultChatNames,
  },
};
