import * as v from 'valibot';
import {
  defaultChatNames,
  defaultPerson,
  defaultProfile,
  ID_FORMS,
  PAYLOAD_FORMS,
  type Profile,
  TIME_UNITS,
} from './profile.ts';

/*
 * The form of a profile. The message of each schema says what would be valid: it completes the sentence “… must be …” of
 * the error.
 */

/** In characters. */
export const LONGEST_NAME = 128;
const LONGEST_LIST = 512;
const PRINTABLE = `a name of 1 to ${LONGEST_NAME} printable characters`;
const COUNT = 'a whole number from 1 to 1000000000';

const name = v.pipe(
  v.string('a name'),
  v.check((text) => text !== '' && text.length <= LONGEST_NAME && isPrintable(text), PRINTABLE),
);
const names = listOf(name, 'names');
const PART = `a text of at most ${LONGEST_NAME} characters`;
/** What an epoch must be. */
export const EPOCH = 'a whole number of milliseconds since 1970';
const BITS = 'a whole number from 0 to 40';
const VALUE = `a text of at most ${LONGEST_NAME} printable characters or a whole number`;
const value = v.union(
  [v.pipe(v.string(), v.maxLength(LONGEST_NAME), v.check(isPrintable)), v.pipe(v.number(), v.safeInteger())],
  VALUE,
);
const part = v.pipe(v.string('a text'), v.maxLength(LONGEST_NAME, PART));
const SIDE = 'a table and a column, as in “notes.chat_id”';
const side = v.pipe(
  v.string(SIDE),
  v.check((text) => /^[^.\p{Cc}]{1,128}\.[^.\p{Cc}]{1,128}$/u.test(text), SIDE),
);
const bool = v.boolean('true or false');
const count = v.pipe(
  v.number(COUNT),
  v.integer(COUNT),
  v.minValue(1, COUNT),
  v.maxValue(1_000_000_000, COUNT),
);

/** Neither a control character, which ends a name in SQL or in a message, nor half of a surrogate pair. */
function isPrintable(text: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(text);
}

function listOf<T>(item: v.GenericSchema<unknown, T>, what: string) {
  const expected = `a list of at most ${LONGEST_LIST} ${what}`;
  return v.pipe(v.array(item, expected), v.maxLength(LONGEST_LIST, expected));
}

/** An object with these members and no others. */
function section<T extends v.ObjectEntries>(entries: T) {
  return v.pipe(
    v.custom<object>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'an object',
    ),
    v.strictObject(entries, ({ expected }) =>
      expected === 'never' ? `only ${Object.keys(entries).join(', ')}` : 'a name',
    ),
  );
}

const { log, tables, synced, rowids, references, nouns, periodic, rewind, restore, chat } = defaultProfile;

/** Tests hold it against what explains it. */
export const profileSchema = section({
  log: v.optional(
    section({
      table: v.optional(name, log.table),
      columns: v.optional(
        section({
          id: v.optional(name, log.columns.id),
          branch: v.optional(name, log.columns.branch),
          ts: v.optional(name, log.columns.ts),
          kind: v.optional(name, log.columns.kind),
          payload: v.optional(name, log.columns.payload),
          supersededBy: v.optional(name, log.columns.supersededBy),
          hidden: v.optional(name, log.columns.hidden),
        }),
        {},
      ),
      order: v.optional(v.nullable(name), log.order),
      replays: v.optional(bool, log.replays),
      gapless: v.optional(bool, log.gapless),
      sequence: v.optional(
        v.nullable(
          section({
            stream: v.optional(name, 'stream_id'),
            place: v.optional(name, 'stream_position'),
            gapless: v.optional(bool, false),
          }),
        ),
        log.sequence,
      ),
      timeUnit: v.optional(
        v.nullable(v.picklist(TIME_UNITS, `a unit of time (${TIME_UNITS.join(', ')})`)),
        log.timeUnit,
      ),
      timeInId: v.optional(
        v.nullable(
          section({
            form: v.optional(v.picklist(ID_FORMS, `a form of ids (${ID_FORMS.join(', ')})`), 'ulid'),
            epoch: v.optional(v.nullable(v.pipe(v.number(EPOCH), v.safeInteger(EPOCH))), null),
            bits: v.optional(
              v.pipe(v.number(BITS), v.integer(BITS), v.minValue(0, BITS), v.maxValue(40, BITS)),
              22,
            ),
          }),
        ),
        log.timeInId,
      ),
      marker: v.optional(
        v.nullable(
          section({
            column: v.optional(name, 'deleted_at'),
            takenBack: v.optional(v.nullable(listOf(value, 'texts and whole numbers')), null),
          }),
        ),
        log.marker,
      ),
      payloadForm: v.optional(
        v.picklist(PAYLOAD_FORMS, `a form of payloads (${PAYLOAD_FORMS.join(', ')})`),
        log.payloadForm,
      ),
      joined: v.optional(
        listOf(
          section({
            meaning: v.picklist(['kind', 'payload'], 'a meaning (kind, payload)'),
            by: v.optional(name, 'id'),
            table: name,
            key: v.optional(name, 'id'),
            column: name,
          }),
          'columns',
        ),
        [...log.joined],
      ),
    }),
    {},
  ),
  tables: v.optional(names, [...tables]),
  synced: v.optional(bool, synced),
  rowids: v.optional(names, [...rowids]),
  references: v.optional(listOf(section({ from: side, to: side }), 'references'), [...references]),
  nouns: v.optional(listOf(section({ table: name, one: name, many: name }), 'nouns'), [...nouns]),
  periodic: v.optional(
    section({
      everyEvents: v.optional(count, periodic.everyEvents),
      everySeconds: v.optional(count, periodic.everySeconds),
      keep: v.optional(count, periodic.keep),
    }),
    {},
  ),
  rewind: v.optional(section({ keepDays: v.optional(count, rewind.keepDays) }), {}),
  restore: v.optional(
    section({
      keep: v.optional(count, restore.keep),
      keepDays: v.optional(count, restore.keepDays),
    }),
    {},
  ),
  chat: v.optional(
    section({
      payloadChat: v.optional(names, [...chat.payloadChat]),
      chatKey: v.optional(
        v.nullable(section({ prefix: v.optional(part, ''), separator: v.optional(name, ':') })),
        chat.chatKey,
      ),
      payloadSpeaker: v.optional(names, [...chat.payloadSpeaker]),
      payloadText: v.optional(names, [...chat.payloadText]),
      payloadTime: v.optional(names, [...chat.payloadTime]),
      payloadTarget: v.optional(names, [...chat.payloadTarget]),
      payloadEvent: v.optional(names, [...chat.payloadEvent]),
      rewindKinds: v.optional(names, [...chat.rewindKinds]),
      names: v.optional(
        v.nullable(
          section({
            table: v.optional(name, defaultChatNames.table),
            id: v.optional(name, defaultChatNames.id),
            name: v.optional(names, [...defaultChatNames.name]),
          }),
        ),
        {},
      ),
      person: v.optional(
        v.nullable(
          section({
            table: v.optional(name, defaultPerson.table),
            name: v.optional(names, [...defaultPerson.name]),
          }),
        ),
        {},
      ),
    }),
    {},
  ),
}) satisfies v.GenericSchema<unknown, Profile>;
