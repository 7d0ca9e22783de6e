import { cacheWords } from '../../words/cache.ts';
import { notesOf } from '../../words/diff-notes.ts';
import { chatWords, countWritten, writtenEvents } from '../../words/events.ts';
import { formatTimestamp } from '../../words/moments.ts';
import { formatBytes, formatNumber } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { retentionWords, shortRetention } from '../../words/retention.ts';
import { tablesAlikeWords } from '../../words/rows.ts';
import { healthWords, lineageWords, WENT_A_SEPARATE_WAY } from '../../words/snapshots.ts';
import { storyText, tellRestore } from '../../words/story.ts';
import type { CacheState } from '../model/cache.ts';
import type { Diff, NewerEvents, TableDiff } from '../model/diff.ts';
import type { Rules } from '../model/rules.ts';
import type { SnapshotSummary, TakeResult } from '../model/snapshots.ts';
import { alignTable, fold, left, right, toPrintable } from './text.ts';

/* What the commands that look and take have found or done, as text for people: one string per line. */

const LIST_COLUMNS = [
  left('Snapshot'),
  left('Taken'),
  right('Size'),
  right('Last event'),
  left('Health'),
  left('Kept'),
];

export function describeList(
  snapshots: readonly SnapshotSummary[],
  rules: Rules,
  now: Date,
): readonly string[] {
  if (snapshots.length === 0) return ['There are no snapshots.'];
  const rows = snapshots.map(({ id, takenAt, sizeBytes, lastEventId, health, lineage, retention, kept }) => [
    id,
    formatTimestamp(takenAt),
    formatBytes(sizeBytes),
    lastEventId === null ? '?' : String(lastEventId),
    lineage === 'other' ? `${healthWords(health)}, ${WENT_A_SEPARATE_WAY}` : healthWords(health),
    keptAs(kept) ?? (shortRetention(retention, rules, now) || 'kept'),
  ]);
  const unwell = snapshots.filter(({ healthDetail }) => healthDetail !== null);
  return [
    ...alignTable(LIST_COLUMNS, rows),
    ...(unwell.length === 0 ? [] : ['']),
    ...unwell.map(({ id, healthDetail }) => toPrintable(`${id}: ${healthDetail}`)),
  ];
}

/** The name under which somebody keeps it. */
function keptAs(kept: SnapshotSummary['kept']): string | null {
  return kept === null || kept.name === null ? null : `kept: ${kept.name}`;
}

/** What to say if no snapshot passes the filter. */
export function describeNoMatch(all: readonly SnapshotSummary[], kind: string | null): readonly string[] {
  if (all.length === 0) return ['There are no snapshots.'];
  if (all.some((one) => one.kind === kind))
    return [toPrintable(`There are no such snapshots of kind “${kind}”.`)];
  if (kind === null) return ['There are no such snapshots.'];
  const kinds = [...new Set(all.map((one) => one.kind))].toSorted();
  return [toPrintable(`There are no snapshots of kind “${kind}”. There are: ${kinds.join(', ')}.`)];
}

export function describeSnapshot(snapshot: SnapshotSummary, rules: Rules, now: Date): readonly string[] {
  const { tables, undoes, health, healthDetail, kept } = snapshot;
  const facts: readonly (readonly [string, string])[] = [
    ['Snapshot', snapshot.id],
    ['File', snapshot.file],
    ['Taken', `${formatTimestamp(snapshot.takenAt)} (${snapshot.takenAt})`],
    ['Size', `${formatBytes(snapshot.sizeBytes)} (${formatNumber(snapshot.sizeBytes)} bytes)`],
    ['Last event', snapshot.lastEventId === null ? 'not known' : String(snapshot.lastEventId)],
    ['Health', healthDetail === null ? healthWords(health) : `${healthWords(health)}: ${healthDetail}`],
    ['History', HISTORY[snapshot.lineage]],
    ['Retention', retentionWords(snapshot.retention, rules, now)],
    ...(kept === null ? [] : [['Kept from', kept.from] as const]),
    ...(kept?.name == null ? [] : [['Name', kept.name] as const]),
    ...(kept?.note == null ? [] : [['Note', kept.note] as const]),
    ...(undoes === null ? [] : [['Undoes', `the ${undoes.action} of ${undoes.snapshotId}`] as const]),
  ];
  const columns = [left('Table'), right('Rows')];
  return [
    ...facts.map(([name, value]) => `${name.padEnd(11)} ${toPrintable(value)}`),
    ...(tables === null
      ? []
      : [
          '',
          ...alignTable(
            columns,
            tables.map(({ name, rows }) => [name, formatNumber(rows)]),
          ),
        ]),
  ];
}

const HISTORY: Readonly<Record<SnapshotSummary['lineage'], string>> = {
  same: 'the same as the database’s',
  other: 'separate from the database’s',
  unknown: 'not checked yet',
};

