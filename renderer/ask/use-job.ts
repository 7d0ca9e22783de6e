import { useCallback, useEffect, useRef, useState } from 'react';
import type { ErrorInfo, Reply } from '../../electron/contract.ts';
import type { Progress } from '../../src/model/task.ts';
import type { CallOptions } from './api.ts';

export type Job<T> = {
  readonly busy: boolean;
  readonly progress: Progress | null;
  readonly value: T | null;
  readonly error: ErrorInfo | null;
  /** Starts the job. Does nothing while it is running. */
  readonly run: (ask: (options: CallOptions) => Promise<Reply<T>>) => Promise<void>;
  readonly cancel: () => void;
  readonly reset: () => void;
};

const idle = { busy: false, progress: null, value: null, error: null };

/** A job that runs only when the user asks for it, with its progress, result or error. */
export function useJob<T>(onDone?: (value: T) => void): Job<T> {
  const [state, setState] = useState<Pick<Job<T>, keyof typeof idle>>(idle);
  const current = useRef<AbortController | null>(null);
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  });

  const run: Job<T>['run'] = useCallback(async (ask) => {
    if (current.current !== null) return;
    const abort = new AbortController();
    current.current = abort;
    setState({ ...idle, busy: true });
    const onProgress = (progress: Progress) => setState((last) => (last.busy ? { ...last, progress } : last));
    const reply = await ask({ signal: abort.signal, onProgress });
    current.current = null;
    if (!reply.ok) return setState({ ...idle, error: reply.error });
    setState({ ...idle, value: reply.value });
    done.current?.(reply.value);
  }, []);
  const cancel = useCallback(() => current.current?.abort(), []);
  const reset = useCallback(() => setState(idle), []);
  return { ...state, run, cancel, reset };
}
