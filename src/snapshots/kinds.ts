import type { SnapshotFile } from './files.ts';
import { snapshotTime } from './names.ts';

/** The kind of the safety copies that a restore takes before its first write. */
export const SAFETY_KIND = 'restore';
export const PERIODIC_KIND = 'periodic';
export const REWIND_KIND = 'rewind';

/** When a snapshot was taken: the time in its name, or else its modification time. */
export function takenAt(file: SnapshotFile): Date {
  return snapshotTime(file.name) ?? new Date(file.mtimeMs);
}
