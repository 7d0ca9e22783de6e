import { useEffect, useState } from 'react';
import type { FolderId } from '../electron/contract.ts';
import type { InUse } from '../src/model.ts';
import { call } from './api.ts';
import { joinWords } from './words.ts';

/** Who has the database open, looked at again every `everyMs` milliseconds; `known` is what is shown until the first answer. */
export function useInUse(folderId: FolderId, known: InUse, everyMs: number): InUse {
  const [inUse, setInUse] = useState(known);
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

/** `open in Lighthouse (process 4711)`; `not in use`; or that nobody can tell. */
export function inUseWords(inUse: InUse): string {
  switch (inUse.state) {
    case 'no':
      return 'not in use';
    case 'unknown':
      return 'this system doesn’t tell whether it is in use';
    case 'yes':
      return `open in ${userWords(inUse)}`;
  }
}

/** The names of the programs that have it open. */
export function userWords(inUse: Extract<InUse, { state: 'yes' }>): string {
  return joinWords(inUse.by.map(({ name, pid }) => `${name} (process ${pid})`));
}
