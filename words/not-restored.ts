import type { NotRestored } from '../src/model/restore.ts';
import { choose, count } from './plurals.ts';
import { joinWords } from './sentences.ts';

type Said = { readonly notRestored: readonly NotRestored[] };

/**
 * Says that the restored data is not all from one moment, and names the tables that stay. Null: it is all from one
 * moment.
 */
export function notRestoredWords({ notRestored }: Said): string | null {
  if (notRestored.length === 0) return null;
  const tables = notRestored.map(({ name, rows }) => `${name} (${count(rows, 'entry', 'entries')})`);
  const stays = choose(notRestored.length, 'stays as it is', 'stay as they are');
  return `Not everything is from that moment: ${joinWords(tables)} ${stays} now.`;
}

/** The tables that the user may choose to empty as well. */
export function choosable({ notRestored }: Said): readonly string[] {
  return notRestored.filter(({ choice }) => choice).map(({ name }) => name);
}
