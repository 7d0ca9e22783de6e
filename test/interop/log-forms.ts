/*
 * The same conversation in the logs of applications that keep it in different ways, each with the profile that says how. Two
 * chats have twelve messages; then the second one is rewound to its first message, and somebody writes to the first one.
 */
export type LogForm = {
  readonly name: string;
  readonly schema: string;
  /** The SQL that appends an event. */
  readonly append: (event: Said) => string;
  /** Takes events back; by default they are deleted. `marks`: they are only marked. */
  readonly takeBack?: string;
  readonly marks?: boolean;
  readonly profile: { readonly log: object; readonly chat?: object; readonly tables?: readonly string[] };
  /** The table of what was said, if not that of the events. */
  readonly saidIn?: string;
  /** What the first line of the check says of it. */
  readonly line: string;
  /** The SQL of the places of the messages that can be read. */
  readonly visible?: string;
  /** How a restore in place is refused, and in the line of the check; left out: it is not. `take`: taking a snapshot, too. `numbered`: its events have numbers all the same. */
  readonly refused?: {
    readonly line: string;
    readonly code: string;
    readonly take: boolean;
    readonly numbered?: boolean;
  };
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

/** When an event happened: one a minute. */
export const timeOf = (n: number): number => Date.UTC(2026, 10, 20, 10, n);

/** The table of events in each of them. */
export const TABLE = 'events';

const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
const json = (value: object) => text(JSON.stringify(value));
const MEANINGS = { payloadText: ['said'], payloadSpeaker: ['who'], payloadTarget: ['back_to'] };
const FOUND = 'Messages with chat, speaker and time are found in “events”';

const ELSEWHERE = {
  line: 'restored into a new file, but not taken or restored in place: a part of what is in “events” stands in',
  code: 'event-ids-unsupported',
  take: true,
  numbered: true,
} as const;

const MARKERS = [
  { column: 'deleted_at', there: 'NULL', gone: "'2026-11-20T10:13:00Z'", takenBack: null },
  { column: 'is_active', there: '1', gone: '0', takenBack: [0] },
  { column: 'status', there: "'sent'", gone: "'rewound'", takenBack: ['deleted', 'rewound'] },
] as const;

/** The events, with a part of what each holds in a second table. */
const SECOND: readonly LogForm[] = [
  {
    name: 'kind and payload in a second table',
    schema: `CREATE TABLE events (id INTEGER PRIMARY KEY, ts TEXT);
      CREATE TABLE bodies (event_id INTEGER PRIMARY KEY, id TEXT, what TEXT, body TEXT);`,
    append: ({ n, at, kind, room, who, text: said, backTo }) =>
      `INSERT INTO events VALUES (${n}, '${at}');
       INSERT INTO bodies VALUES (${n}, 'x', '${kind}', ${json({ room, who, said, back_to: backTo })});`,
    takeBack:
      'DELETE FROM events WHERE id BETWEEN 10 AND 12; DELETE FROM bodies WHERE event_id BETWEEN 10 AND 12;',
    saidIn: 'bodies',
    profile: {
      log: {
        joined: [
          { meaning: 'kind', table: 'bodies', key: 'event_id', column: 'what' },
          { meaning: 'payload', by: 'ID', table: 'Bodies', key: 'Event_Id', column: 'BODY' },
        ],
      },
      tables: ['bodies'],
      chat: { ...MEANINGS, payloadChat: ['room'] },
    },
    line: `${FOUND}, beside 2 more tables.`,
    visible:
      "SELECT e.id FROM events e JOIN bodies b ON b.event_id = e.id WHERE b.what = 'said' ORDER BY e.id",
    refused: { ...ELSEWHERE, line: `${ELSEWHERE.line} “bodies”` },
  },
  {
    name: 'the kind by its number in a second table',
    schema: `CREATE TABLE events (id INTEGER PRIMARY KEY, ts TEXT, kind_id INTEGER, body TEXT);
      CREATE TABLE kinds (id INTEGER PRIMARY KEY, name TEXT);
      INSERT INTO kinds VALUES (1, 'said'), (2, 'rewind');`,
    append: ({ n, at, kind, room, who, text: said, backTo }) =>
      `INSERT INTO events VALUES (${n}, '${at}', ${kind === 'said' ? 1 : 2}, ${json({ room, who, said, back_to: backTo })});`,
    profile: {
      log: {
        columns: { payload: 'body' },
        joined: [{ meaning: 'kind', by: 'kind_id', table: 'kinds', column: 'name' }],
      },
      tables: ['kinds'],
      chat: { ...MEANINGS, payloadChat: ['room'] },
    },
    line: `${FOUND}, beside 2 more tables.`,
    visible: 'SELECT id FROM events WHERE kind_id = 1 ORDER BY id',
    refused: { ...ELSEWHERE, line: `${ELSEWHERE.line} “kinds”` },
  },
];

const EPOCH = Date.UTC(2015, 0, 1);
const inBase32 = (value: number) =>
  Array.from(
    { length: 10 },
    (_, place) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Math.floor(value / 32 ** (9 - place)) % 32],
  ).join('');
