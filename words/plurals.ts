import { language } from './language.ts';
import { formatNumber } from './numbers.ts';

const rules = new Intl.PluralRules(language);

/** `1 event`, `37 events`; `plural` where it is not the singular with an s. */
export function count(value: number | bigint, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(value)} ${choose(value, singular, plural)}`;
}

/** Picks what agrees with the number: `choose(1, 'is', 'are')`. */
export function choose(value: number | bigint, singular: string, plural: string): string {
  return rules.select(Number(value)) === 'one' ? singular : plural;
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
