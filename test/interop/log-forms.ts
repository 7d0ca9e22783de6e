/*
 * The same conversation in the logs of applications that keep it in different ways, each with the profile that says how. Two
 * chats have twelve messages; then the second one is rewound to its first message, and somebody writes to the first one.
 */
export type LogForm = {
  readonly name: string;
  readonly schema: string;
  /** The SQL that appends an event. */
  readonly append: (event: Said) => string;
  /** Takes events back; by default they are deleted. */
  readonly takeBack?: string;
  readonly profile: { readonly log: object; readonly chat?: object; readonly tables?: readonly string[] };
  /** What the first line of the check says of it. */
  readonly line: string;
  /** The SQL of the places of the messages that can be read. */
  readonly visible?: string;
  /** How a restore in place is refused, and in the line of the check; left out: it is not. `take`: taking a snapshot, too. */
  readonly refused?: { readonly line: string; readonly code: string; readonly take: boolean };
};

export type Said = {
  /** Its place among all events. */
  readonly n: number;
  readonly kind: 'said' | 'rewind';
  readonly room: string;
  readonly who: string;
  readonly text: string;
  /** ISO 8601. */
  readonly at: string;
  /** Of the record of a rewind: the last event that stays. */
  readonly backTo: number | null;
};

/** The table of events in each of them. */
export const TABLE = 'events';

const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
const json = (value: object) => text(JSON.stringify(value));
const MEANINGS = { payloadText: ['said'], payloadSpeaker: ['who'], payloadTarget: ['back_to'] };
const FOUND = 'Messages with chat, speaker and time are found in “events”';

const MARKERS = [
  { column: 'deleted_at', there: 'NULL', gone: "'2026-11-20T10:13:00Z'", takenBack: null },
  { column: 'is_active', there: '1', gone: '0', takenBack: [0] },
  { column: 'status', there: "'sent'", gone: "'rewound'", takenBack: ['deleted', 'rewound'] },
] as const;

export const logForms: readonly LogForm[] = [
  {
    name: 'opaque payloads, with chat and text in columns',
    schema:
      'CREATE TABLE events (id INTEGER PRIMARY KEY, ts TEXT, kind TEXT, body TEXT, room TEXT, who TEXT, said TEXT, back_to INTEGER);',
    append: ({ n, at, kind, room, who, text: said, backTo }) =>
      `INSERT INTO events VALUES (${n}, '${at}', '${kind}', '{"room": "z", "who": "nobody", "said": "not this", "back_to": 1}', '${room}', '${who}', ${text(said)}, ${backTo});`,
    profile: {
      log: { columns: { payload: 'body' }, payloadForm: 'opaque' },
      chat: { ...MEANINGS, payloadChat: ['body.room', 'room'] },
    },
    line: `${FOUND}, whose payloads only the chat app can read, beside 1 more table.`,
  },
  {
    name: 'the chat at a path of the payload',
    schema: 'CREATE TABLE events (id INTEGER PRIMARY KEY, ts TEXT, kind TEXT, body TEXT);',
    append: ({ n, at, kind, room, who, text: said, backTo }) =>
      `INSERT INTO events VALUES (${n}, '${at}', '${kind}', ${json({ where: { room }, who, said, back_to: backTo })});`,
    profile: {
      log: { columns: { payload: 'body' } },
      chat: { ...MEANINGS, payloadChat: ['where.room'] },
    },
    line: `${FOUND}, beside 1 more table.`,
  },
  {
    name: 'the chat in the keys of events',
    schema: 'CREATE TABLE events (id INTEGER PRIMARY KEY, key TEXT UNIQUE, ts TEXT, kind TEXT, body TEXT);',
    append: ({ n, at, kind, room, who, text: said, backTo }) =>
      `INSERT INTO events VALUES (${n}, 'chat:${room}:event:${n}', '${at}', '${kind}', ${json({ who, said, back_to: backTo })});`,
    profile: {
      log: { columns: { payload: 'body' } },
      chat: { ...MEANINGS, payloadChat: ['key'], chatKey: { prefix: 'chat:', separator: ':' } },
    },
    line: `${FOUND}, beside 1 more table.`,
  },
  {
    name: 'the chat at the beginning of a key in the payload',
    schema: 'CREATE TABLE events (id INTEGER PRIMARY KEY, ts TEXT, kind TEXT, body TEXT);',
    append: ({ n, at, kind, room, who, text: said, backTo }) =>
      `INSERT INTO events VALUES (${n}, '${at}', '${kind}', ${json({ key: `${room}/${n}`, who, said, back_to: backTo })});`,
    profile: {
      log: { columns: { payload: 'body' } },
      chat: { ...MEANINGS, payloadChat: ['key'], chatKey: { separator: '/' } },
    },
    line: `${FOUND}, beside 1 more table.`,
  },
  ...MARKERS.map(
    ({ column, there, gone, takenBack }): LogForm => ({
      name: `“${column}” as the mark of what is taken back`,
      schema: `CREATE TABLE events (id INTEGER PRIMARY KEY, ts TEXT, kind TEXT, body TEXT, ${column} DEFAULT ${there});`,
      append: ({ n, at, kind, room, who, text: said, backTo }) =>
        `INSERT INTO events (id, ts, kind, body) VALUES (${n}, '${at}', '${kind}', ${json({ room, who, said, back_to: backTo })});`,
      takeBack: `UPDATE events SET ${column} = ${gone} WHERE id BETWEEN 10 AND 12;`,
      profile: {
        log: { columns: { payload: 'body' }, marker: { column: column.toUpperCase(), takenBack } },
        chat: { ...MEANINGS, payloadChat: ['room'] },
      },
      line: `${FOUND}, with “${column.toUpperCase()}” saying what is taken back, beside 1 more table.`,
      visible: `SELECT id FROM events WHERE kind = 'said' AND ${column} IS ${there} ORDER BY id`,
    }),
  ),
];
