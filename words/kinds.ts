import type { SnapshotId } from '../src/model/snapshots.ts';

/** The kind in a snapshot's id: the part before the slash. */
export function kindOf(id: SnapshotId): string {
  return id.slice(0, id.indexOf('/'));
}

/** What snapshots of a kind are called: the heading of their list, and a single one. */
export function kindWords(kind: string): { readonly many: string; readonly one: string } {
  switch (kind) {
    case 'rewind':
      return { many: 'Before rewinds', one: 'Before the rewind' };
    case 'periodic':
      return { many: 'Checkpoints', one: 'Checkpoint' };
    case 'restore':
      return { many: 'Safety copies', one: 'Safety copy' };
    case '@kept':
      return { many: 'Kept', one: 'Kept' };
    case '@file':
      return { many: 'Opened files', one: 'Opened file' };
    case 'salvaged':
      return { many: 'Salvaged', one: 'Salvaged' };
    default:
      return { many: kind, one: `“${kind}” snapshot` };
  }
}
