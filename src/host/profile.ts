import { join } from 'node:path';
import { hasSystemCode, SnapbackError } from '../model/errors.ts';
import type { Rules } from '../model/rules.ts';
import { foldName } from '../sqlite/names.ts';
import { openPlainFile } from '../system/plain-file.ts';

/** What Snapback knows of an event-sourced application: nothing else in the core names a table or a threshold. */
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

/** Where chat, speaker and text of an event are found: fields of its payload, the first that is there counts. */
type ChatFields = {
  readonly payloadChat: readonly string[];
  readonly payloadSpeaker: readonly string[];
  readonly payloadText: readonly string[];
  /** Kinds of events by which the host records a rewind. */
  readonly rewindKinds: readonly string[];
  /** The table that knows the chats' names, with the columns that may hold them. */
  readonly names: { readonly table: string; readonly id: string; readonly name: readonly string[] } | null;
};

/** What of a profile is spoken of. */
export function rulesOf({ nouns, periodic, rewind, restore }: Profile): Rules {
  return { nouns, periodic, rewind, restore };
}

export const PROFILE_FILE = 'snapback-profile.json';

const LARGEST_PROFILE_BYTES = 64 * 1024;
const LONGEST_NAME = 128;
const LONGEST_LIST = 512;

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
    names: { table: 'chats', id: 'id', name: ['title', 'name'] },
  },
};

/**
 * Reads the profile that an application put into its data folder; the default where there is none, and for each part
 * that it leaves out. The file is hostile input: bounded, exact types, no unknown keys. Throws `profile-invalid`.
 */
export async function readProfile(dir: string): Promise<Profile> {
  const file = join(dir, PROFILE_FILE);
  const text = await readBounded(file);
  if (text === null) return defaultProfile;
  try {
    return parseProfile(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidProfile(file, 'valid JSON', 'something else', error);
    throw error;
  }
}

async function readBounded(file: string): Promise<string | null> {
  const bytes = await readBytes(file);
  if (bytes === null) return null;
  if (bytes === 'not-a-file') throw invalidProfile(file, 'a regular file', 'something else');
  if (bytes.length > LARGEST_PROFILE_BYTES)
    throw invalidProfile(file, `at most ${LARGEST_PROFILE_BYTES} bytes`, 'more');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw invalidProfile(file, 'UTF-8', 'other bytes', error);
  }
}

