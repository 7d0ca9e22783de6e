import { basename } from 'node:path';
import type { DataFolder } from '../host/data-folder.ts';
import { parseProfile } from '../host/parse-profile.ts';
import { withShortReads } from '../host/private-copy.ts';
import { type ChatFields, defaultPerson, defaultProfile, type Profile } from '../host/profile.ts';
import type { FieldMeaning } from '../model/conversation.ts';
import { SnapbackError } from '../model/errors.ts';
import type { ProfileDraft } from '../model/profile.ts';
import type { TaskOptions } from '../model/task.ts';
import { isNamedAfter } from '../restore/guessed-references.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import { isCompileError } from '../sqlite/result-codes.ts';
import { readSchema, type Schema } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';
import { understand } from './check-profile.ts';
import { chooseFields, KEYS, readSample } from './choose-fields.ts';
import { guessChatKey } from './guess-chat-key.ts';
import { type Words, wordScore } from './guess-fields.ts';
import { type GuessedLog, guessLog, scoreLog } from './guess-log.ts';
import { sampleTable } from './log-sample.ts';

/** What a profile can name: see the schema of profiles. */
const LONGEST_NAME = 128;
const MOST_TABLES = 200;
/** Tables in which a database keeps notes about itself. Taking them back would be a lie about its schema. */
const OF_THE_SCHEMA = /migration|(?:schema|db|alembic)_?version/i;
const REWIND = /rewind|revert|roll_?back|undo/i;
const TITLE: Words = {
  title: 6,
  name: 5,
  subject: 5,
  label: 4,
  topic: 4,
  caption: 3,
  id: -6,
  file: -4,
  user: -4,
  model: -4,
};
const CHATS_ASKED = 20;

/**
 * Drafts a profile from the shape of a database: its log, and where chats, speakers, texts and times are. A draft is valid,
 * and fits the database; whether it means the right thing is for a person to say. Only reads, as `checkProfile` does.
 * @throws `database-missing` where no table is like a log; as `withShortReads`
 */
export function draftProfile(folder: DataFolder, task: TaskOptions = {}): Promise<ProfileDraft> {
  return withShortReads(folder, task, (db) => {
    const schema = readSchema(db);
    const found = findLog(db, schema);
    if (found === null)
      throw new SnapbackError(
        'database-missing',
        'No table of the database is like a log of events or messages, so that no profile can be drafted.',
        { database: folder.databaseFile, undrafted: true },
      );
    const source = describe(db, schema, found);
    const profile = parseProfile(source);
    const database = basename(folder.databaseFile);
    const check = { own: true, database, ...understand({ db, schema, profile }, folder) };
    return { profile: source, check };
  });
}

/** A log with what its events say. */
type ReadLog = GuessedLog & { readonly chat: DraftedFields };

/** The lists of fields that were found, and the form of the key where one names the chat. */
type DraftedFields = Partial<Record<DraftedList, readonly string[]>> & Partial<Pick<ChatFields, 'chatKey'>>;
type DraftedList = (typeof KEYS)[FieldMeaning] | 'rewindKinds';

/** The table that is most like a log; null where none is. */
function findLog(db: AnyDatabase, { tables }: Schema): ReadLog | null {
  let best: ReadLog | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (const table of tables.values()) {
    if (!canBeNamed(table)) continue;
    const guessed = guessLog(table, sampleTable(db, table));
    if (guessed === null) continue;
    const log = readLog(guessed);
    const { payloadText, payloadChat } = log.chat;
    const score = scoreLog(log, { speaks: payloadText !== undefined, chats: payloadChat !== undefined });
    if (score !== null && score > most) [best, most] = [log, score];
  }
  return best;
}

/** Whether a profile can name a table and all of its columns. */
function canBeNamed({ kind, name, columns }: Table): boolean {
  const isFit = (one: string) => one !== '' && one.length <= LONGEST_NAME && !/\p{Cc}/u.test(one);
  if (kind !== 'table' || /^(?:main|temp)\./i.test(name)) return false;
  if (['last_event_id', '_snapback'].includes(foldName(name))) return false;
  return isFit(name) && columns.every((column) => isFit(column.name));
}

/** Which fields mean what, and how a rewind is recorded: only what is found in the events that were looked at. */
function readLog(log: GuessedLog): ReadLog {
  const profile = withLog(log);
  const { fields, choices } = chooseFields(profile, log.sample, null);
  const events = readSample(profile, fields, log.sample);
  const chat: { -readonly [K in keyof DraftedFields]: DraftedFields[K] } = {};
  for (const { meaning, fields: chosen } of choices) {
    const found = events.some((event) => event[meaning === 'time' ? 'ts' : meaning] !== null);
    const isFit = chosen.every((field) => field.length <= LONGEST_NAME && !/\p{Cc}/u.test(field));
    if (found && isFit && chosen.length > 0) chat[KEYS[meaning]] = chosen;
  }
  const key = guessChatKey(log.sample, chat.payloadChat?.[0]);
  if (key !== null) [chat.payloadChat, chat.chatKey] = [[key.column], key.form];
  const kinds = new Set(events.flatMap(({ kind }) => (kind !== null && REWIND.test(kind) ? [kind] : [])));
  const named = [...kinds].filter((kind) => kind.length <= LONGEST_NAME && !/\p{Cc}/u.test(kind));
  return { ...log, chat: named.length === 0 ? chat : { ...chat, rewindKinds: named } };
}

