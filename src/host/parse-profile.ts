import * as v from 'valibot';
import { SnapbackError } from '../model/errors.ts';
import { foldName } from '../sqlite/names.ts';
import { type Profile, splitReference } from './profile.ts';
import { EPOCH, LONGEST_NAME, profileSchema } from './profile-schema.ts';

/* From the content of a profile file to a profile: its form, and what no form can say. */

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
