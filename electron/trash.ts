import { shell } from 'electron';
import type { FolderId, Reply, ResultOf } from './contract.ts';
import type { CoreHost } from './core-host.ts';

/**
 * Moves the trash of a data folder to the system's trash; where there is none, or it refuses, deletes what is left.
 * The answer says which of the two it was.
 */
export async function emptyTrash(
  core: CoreHost,
  folderId: FolderId,
): Promise<Reply<ResultOf<'trash.empty'>>> {
  const trash = await core.request('private.trash', { folderId });
  if (!trash.ok) return trash;
  const { folders, summary } = trash.value;
  if (await moveToSystemTrash(folders)) return { ok: true, value: { ...summary, to: 'system-trash' } };
  const emptied = await core.request('private.empty-trash', { folderId });
  return emptied.ok ? { ok: true, value: { ...summary, to: 'deleted' } } : emptied;
}

async function moveToSystemTrash(folders: readonly string[]): Promise<boolean> {
  try {
    for (const folder of folders) await shell.trashItem(folder);
    return true;
  } catch (error) {
    console.error('The system has no trash for this folder:', error);
    return false;
  }
}
