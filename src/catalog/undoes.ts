import type { SnapshotSummary } from '../model/snapshots.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';

/** Which restore a safety copy undoes, from Snapback's own notes at the end of the file; null for any other snapshot. */
export function readUndoes(about: SnapshotAbout | null): SnapshotSummary['undoes'] {
  if (about === null || about.restore === null) return null;
  return { snapshotId: about.restore.snapshotId, action: about.restore.action };
}
