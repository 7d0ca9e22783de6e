import { shell } from 'electron';
import type { FolderId, Reply, ResultOf } from '../contract.ts';
import type { CoreHost } from './core-host.ts';

/**
 * Moves the trash of a data folder to the system's trash; where there is none, or it refuses, deletes what is left.
 * The answer says which of the two it was.
 */
export async function emptyIntoSystemTrash(
  core: CoreHost,
  folderId: FolderId,
): Promise<Reply<ResultOf<'trash.empty'>>> {
  const trash = await core.request('private.trash', { folderId });
  if (!trash.ok) return trash;
  const { items, summary } = trash.value;
  if (await moveToSystemTrash(items)) return { ok: true, value: { ...summary, to: 'system-trash' } };
  const emptied = await core.request('private.empty-trash', { folderId });
  return emptied.ok ? { ok: true, value: { ...summary, to: 'deleted' } } : emptied;
}

async function moveToSystemTrash(items: readonly string[]): Promise<boolean> {
  try {
    for (const item of items) await shell.trashItem(item);
    return true;
  } catch (error) {
    console.error('The system has no trash for this folder:', error);
    return false;
  }
}
