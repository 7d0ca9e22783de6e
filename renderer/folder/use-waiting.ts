import type { FolderId } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import type { Replay } from '../../src/model/restore.ts';
import type { Revisions } from '../ask/revisions.ts';
import { useFollowed } from '../ask/use-followed.ts';
import { useRequest } from '../ask/use-request.ts';

/** The events that a restore kept and that the chat app has not applied yet. Null: none, or it is not known at present. */
export function useWaiting(folderId: FolderId, facts: FolderFacts, revisions: Revisions): Replay | null {
  const asked = useRequest('folder.waiting', facts.restored === null ? null : { folderId });
  const { outdated } = useFollowed(asked, revisions);
  return outdated ? null : asked.value;
}
