import { randomUUID } from 'node:crypto';
import { type UtilityProcess, utilityProcess } from 'electron';
import type {
  AllRequests,
  ArgsOf,
  CoreAnswer,
  CoreMessage,
  Reply,
  RequestId,
  ResultOf,
  WindowEvent,
} from '../contract.ts';

export type CoreHost = {
  /** Starts the process before the first request. */
  readonly warm: () => void;
  /** Always resolves; with `core-stopped` if the core's process dies meanwhile. SQLite then rolls back what was not committed. */
  readonly request: <N extends keyof AllRequests>(
    name: N,
    args: ArgsOf<N>,
    requestId?: RequestId,
  ) => Promise<Reply<ResultOf<N>>>;
  readonly cancel: (requestId: RequestId) => void;
  /** Ends the process for good. */
  readonly stop: () => void;
};

export type CoreHostOptions = {
  /** The script that the process runs. */
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onEvent: (event: WindowEvent) => void;
  /** Called when the process ended without being told to. */
  readonly onStopped: () => void;
  /** Tells a new process what it has to know before the first request, such as which folder is open. */
  readonly introduce: (tell: CoreHost['request']) => Promise<void>;
};

type Running = { readonly child: UtilityProcess; readonly introduced: Promise<void> };

const STOPPED: Reply<never> = {
  ok: false,
  error: {
    code: 'core-stopped',
    message: 'The part of Snapback that works on the data ended unexpectedly.',
    detail: {},
  },
};

/**
 * Runs the core in a process of its own, because better-sqlite3 cannot be interrupted but a process can be killed. After
 * a death, only the next request starts it again, so a core that dies at once does not restart for ever.
 */
export function createCoreHost(options: CoreHostOptions): CoreHost {
  const waiting = new Map<RequestId, (reply: Reply<unknown>) => void>();
  let running: Running | null = null;
  let ended = false;

  function send(child: UtilityProcess, name: keyof AllRequests, args: unknown, requestId: RequestId) {
    return new Promise<Reply<unknown>>((resolve) => {
      waiting.set(requestId, resolve);
      child.postMessage({ type: 'request', requestId, name, args } satisfies CoreMessage);
    });
  }

  function start(): Running {
    const child = utilityProcess.fork(options.script, [], {
      serviceName: 'Snapback core',
      stdio: 'inherit',
      env: options.env,
    });
    child.on('message', (message: CoreAnswer) => {
      if (message.type !== 'reply') return options.onEvent(message);
      const resolve = waiting.get(message.requestId);
      waiting.delete(message.requestId);
      resolve?.(message.reply);
    });
    child.on('exit', () => {
      if (running?.child === child) running = null;
      const unanswered = [...waiting.values()];
      waiting.clear();
      for (const resolve of unanswered) resolve(STOPPED);
      if (!ended) options.onStopped();
    });
    const tell = <N extends keyof AllRequests>(name: N, args: ArgsOf<N>) =>
      send(child, name, args, randomUUID()) as Promise<Reply<ResultOf<N>>>;
    return { child, introduced: options.introduce(tell) };
  }

  return {
    warm() {
      running ??= start();
    },
    async request<N extends keyof AllRequests>(name: N, args: ArgsOf<N>, requestId?: RequestId) {
      if (ended) return STOPPED;
      running ??= start();
      const { child, introduced } = running;
      await introduced;
      if (running?.child !== child) return STOPPED;
      // Our own ids cannot be guessed, so the window cannot cancel a request that it did not make.
      const reply = await send(child, name, args, requestId ?? randomUUID());
      // The types of `handlers.ts` ensure that each request is answered with the result for its name.
      return reply as Reply<ResultOf<N>>;
    },
    cancel(requestId) {
      const at = running;
      // After the introduction, as the request itself: a cancel must not overtake what it cancels.
      void at?.introduced.then(() =>
        at.child.postMessage({ type: 'cancel', requestId } satisfies CoreMessage),
      );
    },
    stop() {
      ended = true;
      running?.child.kill();
    },
  };
}
