import type { SnapshotFile } from './files.ts';
import { snapshotTime } from './names.ts';

/** The kind of the safety copies that a restore takes before its first write. */
export const SAFETY_KIND = 'restore';
export const PERIODIC_KIND = 'periodic';
export const REWIND_KIND = 'rewind';

/** When a snapshot was taken, by its name, or by its modification time where the name has no time. */
export function takenAt(file: SnapshotFile): Date {
  return snapshotTime(file.name) ?? new Date(file.mtimeMs);
}
