import { formatTimestamp } from '../../words/moments.ts';
import { formatBytes, formatNumber } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import type { Diff, NewerEvents, TableDiff } from '../model/diff.ts';
import type { Retention, SnapshotSummary, TakeResult } from '../model/snapshots.ts';
import { alignTable, type Column, toPrintable } from './text.ts';

/** Words for people: what the commands that look and take have found or done. One string per line. */

const LIST_COLUMNS: readonly Column[] = [
  { title: 'Snapshot', align: 'left' },
  { title: 'Taken', align: 'left' },
  { title: 'Size', align: 'right' },
  { title: 'Last event', align: 'right' },
  { title: 'Health', align: 'left' },
  { title: 'Kept', align: 'left' },
];

export function describeList(snapshots: readonly SnapshotSummary[]): readonly string[] {
  if (snapshots.length === 0) return ['There are no snapshots.'];
  const rows = snapshots.map((snapshot) => [
    snapshot.id,
    formatTimestamp(snapshot.takenAt),
    formatBytes(snapshot.sizeBytes),
    snapshot.lastEventId === null ? '?' : formatNumber(snapshot.lastEventId),
    snapshot.lineage === 'other' ? `${snapshot.health}, other timeline` : snapshot.health,
    describeRetention(snapshot.retention),
  ]);
  const unwell = snapshots.filter(({ healthDetail }) => healthDetail !== null);
  return [
    ...alignTable(LIST_COLUMNS, rows),
    ...(unwell.length === 0 ? [] : ['']),
    ...unwell.map(({ id, health, healthDetail }) => toPrintable(`${id} is ${health}: ${healthDetail}`)),
  ];
}