const FIGURE_TITLES = ['In snapshot', 'Now', 'Comes back', 'Changed', 'Removed'];
/** Of a plan: what it makes need not be what the snapshot holds, where newer events are kept or only a part is restored. */
export const TITLES_PLANNED = ['After', ...FIGURE_TITLES.slice(1)];
/** Of two snapshots: what leads from the one before to the one after. */
export const TITLES_BETWEEN = ['After', 'Before', 'Added', 'Changed', 'Removed'];

export function describeDiff(diff: Diff, rules: Rules): readonly string[] {
  const { snapshot, against } = diff;
  const lineage = lineageWords(diff);
  const emptyThen = diff.tables.filter(({ state }) => state === 'empty-then').map(({ name }) => name);
  const notes = notesOf(diff, rules).map(({ text }) => toPrintable(text));
  return [
    `${snapshot.id}, taken ${formatTimestamp(snapshot.takenAt)}, compared with the database now`,
    ...(lineage === null ? [] : [lineage]),
    ...(against.viewingCopy
      ? ['The database can’t be opened in its folder, so a private copy was compared.']
      : []),
    '',
    toPrintable(storyText(tellRestore(diff, rules))),
    '',
    ...describeTables({ tables: diff.tables, schema: diff.schemaDrift }),
    ...describeEvents('Comes back', diff.returningEvents),
    ...describeEvents('Removed', diff.newerEvents),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    ...describeClearing(emptyThen),
  ];
}

/** Names the flags of `restore` that empty the tables which are empty in the snapshot; nothing if there are none. */
export function describeClearing(tables: readonly string[]): readonly string[] {
  if (tables.length === 0) return [];
  const flags = tables.map((name) => `--clear-table ${toPrintable(name)}`);
  return [`To empty what is empty in the snapshot, restore it with ${flags.join(' ')}`];
}

/** A row for each table with a difference, and one line for all others. `schema`: what differs in the tables themselves. */
export function describeTables(
  { tables, schema }: { readonly tables: readonly TableDiff[]; readonly schema: readonly unknown[] },
  titles: readonly string[] = FIGURE_TITLES,
): readonly string[] {
  const compared = tables.filter(({ state }) => state === 'compared' || state === 'derived');
  const changed = compared.filter((table) => table.added + table.removed + table.changed > 0);
  const same = compared.length - changed.length;
  const columns = [left('Table'), ...titles.map(right)];
  const rows = changed.map((table) => [
    table.name,
    ...[table.snapshotRows, table.liveRows, table.added, table.changed, table.removed].map(formatNumber),
  ]);
  return [
    ...(changed.length === 0 ? [] : alignTable(columns, rows)),
    ...(same === 0 ? [] : [tablesAlikeWords(same, schema)]),
  ];
}

/** Events by chat, under a title, with the most events first; nothing if there are none. */
export function describeEvents(title: string, groups: readonly NewerEvents[]): readonly string[] {
  if (groups.length === 0) return [];
  const lines = groups
    .toSorted((a, b) => b.events - a.events)
    .map((group) => `  ${toPrintable(describeGroup(group))}`);
  return ['', `${title}:`, ...fold(lines, (rest) => `  and ${count(rest, 'more chat')}; --json lists all`)];
}

function describeGroup(group: NewerEvents): string {
  const { chat, first, last, rewindRecords, hidden } = group;
  const where = chat === null ? '' : ` in ${chatWords(group)}`;
  if (writtenEvents(group) === 0) return `the record of ${count(rewindRecords, 'rewind')}${where}`;
  const texts = [first.text, last.text].filter((text) => text !== null).map(quote);
  const range = texts.length === 0 ? '' : `: ${[...new Set(texts)].join(' to ')}`;
  const flagged = hidden === 0 ? '' : `, ${formatNumber(hidden)} of them hidden`;
  return `${countWritten([group]).replaceAll('newer ', '')}${where}${flagged}${range}`;
}

/** What a person wrote, in quotation marks unless it already has them. */
function quote(text: string): string {
  return /^[“"]/.test(text) ? text : `“${text}”`;
}

export function describeTaken(result: TakeResult): readonly string[] {
  if (!result.taken) return [`No snapshot was taken: ${result.reason}`];
  const retired = result.retired.length === 0 ? [] : [`Moved to the trash: ${result.retired.join(', ')}`];
  return [
    `Taken: ${result.id}, up to event ${result.lastEventId}, ${formatBytes(result.sizeBytes)}`,
    ...retired,
    ...result.notes,
  ];
}

export function describeCacheState(cache: CacheState): readonly string[] {
  const clear = cache.stages === 0 ? [] : ['“snapback cache clear” deletes it. Nothing of yours is in it.'];
  return [cacheWords(cache), `It is in ${toPrintable(cache.folder)}`, ...clear];
}
