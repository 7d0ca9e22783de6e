import { clockMs, type Hit, SnapbackError, sweepPrivateFolders } from '../../src/index.ts';
import type { AllRequests, CoreAnswer, CoreMessage, FolderId, Reply } from '../contract.ts';
import { describeError } from './describe-error.ts';
import { createHandlers } from './handlers.ts';
import { createOpenFolders } from './open-folders.ts';
import { throttleProgress } from './progress-throttle.ts';
import type { Handlers } from './requests.ts';

/* The process that owns the core. It answers requests by id, reports progress, and cancels. It may be killed at any time. */

const SWEEP_AFTER_MS = 1_000;
const FETCH_AFTER_MS = 2_000;

const port = process.parentPort;
const answer = (message: CoreAnswer) => port.postMessage(message);
const folders = createOpenFolders((event) => {
  if (event.type === 'changed' || event.type === 'snapshot-checked') answer(event);
});
const { first, all: fetchLater } = createHandlers(folders, {
  nativeBinding: process.env.BETTER_SQLITE3_BINDING || undefined,
  sqliteTempDirs: [process.env.SQLITE_TMPDIR, process.env.TMPDIR],
});
// Folders left by killed processes hold chats: they are removed soon, not only when a data folder is opened.
setTimeout(() => void sweepPrivateFolders(), SWEEP_AFTER_MS);
/** All that can be answered at once. */
let handlers: Partial<Handlers> = first;
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
    clockMs,
  );
  const reply = await attempt(async () => {
    // Private requests are made by the main process, also before the window is there.
    if (!name.startsWith('private.')) folders.heard((args as { readonly folderId: FolderId }).folderId);
    // The main process has checked the arguments with the schema for this name.
    const call = (handlers[name] ?? (await fetchAll())[name]) as (
      args: unknown,
      task: object,
    ) => Promise<unknown>;
    // It may have been cancelled while its code was fetched.
    if (abort.signal.aborted) throw new SnapbackError('cancelled', 'Cancelled.');
    const onFound = (hits: readonly Hit[]) => answer({ type: 'found', requestId, hits });
    return call(args, { signal: abort.signal, onProgress: progress.report, onFound });
  });
  running.delete(requestId);
  progress.flush();
  answer({ type: 'reply', requestId, reply });
  // Usually the window asks for more once it shows the list. Otherwise the rest is fetched while nobody waits for it.
  if (handlers === first) setTimeout(() => void fetchAll().catch(console.error), FETCH_AFTER_MS);
}

async function fetchAll(): Promise<Handlers> {
  const all = await fetchLater();
  handlers = all;
  return all;
}

async function attempt(work: () => Promise<unknown>): Promise<Reply<unknown>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof SnapbackError) || error.code === 'internal') console.error(error);
    return { ok: false, error: describeError(error) };
  }
}
