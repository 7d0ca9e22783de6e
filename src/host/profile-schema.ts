import * as v from 'valibot';
import { SnapbackError } from '../model/errors.ts';
import { foldName } from '../sqlite/names.ts';
import {
  defaultChatNames,
  defaultPerson,
  defaultProfile,
  ID_FORMS,
  PAYLOAD_FORMS,
  type Profile,
  splitReference,
  TIME_UNITS,
} from './profile.ts';

/*
 * The form of a profile. The message of each schema says what would be valid: it completes the sentence “… must be …” of
 * the error.
 */

const LONGEST_NAME = 128;
const LONGEST_LIST = 512;
const PRINTABLE = `a name of 1 to ${LONGEST_NAME} printable characters`;
const COUNT = 'a whole number from 1 to 1000000000';

const name = v.pipe(
  v.string('a name'),
  v.check((text) => text !== '' && text.length <= LONGEST_NAME && isPrintable(text), PRINTABLE),
);
const names = listOf(name, 'names');
const PART = `a text of at most ${LONGEST_NAME} characters`;
const EPOCH = 'a whole number of milliseconds since 1970';
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

/** Turns the content of a profile file into a profile. Missing parts come from the default profile. @throws `profile-invalid` */
export function parseProfile(source: unknown): Profile {
  const { issues, output } = v.safeParse(profileSchema, source, { abortEarly: true });
  if (issues !== undefined) {
    const [issue] = issues;
    throw invalidProfile(placeOf(issue), issue.message, describeFound(issue));
  }
  refuseOddTables(output);
  refuseOddTimes(output);
  refuseOddReferences(output);
  refuseOddRowids(output);
  refuseOddJoins(output);
  return output;
}

/** Where the profile is wrong, such as `chat.names.name[1]`. For an unknown key, the place of the object that has it. */
function placeOf({ path, expected }: v.BaseIssue<unknown>): string {
  const keys = (path ?? []).map(({ key }) => key);
  if (expected === 'never') keys.pop();
  const place = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return place === '' ? 'profile' : place.slice(1);
}

/** What the profile has there instead. Never the text itself, which may be of any size. */
function describeFound({ kind, input, expected, path }: v.BaseIssue<unknown>): string | number {
  if (expected === 'never') return String(path?.at(-1)?.key).slice(0, LONGEST_NAME);
  if (typeof input === 'number') return input;
  if (typeof input === 'string') return kind === 'validation' ? `${input.length} characters` : 'a text';
  if (input === undefined) return 'nothing';
  if (typeof input === 'object' && input !== null) return Array.isArray(input) ? 'a list' : 'an object';
  return String(input);
}

/** A name in a profile, and the key that says it. */
type Named = readonly [key: string, name: string];

function refuseOddTables({ log, tables, chat }: Profile): void {
  const dumped: readonly Named[] = [
    ['log.table', log.table],
    ...tables.map((table, index): Named => [`tables[${index}]`, table]),
  ];
  const read: readonly Named[] = [
    ['chat.names.table', chat.names?.table ?? ''],
    ['chat.person.table', chat.person?.table ?? ''],
  ];
  for (const [key, table] of [...dumped, ...read])
    if (/^(?:main|temp)\./i.test(table))
      throw invalidProfile(key, 'a plain name, without “main.” before it', table);
  for (const [key, table] of dumped) {
    if (foldName(table).startsWith('sqlite_')) throw invalidProfile(key, "none of SQLite's own names", table);
    if (['last_event_id', '_snapback'].includes(foldName(table)))
      throw invalidProfile(key, 'no name that a snapshot uses for something else', table);
  }
  refuseTwice(dumped);
  const columns = Object.entries(log.columns).map(([key, column]): Named => [`log.columns.${key}`, column]);
  refuseTwice(log.marker === null ? columns : [...columns, ['log.marker.column', log.marker.column]]);
}

function refuseOddTimes({ log }: Profile): void {
  if (log.timeInId === null) return;
  if (log.timeUnit !== null)
    throw invalidProfile(
      'log.timeUnit',
      'left out where “log.timeInId” says where the time is',
      log.timeUnit,
    );
  if (log.timeInId.form === 'snowflake' && log.timeInId.epoch === null)
    throw invalidProfile('log.timeInId.epoch', `${EPOCH}, because snowflakes count from it`, 'nothing');
}

/** Events belong to others by what they say, so only a projected table refers. Nothing follows one to a table outside the profile. */
function refuseOddReferences({ log, tables, references }: Profile): void {
  const projected = tables.map(foldName);
  for (const [index, { from, to }] of references.entries()) {
    if (!projected.includes(foldName(splitReference(from).table)))
      throw invalidProfile(`references[${index}].from`, 'a column of one of “tables”', from);
    if (![...projected, foldName(log.table)].includes(foldName(splitReference(to).table)))
      throw invalidProfile(`references[${index}].to`, 'a column of the log or of one of “tables”', to);
  }
  refuseTwice(references.map(({ from }, index): Named => [`references[${index}].from`, from]));
}

/** Nothing is written to any other table. */
function refuseOddRowids({ log, tables, rowids }: Profile): void {
  const known = [log.table, ...tables].map(foldName);
  for (const [index, table] of rowids.entries())
    if (!known.includes(foldName(table)))
      throw invalidProfile(`rowids[${index}]`, 'the log or one of “tables”', table);
}

/** What snapshots do not hold could not be read in them. */
function refuseOddJoins({ log, tables }: Profile): void {
  const projected = tables.map(foldName);
  for (const [index, { table }] of log.joined.entries())
    if (!projected.includes(foldName(table)))
      throw invalidProfile(`log.joined[${index}].table`, 'one of “tables”', table);
  refuseTwice(log.joined.map(({ meaning }, index): Named => [`log.joined[${index}].meaning`, meaning]));
}

function refuseTwice(all: readonly Named[]): void {
  const seen = new Map<string, string>();
  for (const [key, name] of all) {
    const earlier = seen.get(foldName(name));
    if (earlier !== undefined) throw invalidProfile(key, `another name than ${earlier}`, name);
    seen.set(foldName(name), key);
  }
}

/** The error for a profile that is wrong at `where`. */
export function invalidProfile(
  where: string,
  expected: string,
  got: string | number,
  cause?: unknown,
): SnapbackError {
  return new SnapbackError(
    'profile-invalid',
    `The profile in the data folder is not valid: ${where} must be ${expected}. Found: ${got}.`,
    { where, expected, got },
    cause,
  );
}
