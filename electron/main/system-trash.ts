import { shell } from 'electron';
import type { ArgsOf, Reply, ResultOf } from '../contract.ts';
import type { CoreHost } from './core-host.ts';

/**
 * Empties the trash of a data folder: deletes what is in it, or moves that to the system's trash. Where the system
 * refuses, the answer says so and nothing is deleted: whether to delete it instead is for a person to decide.
 */
export async function emptyTrashTo(
  core: CoreHost,
  { to, ...shown }: ArgsOf<'trash.empty'>,
): Promise<Reply<ResultOf<'trash.empty'>>> {
  if (to === 'deleted') {
    const emptied = await core.request('private.empty-trash', shown);
    return emptied.ok ? { ok: true, value: { ...emptied.value, to, refused: false } } : emptied;
  }
  const trash = await core.request('private.trash', shown);
  if (!trash.ok) return trash;
  const { items, summary } = trash.value;
  const refused = !(await moveToSystemTrash(items));
  if (!refused && summary.files > 0) {
    const { files, bytes } = summary;
    await core.request('private.note-trashed', { folderId: shown.folderId, files, bytes });
  }
  return { ok: true, value: { ...summary, notes: [], to, refused } };
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
