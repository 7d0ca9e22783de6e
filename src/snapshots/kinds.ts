import type { SnapshotFile } from './files.ts';
import { snapshotTime } from './names.ts';

/** The kind of the safety copies that a restore takes before its first write. */
export const SAFETY_KIND = 'restore';
export const PERIODIC_KIND = 'periodic';
export const REWIND_KIND = 'rewind';

/** Whether the host may load a file at its next start: a checkpoint in the only form that it knows. */
export function isCheckpoint({ kind, form }: Pick<SnapshotFile, 'kind' | 'form'>): boolean {
  return kind === PERIODIC_KIND && form === 'json';
}

/** Whether a rule about its kind counts a file. The host's rules count only files in the form that it knows. */
export function isUnderRule({ kind, form }: Pick<SnapshotFile, 'kind' | 'form'>): boolean {
  return form === 'json' || kind === SAFETY_KIND;
}

/** When a snapshot was taken: the time in its name, or else its modification time. */
export function takenAt(file: SnapshotFile): Date {
  return snapshotTime(file.name) ?? new Date(file.mtimeMs);
}
