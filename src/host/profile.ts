import type { Rules } from '../model/rules.ts';

/** What Snapback knows about an event-sourced application. Nothing else in the core names its tables or its thresholds. */
export type Profile = {
  readonly log: {
    readonly table: string;
    readonly columns: LogColumns;
    /** The column by which events follow each other where their ids do not tell; null: by their ids. */
    readonly order: string | null;
    /** Whether the application, when it starts, applies the events after its newest checkpoint to its tables. */
    readonly replays: boolean;
    /** Whether the ids of the events must follow each other without gaps. */
    readonly gapless: boolean;
    /** The places of events within their streams; null: events have none. */
    readonly sequence: Sequence | null;
    /** What the numbers in the column `ts` count, or that it holds no time; null: as they look. */
    readonly timeUnit: TimeUnit | null;
    /** How the id of an event holds its time; null: the column `ts` does. */
    readonly timeInId: TimeInId | null;
    /** The column that says that an event is taken back; null: only `hidden` and `supersededBy` do. */
    readonly marker: Marker | null;
    /** `opaque`: only the application can read what the column `payload` holds. */
    readonly payloadForm: PayloadForm;
    /** What of an event is in a second table. */
    readonly joined: readonly JoinedColumn[];
  };
  /** The tables that the application derives from its log, in the order of a snapshot. */
  readonly tables: readonly string[];
  /** Tables whose rowids the application refers to although no column holds them. */
  readonly rowids: readonly string[];
  /** Columns that name rows of other tables although the schema declares no foreign key. */
  readonly references: readonly DeclaredReference[];
  readonly chat: ChatFields;
  /** Whether other devices write to the database, so that a restore in place would be undone or spread by them. */
  readonly synced: boolean;
} & Rules;

/** The column of an event's stream, that of its place in it, and whether the places must follow each other without gaps. */
type Sequence = { readonly stream: string; readonly place: string; readonly gapless: boolean };

/**
 * `uuid`: of version 6 or 7. `snowflake`: a whole number, above whose lowest `bits` are the milliseconds since the `epoch`,
 * which is in milliseconds since 1970. Only a snowflake has these two.
 */
export type TimeInId = { readonly form: IdForm; readonly epoch: number | null; readonly bits: number };
export const ID_FORMS = ['ulid', 'uuid', 'snowflake'] as const;
type IdForm = (typeof ID_FORMS)[number];

/** The values that say that an event is taken back; null: any value but NULL. */
export type Marker = { readonly column: string; readonly takenBack: readonly (string | number)[] | null };

/** `iso`: a date and time as text. Numbers count from 1970 on. */
export const TIME_UNITS = ['iso', 's', 'ms', 'us', 'none'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

export const PAYLOAD_FORMS = ['json', 'opaque'] as const;
type PayloadForm = (typeof PAYLOAD_FORMS)[number];
/**
 * The kind or the payload of an event is in `column` of another table: in the row whose `key` is what the log's column `by`
 * holds. An event without such a row has none.
 */
type JoinedColumn = {
  readonly meaning: 'kind' | 'payload';
  readonly by: string;
  readonly table: string;
  readonly key: string;
  readonly column: string;
};

/** Each side is a table and a column of it, as in `notes.chat_id`. */
type DeclaredReference = { readonly from: string; readonly to: string };

/** The two names of one side of a reference. */
export function splitReference(side: string): { readonly table: string; readonly column: string } {
  const [table = '', column = ''] = side.split('.');
  return { table, column };
}

type LogColumns = {
  readonly id: string;
  readonly branch: string;
  readonly ts: string;
  readonly kind: string;
  readonly payload: string;
  readonly supersededBy: string;
  readonly hidden: string;
};

/**
 * Which fields of an event's payload mean what. Of each list, the first field that holds a text or a number counts. A field
 * is a name, a path such as `message.body` or `parts[].text`, or a column of the log where the payload has no such field.
 */
export type ChatFields = {
  readonly payloadChat: readonly string[];
  /** Where the chat is in what `payloadChat` finds; null: all of it. */
  readonly chatKey: ChatKey | null;
  readonly payloadSpeaker: readonly string[];
  readonly payloadText: readonly string[];
  /** Where the time of a message is; none: in the log's own column. */
  readonly payloadTime: readonly string[];
  /** In the record of a rewind: the id of the last event that stays. */
  readonly payloadTarget: readonly string[];
  /** In any other event, or in a projected table: the id of the event that it belongs to. */
  readonly payloadEvent: readonly string[];
  /** The kinds of events that record a rewind. */
  readonly rewindKinds: readonly string[];
  /** Null: the database has no names of chats. */
  readonly names: ChatNames | null;
  /** Where the person's own name is, as the speaker of messages; null: nowhere. */
  readonly person: PersonName | null;
};

/** A key such as `chat:123:7` names the chat 123: what stands between the prefix and the next separator, or the end. */
export type ChatKey = { readonly prefix: string; readonly separator: string };

/** The table with the names of the chats: the column of the chat's id, and the columns that may hold a name. */
type ChatNames = { readonly table: string; readonly id: string; readonly name: readonly string[] };

type PersonName = { readonly table: string; readonly name: readonly string[] };

/** The part of a profile that the window and the command line put into words. */
export function rulesOf({ nouns, periodic, rewind, restore }: Profile): Rules {
  return { nouns, periodic, rewind, restore };
}

/** Where the default profile finds the chats' names. */
export const defaultChatNames: ChatNames = { table: 'chats', id: 'id', name: ['title', 'name'] };

/** Where the default profile finds the person's name. */
export const defaultPerson: PersonName = { table: 'you_entity', name: ['name'] };

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
    order: null,
    replays: true,
    gapless: false,
    sequence: null,
    timeUnit: null,
    timeInId: null,
    marker: null,
    payloadForm: 'json',
    joined: [],
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
  synced: false,
  rowids: [],
  references: [],
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
    chatKey: null,
    payloadSpeaker: ['speaker', 'author', 'speaker_id'],
    payloadText: ['text', 'content', 'message'],
    payloadTime: [],
    payloadTarget: ['to_event_id', 'target_event_id', 'to'],
    payloadEvent: ['event_id', 'message_event_id'],
    rewindKinds: ['rewind'],
    names: defaultChatNames,
    person: defaultPerson,
  },
};
