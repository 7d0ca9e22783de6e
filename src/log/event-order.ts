import type { Profile } from '../host/profile.ts';

/* In which order events are shown: that of the column `log.order`, or else of their ids where these are whole numbers. */

/** Where an event stands among the others, as it is stored; null where nothing tells. */
export type EventPlace = bigint | number | string | null;

/** The column by which the events of a log follow each other. */
export function orderColumn({ log }: Profile): string {
  return log.order ?? log.columns.id;
}

/** Of an id, only a whole number is a place: any other tells nothing unless the profile says so. */
export function placeOfEvent(stored: unknown, { log }: Profile): EventPlace {
  if (typeof stored === 'bigint') return stored;
  return log.order !== null && (typeof stored === 'number' || typeof stored === 'string') ? stored : null;
}

/** Whether an event stands before another one, as SQLite orders values: numbers before texts. False where nothing tells. */
export function standsBefore(one: EventPlace, other: EventPlace): boolean {
  if (one === null || other === null) return false;
  if (typeof one === 'string' && typeof other === 'string')
    return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
  if (typeof one === 'string' || typeof other === 'string') return typeof other === 'string';
  return one < other;
}

/** SQL: sorts events that have equal places by this, too. */
export function inOrder({ log }: Profile, column: string, line: string | null): string {
  const bytes = log.order === null ? column : `${column} COLLATE BINARY`;
  return line === null ? bytes : `${bytes}, ${line}`;
}
