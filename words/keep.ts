import type { Kept, KeptSnapshot, Retention } from '../src/model/snapshots.ts';
import { isSoon } from './retention.ts';

/** Whether a rule removes the snapshot soon: at the next checkpoint, or within three days. */
export function isEndangered(retention: Retention, now: Date): boolean {
  const { status } = retention;
  return status === 'goes-next' || status === 'due' || isSoon(retention, now);
}

/** Said of what is kept by itself, as long as its own place is not empty. */
export const HELD = 'It would bring something back, so Snapback keeps it as long as this window is open.';

/** `Kept as “Before I broke it”. It stays until you move it to the trash.` */
export function keptAs({ name, byItself }: Pick<Kept, 'name' | 'byItself'>): string {
  if (byItself === true)
    return 'Kept automatically: the chat app removed it while this window was open, and it would bring something back. It stays until you move it to the trash.';
  const as = name === null ? 'Kept' : `Kept as “${name}”`;
  return `${as}. It stays until you move it to the trash.`;
}

/** The news after keeping. */
export function keptWords({ name, already }: Pick<KeptSnapshot, 'name' | 'already'>): string {
  return already && name === null ? 'It is kept already.' : keptAs({ name });
}
