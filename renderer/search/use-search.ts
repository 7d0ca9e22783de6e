import { useCallback, useEffect, useRef, useState } from 'react';
import type { ErrorInfo, FolderId } from '../../electron/contract.ts';
import type { Hit, SearchResult } from '../../src/model/search.ts';
import type { Progress } from '../../src/model/task.ts';
import { call } from '../ask/api.ts';

/** Whoever types is not asked to wait for every letter. */
const AFTER_TYPING_MS = 250;

export type Search = {
  readonly busy: boolean;
  readonly progress: Progress | null;
  readonly hits: readonly Hit[];
  /** Null until the search is done. */
  readonly result: SearchResult | null;
  readonly error: ErrorInfo | null;
  readonly cancel: () => void;
};

/** `phrase` and `words` say which search it is of. */
type State = Omit<Search, 'cancel'> & { readonly phrase: string; readonly words: boolean };

const BEFORE_HITS = { busy: true, progress: null, hits: [], result: null, error: null };

/**
 * Searches for a phrase as soon as nobody types any more. A new phrase ends the search for the one before, and nothing of
 * that one is told under the new phrase.
 */
export function useSearch(folderId: FolderId, phrase: string, words: boolean): Search {
  const [state, setState] = useState<State>({ ...BEFORE_HITS, phrase, words });
  const running = useRef<AbortController | null>(null);
  useEffect(() => {
    setState({ ...BEFORE_HITS, phrase, words });
    if (phrase.trim() === '') return;
    const abort = new AbortController();
    running.current = abort;
    const update = (change: (last: State) => State) => {
      if (!abort.signal.aborted) setState(change);
    };
    const search = async () => {
      const reply = await call(
        'search.run',
        { folderId, phrase, kind: null, words },
        {
          signal: abort.signal,
          onProgress: (progress) => update((last) => ({ ...last, progress })),
          onFound: (found) => update((last) => ({ ...last, hits: [...last.hits, ...found] })),
        },
      );
      update((last) =>
        reply.ok
          ? { ...last, busy: false, progress: null, hits: reply.value.hits, result: reply.value }
          : { ...last, busy: false, error: reply.error },
      );
    };
    const timer = setTimeout(() => void search(), AFTER_TYPING_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [folderId, phrase, words]);
  const cancel = useCallback(() => {
    running.current?.abort();
    setState((last) => ({ ...last, busy: false, progress: null }));
  }, []);
  const isOfThis = state.phrase === phrase && state.words === words;
  return { ...(isOfThis ? state : BEFORE_HITS), cancel };
}
