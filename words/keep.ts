import type { Kept, KeptSnapshot, Retention } from '../src/model/snapshots.ts';
import { isSoon } from './retention.ts';

/** Whether a rule removes the snapshot soon: at the next checkpoint, or within three days. */
export function isEndangered(retention: Retention, now: Date): boolean {
  const { status } = retention;
  return status === 'goes-next' || status === 'due' || isSoon(retention, now);
}

/** `Kept as “Before I broke it”. It stays until you move it to the trash.` */
export function keptAs({ name }: Pick<Kept, 'name'>): string {
  const as = name === null ? 'Kept' : `Kept as “${name}”`;
  return `${as}. It stays until you move it to the trash.`;
}

/** The news after keeping. */
export function keptWords({ name, already }: Pick<KeptSnapshot, 'name' | 'already'>): string {
  return already && name === null ? 'It is kept already.' : keptAs({ name });
}