const asUuid = (hex: string) => `'${hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}'`;
const inHex = (value: bigint | number, length: number) => value.toString(16).padStart(length, '0');

type TimedIds = {
  readonly form: { readonly form: string; readonly epoch?: number; readonly bits?: number };
  readonly idOf: (time: number, n: number) => string;
  readonly log?: object;
};

const TIMED_IDS: readonly TimedIds[] = [
  {
    form: { form: 'ulid' },
    idOf: (time, n) => `'${inBase32(time)}${String(n).padStart(16, '0')}'`,
    log: { order: 'id' },
  },
  {
    form: { form: 'uuid' },
    // Every other one of version 7, the others of version 6: steps of 100 ns since 1582.
    idOf: (time, n) => {
      const steps = inHex((BigInt(time) + 12_219_292_800_000n) * 10_000n, 15);
      const tail = `8000${inHex(n, 12)}`;
      return asUuid(
        n % 2 === 0 ? `${steps.slice(0, 12)}6${steps.slice(12)}${tail}` : `${inHex(time, 12)}7000${tail}`,
      );
    },
    log: { order: 'n' },
  },
  {
    form: { form: 'snowflake', epoch: EPOCH },
    idOf: (time, n) => String((BigInt(time - EPOCH) << 22n) + BigInt(n)),
  },
  {
    form: { form: 'snowflake', epoch: 0, bits: 16 },
    idOf: (time, n) => String((BigInt(time) << 16n) + BigInt(n)),
  },
];

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
      marks: true,
      takeBack: `UPDATE events SET ${column} = ${gone} WHERE id BETWEEN 10 AND 12;`,
      profile: {
        log: { columns: { payload: 'body' }, marker: { column: column.toUpperCase(), takenBack } },
        chat: { ...MEANINGS, payloadChat: ['room'] },
      },
      line: `${FOUND}, with “${column.toUpperCase()}” saying what is taken back, beside 1 more table.`,
      visible: `SELECT id FROM events WHERE kind = 'said' AND ${column} IS ${there} ORDER BY id`,
    }),
  ),
  ...SECOND,
  ...TIMED_IDS.map(
    ({ form, idOf, ...rest }): LogForm => ({
      name: `the time in ids of the form ${form.form}`,
      schema: 'CREATE TABLE events (id PRIMARY KEY, n INTEGER, kind TEXT, body TEXT);',
      append: ({ n, at, kind, room, who, text: said, backTo }) =>
        `INSERT INTO events VALUES (${idOf(Date.parse(at), n)}, ${n}, '${kind}', ${json({ room, who, said, back_to: backTo === null ? null : idOf(timeOf(backTo), backTo).replaceAll("'", '') })});`,
      takeBack: 'DELETE FROM events WHERE n BETWEEN 10 AND 12;',
      profile: {
        log: { columns: { payload: 'body' }, timeInId: form, ...rest.log },
        chat: { ...MEANINGS, payloadChat: ['room'] },
      },
      line: FOUND,
      visible: "SELECT n FROM events WHERE kind = 'said' ORDER BY n",
      ...(rest.log !== undefined && {
        refused: {
          line: 'restored into a new file, but not taken or restored in place: the ids in “events” are not whole numbers.',
          code: 'event-ids-unsupported',
          take: true,
        },
      }),
    }),
  ),
];