/** At most one byte more than a profile may have. */
async function readBytes(file: string): Promise<Buffer | 'not-a-file' | null> {
  try {
    const { handle } = await openPlainFile(file);
    if (handle === null) return 'not-a-file';
    try {
      const bytes = Buffer.alloc(LARGEST_PROFILE_BYTES + 1);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return null;
    throw invalidProfile(file, 'a readable file', 'one that cannot be read', error);
  }
}

function parseProfile(source: unknown): Profile {
  const base = defaultProfile;
  const top = section(source, 'profile', Object.keys(base));
  const log = section(top.get('log'), 'log', Object.keys(base.log));
  const columns = section(log.get('columns'), 'log.columns', Object.keys(base.log.columns));
  const periodic = section(top.get('periodic'), 'periodic', Object.keys(base.periodic));
  const rewind = section(top.get('rewind'), 'rewind', Object.keys(base.rewind));
  const restore = section(top.get('restore'), 'restore', Object.keys(base.restore));
  const chat = section(top.get('chat'), 'chat', Object.keys(base.chat));
  const column = (key: keyof LogColumns) =>
    name(columns.get(key), `log.columns.${key}`, base.log.columns[key]);
  const profile: Profile = {
    log: {
      table: name(log.get('table'), 'log.table', base.log.table),
      columns: {
        id: column('id'),
        branch: column('branch'),
        ts: column('ts'),
        kind: column('kind'),
        payload: column('payload'),
        supersededBy: column('supersededBy'),
        hidden: column('hidden'),
      },
    },
    tables: names(top.get('tables'), 'tables', base.tables),
    nouns: nouns(top.get('nouns')),
    periodic: {
      everyEvents: count(periodic.get('everyEvents'), 'periodic.everyEvents', base.periodic.everyEvents),
      everySeconds: count(periodic.get('everySeconds'), 'periodic.everySeconds', base.periodic.everySeconds),
      keep: count(periodic.get('keep'), 'periodic.keep', base.periodic.keep),
    },
    rewind: { keepDays: count(rewind.get('keepDays'), 'rewind.keepDays', base.rewind.keepDays) },
    restore: {
      keep: count(restore.get('keep'), 'restore.keep', base.restore.keep),
      keepDays: count(restore.get('keepDays'), 'restore.keepDays', base.restore.keepDays),
    },
    chat: {
      payloadChat: names(chat.get('payloadChat'), 'chat.payloadChat', base.chat.payloadChat),
      payloadSpeaker: names(chat.get('payloadSpeaker'), 'chat.payloadSpeaker', base.chat.payloadSpeaker),
      payloadText: names(chat.get('payloadText'), 'chat.payloadText', base.chat.payloadText),
      rewindKinds: names(chat.get('rewindKinds'), 'chat.rewindKinds', base.chat.rewindKinds),
      names: chatNames(chat.get('names')),
    },
  };
  const tables = [profile.log.table, ...profile.tables];
  const qualified = [...tables, profile.chat.names?.table ?? ''].find((table) =>
    /^(?:main|temp)\./i.test(table),
  );
  if (qualified !== undefined)
    throw invalidProfile('every table', 'a plain name, without “main.” before it', qualified);
  const foreign = tables.find((table) => foldName(table).startsWith('sqlite_'));
  if (foreign !== undefined) throw invalidProfile('tables', "none of SQLite's own names", foreign);
  const key = tables.find((table) => ['last_event_id', '_snapback'].includes(foldName(table)));
  if (key !== undefined)
    throw invalidProfile('tables', 'no name that a snapshot uses for something else', key);
  refuseTwice('tables', tables);
  refuseTwice('log.columns', Object.values(profile.log.columns));
  return profile;
}

function nouns(value: unknown): Rules['nouns'] {
  if (value === undefined) return defaultProfile.nouns;
  if (!Array.isArray(value) || value.length > LONGEST_LIST)
    throw invalidProfile('nouns', `a list of at most ${LONGEST_LIST} nouns`, typeof value);
  return value.map((item: unknown, index) => {
    const path = `nouns[${index}]`;
    const given = section(item, path, ['table', 'one', 'many']);
    const word = (key: string) => name(given.get(key), `${path}.${key}`, undefined);
    return { table: word('table'), one: word('one'), many: word('many') };
  });
}

function chatNames(value: unknown): ChatFields['names'] {
  const base = defaultProfile.chat.names;
  if (value === undefined) return base;
  if (value === null) return null;
  const given = section(value, 'chat.names', ['table', 'id', 'name']);
  return {
    table: name(given.get('table'), 'chat.names.table', base?.table),
    id: name(given.get('id'), 'chat.names.id', base?.id),
    name: names(given.get('name'), 'chat.names.name', base?.name),
  };
}

/** The members of an object, after refusing anything that is no object or has a key that nobody reads. */
function section(value: unknown, path: string, known: readonly string[]): ReadonlyMap<string, unknown> {
  if (value === undefined) return new Map();
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidProfile(path, 'an object', typeof value);
  const members = new Map(Object.entries(value));
  for (const key of members.keys())
    if (!known.includes(key))
      throw invalidProfile(path, `only ${known.join(', ')}`, key.slice(0, LONGEST_NAME));
  return members;
}

function name(value: unknown, path: string, fallback: string | undefined): string {
  const given = value === undefined ? fallback : value;
  if (typeof given !== 'string') throw invalidProfile(path, 'a name', typeof given);
  if (given === '' || given.length > LONGEST_NAME || /\p{Cc}/u.test(given))
    throw invalidProfile(
      path,
      `a name of 1 to ${LONGEST_NAME} printable characters`,
      `${given.length} characters`,
    );
  return given;
}

function names(value: unknown, path: string, fallback: readonly string[] | undefined): readonly string[] {
  const given = value === undefined ? fallback : value;
  if (!Array.isArray(given) || given.length > LONGEST_LIST)
    throw invalidProfile(path, `a list of at most ${LONGEST_LIST} names`, typeof given);
  return given.map((item: unknown, index) => name(item, `${path}[${index}]`, undefined));
}

function count(value: unknown, path: string, fallback: number): number {
  const given = value === undefined ? fallback : value;
  if (typeof given !== 'number' || !Number.isInteger(given) || given < 1 || given > 1_000_000_000)
    throw invalidProfile(
      path,
      'a whole number from 1 to 1000000000',
      typeof given === 'number' ? given : typeof given,
    );
  return given;
}

function refuseTwice(path: string, all: readonly string[]): void {
  const seen = new Set<string>();
  for (const one of all) {
    if (seen.has(foldName(one))) throw invalidProfile(path, 'every name once', one);
    seen.add(foldName(one));
  }
}

/** The error for a profile that says at `where` what can't be. */
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
