import { useCallback, useRef, useState } from 'react';
import type { ErrorInfo, OpenFolder, Reply } from '../../electron/contract.ts';
import type { Progress } from '../../src/model/task.ts';
import type { CallOptions } from '../ask/api.ts';

/** Errors that may pass by themselves, so that trying again can help. */
const MAY_PASS: ReadonlySet<ErrorInfo['code']> = new Set([
  'database-busy',
  'database-unreadable',
  'data-folder-missing',
  'data-folder-unreadable',
  'io-failed',
  'out-of-memory',
  'core-stopped',
  'internal',
]);

export type Opening = {
  /** Null: the user is still choosing. */
  readonly words: string | null;
  readonly progress: Progress | null;
  readonly cancel: () => void;
};

/** Whether a folder is being opened. False while the user is still choosing in a system dialog. */
export function isUnderWay(opening: Opening | null): opening is Opening {
  return opening !== null && (opening.words !== null || opening.progress !== null);
}

export type Opener = {
  readonly folder: OpenFolder | null;
  /** The attempt that is running. */
  readonly opening: Opening | null;
  /** Why the last attempt failed. The previous folder stays open. */
  readonly error: ErrorInfo | null;
  readonly open: (
    words: string | null,
    ask: (options: CallOptions) => Promise<Reply<OpenFolder | null>>,
  ) => Promise<void>;
  /** Repeats the failed attempt. Null: nothing failed, or trying again cannot help. */
  readonly retry: (() => void) | null;
  readonly close: () => void;
  readonly dismissError: () => void;
};

/** Opens one folder at a time. A newer attempt replaces an older one. */
export function useOpener(): Opener {
  const [folder, setFolder] = useState<OpenFolder | null>(null);
  const [opening, setOpening] = useState<Opening | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const current = useRef<AbortController | null>(null);
  const last = useRef<Parameters<Opener['open']> | null>(null);

  const open: Opener['open'] = useCallback(async (words, ask) => {
    last.current = [words, ask];
    current.current?.abort();
    const abort = new AbortController();
    current.current = abort;
    setError(null);
    const show = (progress: Progress | null) => {
      if (current.current === abort) setOpening({ words, progress, cancel: () => abort.abort() });
    };
    show(null);
    const reply = await ask({ signal: abort.signal, onProgress: show });
    if (current.current !== abort) return;
    current.current = null;
    setOpening(null);
    if (reply.ok) setFolder((before) => reply.value ?? before);
    else if (reply.error.code !== 'cancelled') setError(reply.error);
  }, []);

  const close = useCallback(() => setFolder(null), []);
  const dismissError = useCallback(() => setError(null), []);
  const again = useCallback(() => {
    if (last.current !== null) void open(...last.current);
  }, [open]);
  const retry = error !== null && MAY_PASS.has(error.code) ? again : null;
  return { folder, opening, error, open, retry, close, dismissError };
}