export function describeSnapshot(snapshot: SnapshotSummary): readonly string[] {
  const { tables, undoes } = snapshot;
  const facts: readonly (readonly [string, string])[] = [
    ['Snapshot', snapshot.id],
    ['File', snapshot.file],
    ['Taken', `${formatTimestamp(snapshot.takenAt)} (${snapshot.takenAt})`],
    ['Size', `${formatBytes(snapshot.sizeBytes)} (${formatNumber(snapshot.sizeBytes)} bytes)`],
    ['Last event', snapshot.lastEventId === null ? 'not readable' : formatNumber(snapshot.lastEventId)],
    [
      'Health',
      snapshot.healthDetail === null ? snapshot.health : `${snapshot.health}: ${snapshot.healthDetail}`,
    ],
    ['Timeline', snapshot.lineage],
    ['Kept', describeRetention(snapshot.retention)],
    ...(undoes === null ? [] : [['Undoes', `the ${undoes.action} of ${undoes.snapshotId}`] as const]),
  ];
  const columns: readonly Column[] = [
    { title: 'Table', align: 'left' },
    { title: 'Rows', align: 'right' },
  ];
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

function describeRetention({ status, reason, goesAt, rank, keep }: Retention): string {
  const date = goesAt === null ? '' : formatTimestamp(goesAt).slice(0, 10);
  switch (reason) {
    case 'among-newest':
      return status === 'goes-next'
        ? 'goes at the next checkpoint'
        : `yes, number ${rank} of the newest ${keep}`;
    case 'beyond-newest':
      return `due: beyond the newest ${keep}`;
    case 'within-age':
      return `until ${date}`;
    case 'age-passed':
      return `due since ${date}`;
    case 'needed-by-undo':
      return 'yes, undo needs it';
    case 'needed-at-next-start':
      return 'yes, the next start needs it';
    case 'safety-copy':
      return goesAt === null ? 'yes, a safety copy' : `yes, a safety copy, until ${date} at least`;
    case 'safety-copy-passed':
      return `until you prune it: a safety copy beyond the newest ${keep}, past ${date}`;
    case 'no-rule':
      return 'yes, no rule takes it';
  }
}

const DIFF_COLUMNS: readonly Column[] = [
  { title: 'Table', align: 'left' },
  { title: 'In snapshot', align: 'right' },
  { title: 'Now', align: 'right' },
  { title: 'Comes back', align: 'right' },
  { title: 'Changes', align: 'right' },
  { title: 'Goes', align: 'right' },
  { title: '', align: 'left' },
];

export function describeDiff(diff: Diff): readonly string[] {
  const { snapshot, against } = diff;
  const other =
    diff.lineage === 'other' ? ['Its events are of another timeline than those of the database now.'] : [];
  const copy = against.viewingCopy
    ? ['The database can not be opened in its place; a private copy was compared.']
    : [];
  return [
    `${snapshot.id}, taken ${formatTimestamp(snapshot.takenAt)}, compared with the database now`,
    ...other,
    ...copy,
    '',
    ...describeTables(diff.tables),
    ...describeEvents('Restoring it in full would bring back', diff.returningEvents),
    ...describeEvents('Restoring it in full would remove', diff.newerEvents),
    ...describeDrift(diff),
  ];
}

/** Tables with a difference as rows, the rest as one line. */
export function describeTables(tables: readonly TableDiff[]): readonly string[] {
  const differs = (table: TableDiff): boolean =>
    table.added + table.removed + table.changed > 0 || table.state !== 'compared';
  const changed = tables.filter(differs);
  const same = tables.length - changed.length;
  const rows = changed.map((table) => [
    table.name,
    ...[table.snapshotRows, table.liveRows, table.added, table.changed, table.removed].map(formatNumber),
    stateNote(table),
  ]);
  return [
    ...(changed.length === 0 ? [] : alignTable(DIFF_COLUMNS, rows)),
    ...(same === 0 ? [] : [`${count(same, 'table')} without a difference`]),
  ];
}

const STATE_NOTES: Readonly<Record<TableDiff['state'], string>> = {
  compared: '',
  'missing-live': 'does not exist now',
  'not-in-snapshot': 'not in the snapshot, left alone',
  'empty-then': 'empty or not yet existing then, left alone',
};

function stateNote({ state, name }: TableDiff): string {
  const choice = state === 'empty-then' ? ` (unless --clear-table ${name})` : '';
  return `${STATE_NOTES[state]}${choice}`;
}

/** Groups of events by chat, under a title; nothing where there are none. */
export function describeEvents(title: string, groups: readonly NewerEvents[]): readonly string[] {
  if (groups.length === 0) return [];
  return ['', `${title}:`, ...groups.map((group) => `  ${toPrintable(describeGroup(group))}`)];
}

function describeGroup({ chat, chatName, events, first, last, rewindRecords, hidden }: NewerEvents): string {
  const group = `${count(events, 'event')} ${chat === null ? 'of no chat' : `of ${chatName ?? chat}`}`;
  if (events === rewindRecords) return `${group}, which ${events === 1 ? 'records' : 'record'} a rewind`;
  const texts = [first.text, last.text].filter((text) => text !== null).map(quote);
  const records =
    rewindRecords === 0 ? '' : `, ${formatNumber(rewindRecords)} of them the record of a rewind`;
  const flagged = hidden === 0 ? '' : `, ${formatNumber(hidden)} of them hidden or superseded`;
  const range = texts.length === 0 ? '' : `: ${[...new Set(texts)].join(' to ')}`;
  return group + flagged + records + range;
}

/** What a person wrote, in quotation marks unless it brings its own. */
function quote(text: string): string {
  return /^[“"]/.test(text) ? text : `“${text}”`;
}

const GUESSED_BECAUSE: { readonly [B in Diff['guessedBlobs'][number]['because']]: string } = {
  row: 'as the same row holds now',
  column: 'as the column holds now',
  type: 'as the column is declared',
  nothing: 'though nothing tells which they were',
};

/** What snapshot and live schema do not agree on, and what had to be guessed. */
export function describeDrift({
  schemaDrift,
  guessedBlobs,
}: Pick<Diff, 'schemaDrift' | 'guessedBlobs'>): readonly string[] {
  if (schemaDrift.length + guessedBlobs.length === 0) return [];
  const place = (table: string, column: string | null): string =>
    toPrintable(column === null ? table : `${table}.${column}`);
  return [
    '',
    ...schemaDrift.map(({ kind, table, column, loses }) => {
      const loss = loses > 0 ? `, ${formatNumber(loses)} would be lost` : '';
      return `schema: ${place(table, column)}: ${kind.replaceAll('-', ' ')}${loss}`;
    }),
    ...guessedBlobs.map(
      ({ table, column, values, takenAs, because }) =>
        `guess: ${count(values, 'value')} of ${place(table, column)} read as ${takenAs}, ${GUESSED_BECAUSE[because]}`,
    ),
  ];
}

export function describeTaken(result: TakeResult): readonly string[] {
  if (!result.taken) return [`No snapshot was taken: ${result.reason}`];
  const retired = result.retired.length === 0 ? [] : [`Moved to the trash: ${result.retired.join(', ')}`];
  return [
    `Taken: ${result.id}, up to event ${formatNumber(result.lastEventId)}, ${formatBytes(result.sizeBytes)}`,
    ...retired,
    ...result.notes,
  ];
}
