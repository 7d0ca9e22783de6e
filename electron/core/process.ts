import { type Hit, SnapbackError, sweepPrivateFolders } from '../../src/index.ts';
import type { AllRequests, CoreAnswer, CoreMessage, FolderId, Reply } from '../contract.ts';
import { describeError } from './describe-error.ts';
import { createHandlers } from './handlers.ts';
import { createOpenFolders } from './open-folders.ts';
import { throttleProgress } from './progress-throttle.ts';

/* The process that owns the core. It answers requests by id, reports progress, and cancels. It may be killed at any time. */

const SWEEP_AFTER_MS = 1_000;

const port = process.parentPort;
const answer = (message: CoreAnswer) => port.postMessage(message);
const folders = createOpenFolders((event) => {
  if (event.type === 'changed' || event.type === 'snapshot-checked') answer(event);
});
const handlers = createHandlers(folders, {
  nativeBinding: process.env.BETTER_SQLITE3_BINDING || undefined,
  sqliteTempDirs: [process.env.SQLITE_TMPDIR, process.env.TMPDIR],
});
// Folders left by killed processes hold chats: they are removed soon, not only when a data folder is opened.
setTimeout(() => void sweepPrivateFolders(), SWEEP_AFTER_MS);
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
    // The main process has checked the arguments with the schema for this name.
    const call = handlers[name] as (args: unknown, task: object) => Promise<unknown>;
    const onFound = (hits: readonly Hit[]) => answer({ type: 'found', requestId, hits });
    // Private requests are made by the main process, also before the window is there.
    if (!name.startsWith('private.')) folders.heard((args as { readonly folderId: FolderId }).folderId);
    return call(args, { signal: abort.signal, onProgress: progress.report, onFound });
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
    return { ok: false, error: describeError(error) };
  }
}
