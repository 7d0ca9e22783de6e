import type { SnapshotId } from '../../src/model/snapshots.ts';

const grouped = new Intl.NumberFormat('en-GB');
const short = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });

export function formatNumber(value: number | bigint): string {
  return grouped.format(value);
}

/** Decimal units, three significant digits: `812 B`, `4.2 MB`, `138 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${short.format(value)} ${units[unit]}`;
}

/** `1 event`, `37 events`; `plural` where it is not the singular with an s. */
export function count(value: number | bigint, singular: string, plural = `${singular}s`): string {
  return `${grouped.format(value)} ${choose(value, singular, plural)}`;
}

/** Picks what agrees with the number: `choose(1, 'goes', 'go')`. */
export function choose(value: number | bigint, singular: string, plural: string): string {
  return value === 1 || value === 1n ? singular : plural;
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** First letter in upper case, to begin a sentence or a line. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const NOUNS: ReadonlyMap<string, readonly [singular: string, plural: string]> = new Map([
  ['event_log', ['event', 'events']],
  ['bots', ['bot', 'bots']],
  ['memories', ['memory', 'memories']],
  ['chats', ['chat', 'chats']],
  ['edges', ['edge', 'edges']],
  ['containers', ['container', 'containers']],
  ['scenes', ['scene', 'scenes']],
]);

/** What a table's rows are called: `19 memories`, or `4 rows in inbox` where the word is not known. */
export function countRows(rows: number, table: string): string {
  const noun = NOUNS.get(table);
  return noun === undefined ? `${count(rows, 'row')} in ${table}` : count(rows, noun[0], noun[1]);
}

/** The kind of a snapshot id; the part before the slash. */
export function kindOf(id: SnapshotId): string {
  return id.slice(0, id.indexOf('/'));
}

/** What a kind's snapshots are: the head of its list, and one of them. */
export function kindWords(kind: string): { readonly many: string; readonly one: string } {
  switch (kind) {
    case 'rewind':
      return { many: 'Before rewinds', one: 'Before the rewind' };
    case 'periodic':
      return { many: 'Checkpoints', one: 'Checkpoint' };
    case 'restore':
      return { many: 'Safety copies', one: 'Safety copy' };
    default:
      return { many: kind, one: `“${kind}” snapshot` };
  }
}

/** The first twelve digits of a hash: enough to compare by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
