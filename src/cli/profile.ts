import { count } from '../../words/plurals.ts';
import { profileLine } from '../../words/profile.ts';
import { joinWords } from '../../words/sentences.ts';
import {
  checkProfile,
  type DataFolder,
  draftProfile,
  draftText,
  isWritable,
  type ProfileCheck,
  saveDraft,
  type TaskOptions,
} from '../index.ts';
import type { Answer } from './answer.ts';
import { toPrintable } from './text.ts';

/** `profile check`: what is understood of a folder, and what can be done in it. */
export async function showProfileCheck(folder: DataFolder, task: TaskOptions): Promise<Answer> {
  const check = await checkProfile(folder, task);
  const writable = await isWritable(folder);
  const summary = profileLine(check, { writable });
  return {
    json: { summary, writable, ...check },
    lines: [summary, '', ...describeCheck(check)].map(toPrintable),
  };
}

/** `profile draft`: a profile for the database of a folder, printed or written into a new file. */
export async function draft(folder: DataFolder, to: string | null, task: TaskOptions): Promise<Answer> {
  const found = await draftProfile(folder, task);
  const file = to === null ? null : await saveDraft(folder, found, to);
  const writable = await isWritable(folder);
  const summary = profileLine(found.check, { writable });
  const json = { file, profile: found.profile, check: { summary, writable, ...found.check } };
  if (file === null) return { json, lines: draftText(found).trimEnd().split('\n') };
  return {
    json,
    lines: [
      summary,
      `Written: ${file}`,
      'It is a draft. Correct it: docs/profile.md explains every key. Above all, take out of “tables” what is not derived from the log.',
    ].map(toPrintable),
  };
}

const MEANINGS = { chat: 'Chat', speaker: 'Speaker', text: 'Text', time: 'Time' } as const;

function describeCheck({
  own,
  database,
  log,
  fields,
  chatKey,
  names,
  tables,
  references,
  kept,
  rewind,
}: ProfileCheck): readonly string[] {
  const columns = Object.entries(log.columns).flatMap(([meaning, column]) =>
    column === null ? [] : [column === meaning ? column : `${column} (${meaning})`],
  );
  return [
    term('Profile', own ? 'snapback-profile.json of the folder' : 'the default one'),
    term('Database', database),
    term('Log', `${log.table}: ${columns.join(', ')}`),
    ...describeOrder(log),
    ...(log.opaque ? [term('Payload', 'opaque: only the chat app can read it')] : []),
    ...fields.map((field) => term(MEANINGS[field.meaning], describeField(field, log))),
    ...(chatKey === null ? [] : [term('Chat in it', describeKey(chatKey))]),
    term('Chat names', names === null ? 'none' : `${names.table}.${names.column}`),
    ...describeTables(tables),
    ...references.map(({ from, to }) => term('Reference', `${from} to ${to}, declared by the profile`)),
    ...kept.map(({ table, columns, by }) =>
      term('Kept up', `${table}: ${columns.join(', ')}, by ${by.map(({ trigger }) => trigger).join(', ')}`),
    ),
    term('Rewinds', describeRewinds(rewind)),
  ];
}

/** Events whose ids are whole numbers follow each other by them. */
function describeOrder({ order, wholeNumberIds }: ProfileCheck['log']): readonly string[] {
  if (order === null && wholeNumberIds) return [];
  return [term('Order', order === null ? 'as the events stand in their table' : `by ${order}`)];
}

const NAMES = { ulid: 'a ULID', uuid: 'a UUID', snowflake: 'a snowflake' } as const;

function describeField(
  { meaning, fields, because, found }: ProfileCheck['fields'][number],
  { columns, timeInId, looked }: ProfileCheck['log'],
): string {
  const sought =
    meaning === 'time' && fields.length === 0
      ? [timeInId === null ? (columns.ts ?? '') : `${columns.id}, as ${NAMES[timeInId]},`]
      : fields;
  const where = sought.filter((field) => field !== '').join(' or ') || 'nowhere';
  const how = because === 'guess' ? ', guessed' : '';
  return `${where}${how}; found in ${found} of ${count(looked, 'event')} looked at`;
}

function describeKey({ prefix, separator }: NonNullable<ProfileCheck['chatKey']>): string {
  return prefix === ''
    ? `what stands before “${separator}”`
    : `what stands between “${prefix}” and “${separator}”`;
}

function describeTables({
  found,
  missing,
  unreadable,
  needHost,
  left,
}: ProfileCheck['tables']): readonly string[] {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['Tables', found],
    ['Not there yet', missing],
    ['Unreadable', unreadable],
    ['Needs the app', needHost.map(describeNeeds)],
    ['Left alone', left],
  ];
  return rows.flatMap(([title, all]) =>
    all.length === 0 && title !== 'Tables' ? [] : [term(title, all.join(', ') || 'none')],
  );
}

function describeNeeds({ table, needs }: ProfileCheck['tables']['needHost'][number]): string {
  const named = needs.map(({ what, name }) => `${what} ${name}`);
  return named.length === 0 ? table : `${table} (${named.join(', ')})`;
}

function describeRewinds({ kinds, records, flags, marker }: ProfileCheck['rewind']): string {
  const recorded =
    kinds === null || kinds.length === 0
      ? []
      : [`events of kind ${kinds.map((kind) => `“${kind}”`).join(' or ')} (${records} of those looked at)`];
  const flagged = flags.length === 0 ? [] : [`flags in ${flags.join(', ')}`];
  const values = marker?.takenBack?.map((value) => `“${value}”`).join(' or ') ?? 'anything';
  const marked = marker === null || marker.missing ? [] : [`${values} in ${marker.column}`];
  return `recognized by ${joinWords([...recorded, ...flagged, ...marked, 'events that are gone'])}`;
}

function term(title: string, meaning: string): string {
  return `${title.padEnd(14)} ${meaning}`;
}
