import type { NotRestored } from '../src/model/restore.ts';
import { choose, count } from './plurals.ts';
import { joinWords } from './sentences.ts';

type Said = { readonly notRestored: readonly NotRestored[] };

/** That what is restored is of no one moment, and which tables make it so. Null: it is of one moment. */
export function notRestoredWords({ notRestored }: Said): string | null {
  if (notRestored.length === 0) return null;
  const tables = notRestored.map(({ name, rows }) => `${name} (${count(rows, 'entry', 'entries')})`);
  const stays = choose(notRestored.length, 'stays as it is', 'stay as they are');
  return `Not everything is from that moment: ${joinWords(tables)} ${stays} now.`;
}

/** The tables of which one may choose to empty them as well. */
export function choosable({ notRestored }: Said): readonly string[] {
  return notRestored.filter(({ choice }) => choice).map(({ name }) => name);
}
