import { SnapbackError } from '../../src/index.ts';
import type { AllRequests, CoreAnswer, CoreMessage, ErrorInfo, Reply } from '../contract.ts';
import { createHandlers } from './handlers.ts';
import { createOpenFolders } from './open-folders.ts';
import { throttleProgress } from './progress-throttle.ts';

/** The process that owns the core: answers requests by id, reports progress, and cancels. It can be killed at any moment. */

const port = process.parentPort;
const answer = (message: CoreAnswer) => port.postMessage(message);
const handlers = createHandlers(
  createOpenFolders((event) => {
    if (event.type === 'changed' || event.type === 'snapshot-checked') answer(event);
  }),
  {
    nativeBinding: process.env.BETTER_SQLITE3_BINDING || undefined,
    sqliteTempDirs: [process.env.SQLITE_TMPDIR, process.env.TMPDIR],
  },
);
const running = new Map<string, AbortController>();

port.on('message', ({ data }: { readonly data: CoreMessage }) => {
  if (data.type === 'cancel') running.get(data.requestId)?.abort();
  else void handle(data.requestId, data.name, data.args);
});

async function handle(requestId: string, name: keyof AllRequests, args: unknown): Promise<void> {
  const abort = new AbortController();
  running.set(requestId, abort);
  const progress = throttleProgress(
    (report) => answer({ type: 'progress', requestId, progress: report }),
    () => performance.now(),
  );
  const reply = await attempt(() => {
    // The main process has checked the arguments against the schema of this very name.
    const call = handlers[name] as (args: unknown, task: object) => Promise<unknown>;
    return call(args, { signal: abort.signal, onProgress: progress.report });
  });
  running.delete(requestId);
  progress.flush();
  answer({ type: 'reply', requestId, reply });
}

async function attempt(work: () => Promise<unknown>): Promise<Reply<unknown>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof SnapbackError)) console.error(error);
    return { ok: false, error: toData(error) };
  }
}

/** An error as data: what the window needs to put it into words. */
function toData(error: unknown): ErrorInfo {
  if (error instanceof SnapbackError)
    return { code: error.code, message: error.message, detail: error.detail };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), detail: {} };
}
