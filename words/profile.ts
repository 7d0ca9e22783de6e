import type { HostNeed, ProfileCheck } from '../src/model/profile.ts';
import { count } from './plurals.ts';
import { joinWords } from './sentences.ts';

/** Whether the database and its folder can be written. */
type Place = { readonly writable: boolean };

/** What is understood of a folder, and what can and can’t be done in it. One line, whatever is found. */
export function profileLine(check: ProfileCheck, place: Place): string {
  const { rowids } = check;
  const rows =
    rowids.length === 0
      ? ''
      : ` No restore changes ${joinWords(rowids.map((name) => `“${name}”`))}: the chat app refers to row numbers that no snapshot holds.`;
  return `${understoodWords(check)} ${abilityWords(check, place)}${rows}`;
}

function understoodWords({ log, fields, tables, rewind }: ProfileCheck): string {
  const isFound = (meaning: string) => fields.some((one) => one.meaning === meaning && one.found > 0);
  const beside = tables.found.length === 0 ? '' : `, beside ${count(tables.found.length, 'more table')}`;
  if (log.looked === 0) return `“${log.table}” holds no events yet${beside}.`;
  const { marker } = rewind;
  const marked =
    marker === null
      ? ''
      : marker.missing
        ? `, but no column “${marker.column}” that would say what is taken back`
        : `, with “${marker.column}” saying what is taken back`;
  const opaque = log.opaque ? ', whose payloads only the chat app can read' : '';
  if (!isFound('text'))
    return `No messages are found in “${log.table}”, only events as they are stored${opaque}${marked}${beside}.`;
  const known = ['chat', 'speaker', 'time'].filter(isFound);
  const unknown = ['chat', 'speaker', 'time'].filter((meaning) => !isFound(meaning));
  const withKnown = known.length === 0 ? '' : ` with ${joinWords(known)}`;
  const without = unknown.length === 0 ? '' : `, but no ${unknown.join(' and no ')}`;
  const order = log.order === null ? '' : `, in the order of “${log.order}”`;
  return `Messages${withKnown} are found in “${log.table}”${opaque}${without}${order}${marked}${beside}.`;
}

/** What a table needs, up to the word that tells of it. */
function needWords(needs: readonly HostNeed[]): string {
  if (needs.length === 0) return 'something that';
  return `${joinWords(needs.map(({ what, name }) => `the ${what} “${name}”`))}, which`;
}

function abilityWords({ log, tables, obstacles }: ProfileCheck, { writable }: Place): string {
  const [first = ''] = tables.unreadable;
  const [unwritten] = tables.needHost;
  const reasons = {
    ids: `the ids in “${log.table}” are not whole numbers`,
    'part-of-key': `the ids in “${log.table}” are only a part of its key (${joinWords(log.key ?? [])})`,
    elsewhere: `a part of what is in “${log.table}” stands in ${joinWords(log.second.map((name) => `“${name}”`))}, where no check of the log covers it`,
    unreadable: `“${first}” can’t be read here`,
    'needs-host': `“${unwritten?.table}” needs ${needWords(unwritten?.needs ?? [])} only the chat app has`,
    'read-only': 'the database or its folder can’t be written',
    synced: 'the profile says that other devices write to the database, too',
    'no-places': 'the log lacks the columns of “log.sequence”',
    'no-replay': 'the profile says that the chat app does not apply its events when it starts',
    'no-gaps': 'the profile says that the ids of events must have no gaps',
  };
  const keepNewer = obstacles['keep-newer'];
  const restore = obstacles.restore ?? (writable ? null : 'read-only');
  if (restore === 'synced')
    return `Snapshots can be compared, exported and taken here, and restored into a new file, but not in place: ${reasons.synced}.`;
  if (restore === 'needs-host' && obstacles.take === null)
    return `Snapshots can be compared, exported and taken here, but not restored: ${reasons[restore]}.`;
  if (restore === 'ids' || restore === 'part-of-key' || restore === 'elsewhere')
    return `Snapshots can be compared and exported here, and restored into a new file, but not taken or restored in place: ${reasons[restore]}.`;
  if (restore !== null)
    return `Snapshots can be looked at, compared and exported here, but not taken or restored: ${reasons[restore]}.`;
  const can = 'Snapshots can be compared, taken and restored here';
  if (keepNewer === null) return `${can}, and what was written since can be kept.`;
  return keepNewer === 'no-gaps'
    ? `${can}, but what was written after a recorded rewind can’t be kept: ${reasons[keepNewer]}.`
    : `${can}, but what was written since can’t be kept: ${reasons[keepNewer]}.`;
}
