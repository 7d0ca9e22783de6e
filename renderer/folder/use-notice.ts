import { useState } from 'react';
import type { ErrorInfo, ListedSnapshot, OpenFolder } from '../../electron/contract.ts';
import { clearedWords } from '../../words/cache.ts';
import { explain } from '../../words/errors.ts';
import { interruptedWords } from '../../words/held-state.ts';
import { call } from '../ask/api.ts';
import type { Notice } from './banners.tsx';

/** A notice of success, or none. */
function tell(text: string | null): Notice | null {
  return text === null ? null : { text, failed: false, trashName: null };
}

function tellFailure(error: ErrorInfo): Notice {
  const { title, happened } = explain(error, 'window');
  return { text: `${title}. ${happened}`, failed: true, trashName: null };
}

/**
 * The notice of the last action, and the commands whose only result is a notice. A restore, whose end is `restoredAt`,
 * makes the offer to undo an earlier prune outdated: from then on Undo means the restore.
 */
export function useNotice({ folderId, interrupted }: OpenFolder, restoredAt: string | null) {
  const [notice, setNotice] = useState<Notice | null>(() => tell(interruptedWords(interrupted)));
  const [lastRestore, setLastRestore] = useState(restoredAt);
  if (lastRestore !== restoredAt) {
    setLastRestore(restoredAt);
    if (notice !== null && notice.trashName !== null) setNotice(null);
  }
  const reveal = async (snapshot: ListedSnapshot | undefined) => {
    const reply = await (snapshot === undefined
      ? call('folder.reveal', { folderId })
      : call('snapshot.reveal', { folderId, snapshotId: snapshot.id }));
    if (!reply.ok) setNotice(tellFailure(reply.error));
  };
  const clearCache = async () => {
    const reply = await call('cache.clear', {});
    setNotice(reply.ok ? tell(clearedWords(reply.value)) : tellFailure(reply.error));
  };
  return { notice, setNotice, reveal, clearCache };
}
