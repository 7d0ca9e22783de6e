import { useCallback, useEffect, useRef, useState } from 'react';
import type { ArgsOf, ErrorInfo, RequestName, ResultOf } from '../../electron/contract.ts';
import type { Progress } from '../../src/model/task.ts';
import { type CallOptions, call } from './api.ts';
import { questionOf } from './question.ts';

/** The state of a request. `value` is the last answer to the same arguments and stays while they are sent again. */
export type Request<T> = {
  readonly value: T | null;
  readonly error: ErrorInfo | null;
  readonly busy: boolean;
  readonly progress: Progress | null;
  /** How long the last answer took, in milliseconds. */
  readonly tookMs: number;
  readonly reload: () => void;
  readonly cancel: () => void;
};

type State<T> = Omit<Request<T>, 'reload' | 'cancel'> & { readonly question: string };

const IDLE = { value: null, error: null, busy: false, progress: null };
const CANCELLED: ErrorInfo = { code: 'cancelled', message: 'Cancelled.', detail: {} };

/**
 * Sends a request whenever the arguments change, and cancels the one before. Sends nothing while the arguments are null.
 */
export function useRequest<N extends RequestName>(name: N, args: ArgsOf<N> | null): Request<ResultOf<N>> {
  const question = questionOf(args);
  const fresh = { ...IDLE, question, busy: args !== null, tookMs: 0 };
  const [state, setState] = useState<State<ResultOf<N>>>(fresh);
  const running = useRef<AbortController | null>(null);
  // Equal arguments count as the same question.
  const [last, setLast] = useState({ question, args });
  if (last.question !== question) setLast({ question, args });
  const asked = last.question === question ? last.args : args;

  const ask = useCallback(() => {
    running.current?.abort();
    if (asked === null) return;
    const abort = new AbortController();
    running.current = abort;
    const update = (change: Partial<State<ResultOf<N>>>) => {
      if (!abort.signal.aborted) setState((last) => ({ ...last, ...change }));
    };
    const beganAt = performance.now();
    setState((last) => ({
      ...(last.question === question ? last : { ...IDLE, question, tookMs: 0 }),
      error: null,
      busy: true,
    }));
    const options: CallOptions = { signal: abort.signal, onProgress: (progress) => update({ progress }) };
    void call(name, asked, options).then((reply) => {
      const tookMs = performance.now() - beganAt;
      if (reply.ok) update({ ...IDLE, value: reply.value, tookMs });
      else update({ ...IDLE, error: reply.error, tookMs });
    });
  }, [name, question, asked]);

  useEffect(() => {
    ask();
    return () => running.current?.abort();
  }, [ask]);

  const cancel = useCallback(() => {
    running.current?.abort();
    setState((last) => ({ ...last, error: CANCELLED, busy: false, progress: null }));
  }, []);
  return { ...(state.question === question ? state : fresh), reload: ask, cancel };
}
