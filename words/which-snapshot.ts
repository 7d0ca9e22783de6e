import type { Face } from './failure.ts';
import { kindOf, kindWords } from './kinds.ts';
import { formatMoment } from './moments.ts';

/** The time in a snapshot's name, as the chat app writes it. */
const TIME = /\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/;

/**
 * Which snapshot is meant, in the middle of a sentence. A person knows it by its kind and time, as the list shows them; the
 * command line needs its name. Where that tells no time, it is the name for both.
 */
export function whichSnapshot(id: string, now: Date): { readonly [F in Face]: string } {
  const [, year, month, day, hour, minute, second] = TIME.exec(id) ?? [];
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const cli = `“${id}”`;
  if (Number.isNaN(time.getTime())) return { window: cli, cli };
  const title = `${kindWords(kindOf(id)).one}, ${formatMoment(time.toISOString(), now, 'seconds')}`;
  return { window: `“${title}”`, cli };
}
