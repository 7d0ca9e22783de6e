import * as v from 'valibot';
import { SnapbackError } from '../model/errors.ts';
import { foldName } from '../sqlite/names.ts';
import { defaultChatNames, defaultPerson, defaultProfile, type Profile } from './profile.ts';

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
  v.check((text) => text !== '' && text.length <= LONGEST_NAME && !/\p{Cc}/u.test(text), PRINTABLE),
);
const names = listOf(name, 'names');
const count = v.pipe(
  v.number(COUNT),
  v.integer(COUNT),
  v.minValue(1, COUNT),
  v.maxValue(1_000_000_000, COUNT),
);

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

const { log, tables, nouns, periodic, rewind, restore, chat } = defaultProfile;

const profileSchema = section({
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
      replays: v.optional(v.boolean('true or false'), log.replays),
      gapless: v.optional(v.boolean('true or false'), log.gapless),
    }),
    {},
  ),
  tables: v.optional(names, [...tables]),
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
  refuseTwice('tables', [output.log.table, ...output.tables]);
  refuseTwice('log.columns', Object.values(output.log.columns));
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
  return typeof input === 'string' && kind === 'validation' ? `${input.length} characters` : typeof input;
}

function refuseOddTables(profile: Profile): void {
  const tables = [profile.log.table, ...profile.tables];
  const qualified = [...tables, profile.chat.names?.table ?? '', profile.chat.person?.table ?? ''].find(
    (table) => /^(?:main|temp)\./i.test(table),
  );
  if (qualified !== undefined)
    throw invalidProfile('every table', 'a plain name, without “main.” before it', qualified);
  const foreign = tables.find((table) => foldName(table).startsWith('sqlite_'));
  if (foreign !== undefined) throw invalidProfile('tables', "none of SQLite's own names", foreign);
  const key = tables.find((table) => ['last_event_id', '_snapback'].includes(foldName(table)));
  if (key !== undefined)
    throw invalidProfile('tables', 'no name that a snapshot uses for something else', key);
}

function refuseTwice(path: string, all: readonly string[]): void {
  const seen = new Set<string>();
  for (const one of all) {
    if (seen.has(foldName(one))) throw invalidProfile(path, 'every name once', one);
    seen.add(foldName(one));
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
    `The profile in the data folder is not valid: ${where} must be ${expected}.`,
    { where, expected, got },
    cause,
  );
}