function withLog({ table, columns, order, timeInId, marker, opaque }: GuessedLog): Profile {
  const log = {
    ...defaultProfile.log,
    ...({ table: table.name, order, timeInId, marker, payloadForm: opaque ? 'opaque' : 'json' } as const),
    columns: { ...defaultProfile.log.columns, ...columns },
  };
  return { ...defaultProfile, log };
}

/** The content of the profile file. */
function describe(db: AnyDatabase, schema: Schema, log: ReadLog): object {
  const tables = [...schema.tables.values()]
    .filter((table) => table !== log.table && canBeNamed(table) && !OF_THE_SCHEMA.test(table.name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, MOST_TABLES);
  return {
    log: {
      table: log.table.name,
      columns: inOrder(log.columns),
      ...(log.order !== null && { order: log.order }),
      ...(log.timeInId !== null && { timeInId: { form: log.timeInId.form } }),
      ...(log.marker !== null && { marker: log.marker }),
      ...(log.opaque && { payloadForm: 'opaque' }),
      replays: isOfTheDefault(log),
    },
    tables: tables.map(({ name }) => name),
    ...draftReferences(db, tables),
    chat: { ...log.chat, names: findNames(db, tables, log), person: findPerson(schema) },
  };
}

/**
 * Columns that are called after another table, and of which each value that was looked at is the key of a row there. Foreign keys
 * are left out, because the schema declares them. An empty object where there are none.
 */
function draftReferences(db: AnyDatabase, tables: readonly Table[]): object {
  const keys = db.prepare<[string], string>(`SELECT "from" FROM pragma_foreign_key_list(?, 'main')`).pluck();
  const references = tables.flatMap((child) => {
    const declared = keys.all(child.name).map(foldName);
    const sample = sampleTable(db, child);
    return sample.columns.flatMap((from, place) => {
      const parent = tables.find(
        (one) => one !== child && one.key.length === 1 && isNamedAfter(from, one.name),
      );
      const [to] = parent?.key ?? [];
      if (parent === undefined || to === undefined || declared.includes(foldName(from))) return [];
      if ([child.name, from, parent.name, to].some((one) => one.includes('.'))) return [];
      const values = new Set(sample.rows.map((row) => row[place]).filter((value) => value !== null));
      const some = [...values].slice(0, CHATS_ASKED).map(String);
      if (some.length === 0 || countRows(db, { table: parent.name, id: to }, some) < some.length) return [];
      return [{ from: `${child.name}.${from}`, to: `${parent.name}.${to}` }];
    });
  });
  const sorted = references.toSorted((a, b) => (a.from < b.from ? -1 : 1)).slice(0, MOST_TABLES);
  return sorted.length === 0 ? {} : { references: sorted };
}

/** Only of the host is it known that it applies its log when it starts. */
function isOfTheDefault({ table, columns }: GuessedLog): boolean {
  const { log } = defaultProfile;
  return (
    table.name === log.table && JSON.stringify(inOrder(columns)) === JSON.stringify(inOrder(log.columns))
  );
}

/** The columns in the order of the default profile. */
function inOrder(columns: GuessedLog['columns']): object {
  const meanings = Object.keys(defaultProfile.log.columns);
  return Object.fromEntries(
    Object.entries(columns).toSorted(([a], [b]) => meanings.indexOf(a) - meanings.indexOf(b)),
  );
}

/** The table that has a row, with a title, for most of the chats of the log. */
function findNames(db: AnyDatabase, tables: readonly Table[], log: ReadLog): ChatFields['names'] {
  const chats = chatsOf(log);
  for (const table of tables) {
    const [id, ...more] = table.key;
    if (id === undefined || more.length > 0 || chats.length === 0) continue;
    const titles = table.columns
      .map(({ name }) => ({ name, score: wordScore(name, TITLE) }))
      .filter(({ name, score }) => score > 0 && name !== id)
      .toSorted((a, b) => b.score - a.score);
    if (titles.length === 0) continue;
    if (countRows(db, { table: table.name, id }, chats) * 2 >= chats.length)
      return { table: table.name, id, name: titles.map(({ name }) => name) };
  }
  return null;
}

/** How many rows have one of these ids; 0 where only the application can search for it. */
function countRows(
  db: AnyDatabase,
  { table, id }: { readonly table: string; readonly id: string },
  ids: readonly string[],
): number {
  const wanted = ids.map(() => '?').join(', ');
  const sql = `SELECT count(*) FROM main.${quoteName(table)} WHERE ${quoteName(id)} IN (${wanted})`;
  try {
    return (
      db
        .prepare<string[], number>(sql)
        .pluck()
        .get(...ids) ?? 0
    );
  } catch (error) {
    if (isCompileError(error)) return 0;
    throw error;
  }
}

/** Some chats, as the events of a log name them. */
function chatsOf(log: ReadLog): readonly string[] {
  const profile = withLog(log);
  const events = readSample(profile, { ...profile.chat, ...log.chat }, log.sample);
  return [...new Set(events.flatMap(({ chat }) => chat ?? []))].slice(0, CHATS_ASKED);
}

function findPerson({ tables }: Schema): ChatFields['person'] {
  return tables.has(foldName(defaultPerson.table)) ? defaultPerson : null;
}
