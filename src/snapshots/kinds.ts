import type { SnapshotForm } from '../model/snapshots.ts';
import { snapshotTime } from './names.ts';

/** The kind of the safety copies that a restore takes before its first write. */
export const SAFETY_KIND = 'restore';
export const PERIODIC_KIND = 'periodic';
export const REWIND_KIND = 'rewind';

/** What of a file tells which rule counts it. */
type Ruled = { readonly kind: string; readonly form: SnapshotForm };

/** Whether the host may load a file at its next start: a checkpoint in the only form that it knows. */
export function isCheckpoint({ kind, form }: Ruled): boolean {
  return kind === PERIODIC_KIND && form === 'json';
}

/** Whether a rule about its kind counts a file. The host's rules count only files in the form that it knows. */
export function isUnderRule({ kind, form }: Ruled): boolean {
  return form === 'json' || kind === SAFETY_KIND;
}

/** When a snapshot was taken: the time in its name, or else its modification time. */
export function takenAt(file: { readonly name: string; readonly mtimeMs: number }): Date {
  return snapshotTime(file.name) ?? new Date(file.mtimeMs);
}
