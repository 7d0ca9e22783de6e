import type { EmptiedTrash, TrashSummary, TrashView } from '../src/model/prune.ts';
import { kindOf, kindWords } from './kinds.ts';
import { formatBytes, sumOf } from './numbers.ts';
import { choose, count } from './plurals.ts';

/** `12 snapshots, 84 MB`; says so where that frees less, because some are kept as well. */
export function trashWords({ files, bytes, freesBytes }: TrashSummary): string {
  if (files === 0) return 'The trash is empty.';
  const size = `${count(files, 'snapshot')}, ${formatBytes(bytes)}.`;
  return freesBytes === bytes
    ? size
    : `${size} ${formatBytes(bytes - freesBytes)} of that ${choose(files, 'is', 'are')} kept as well.`;
}

type KindInTrash = { readonly name: string; readonly snapshots: number; readonly bytes: number };

/** What the trash holds by kind, the largest first. */
export function trashKinds({ prunes }: Pick<TrashView, 'prunes'>): readonly KindInTrash[] {
  const all = prunes.flatMap(({ snapshots }) => snapshots);
  return [...Map.groupBy(all, ({ id }) => kindOf(id))]
    .map(([kind, list]) => ({
      name: kindWords(kind).many,
      snapshots: list.length,
      bytes: sumOf(list, ({ sizeBytes }) => sizeBytes),
    }))
    .toSorted((a, b) => b.bytes - a.bytes);
}

/** What else is in the trash, and stays there; null: nothing. */
export function othersWords({ others, otherNames }: TrashSummary): string | null {
  if (others === 0) return null;
  return `${count(others, 'folder')} in the trash ${choose(others, 'holds', 'hold')} something that Prune did not put there. It stays. You can check it yourself in “snapback/trash” in this folder: ${otherNames.join(', ')}`;
}

/** The news after the trash was emptied. */
export function emptiedWords(emptied: EmptiedTrash, to: 'system-trash' | 'deleted'): string {
  const what = `${count(emptied.files, 'snapshot')}, ${formatBytes(emptied.bytes)}`;
  const where = to === 'deleted' ? 'deleted for good' : 'moved to the system’s trash';
  return [`${what}, ${where}.`, ...emptied.notes].join(' ');
}
