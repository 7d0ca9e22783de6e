import { useEffect, useState } from 'react';
import type { FolderId } from '../../electron/contract.ts';
import type { InUse } from '../../src/model/restore.ts';
import { call } from './api.ts';

/** Which programs have the database open, checked every `everyMs` milliseconds. Returns `known` until the first answer. */
export function useInUse<K extends InUse | null>(folderId: FolderId, known: K, everyMs: number): InUse | K {
  const [inUse, setInUse] = useState<InUse | K>(known);
  useEffect(() => setInUse(known), [known]);
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      const reply = await call('folder.in-use', { folderId });
      if (gone) return;
      if (reply.ok) setInUse(reply.value);
      timer = setTimeout(look, everyMs);
    };
    timer = setTimeout(look, everyMs);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [folderId, everyMs]);
  return inUse;
}
