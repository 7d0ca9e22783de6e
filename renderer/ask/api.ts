import type {
  ArgsOf,
  Bridge,
  ErrorInfo,
  FolderId,
  OpenFolder,
  Reply,
  RequestId,
  RequestName,
  ResultOf,
  WindowEvent,
} from '../../electron/contract.ts';
import type { Hit } from '../../src/model/search.ts';
import type { Progress } from '../../src/model/task.ts';
import { changesFolder, createOwnWork } from './own-work.ts';
import { countRestore } from './restores-made.ts';

// The preload script provides this object and is checked against the same type.
const bridge = (globalThis as unknown as { readonly snapback: Bridge }).snapback;

export type CallOptions = {
  /** For a request that is already running; without, it gets an id of its own. */
  readonly requestId?: RequestId | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Told of hits while a search goes on. */
  readonly onFound?: (hits: readonly Hit[]) => void;
};

/** Every action of this window that changes the folder. */
export const ownWork = createOwnWork();

const listeners = new Set<(event: WindowEvent) => void>();
bridge.onEvent((event) => {
  for (const listener of [...listeners]) listener(event);
});

/** Calls the listener for every event that is pushed to the window. Returns a function that stops this. */
export function listen(listener: (event: WindowEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Sends one request. Never rejects. Aborting the signal cancels the work at its next step, and the reply is `cancelled`.
 */
export async function call<N extends RequestName>(
  name: N,
  args: ArgsOf<N>,
  options: CallOptions = {},
): Promise<Reply<ResultOf<N>>> {
  const ask = () => track(options, (requestId) => bridge.request(requestId, name, args));
  const reply = (await (changesFolder(name) ? ownWork.run(ask) : ask())) as Reply<ResultOf<N>>;
  if (name === 'plan.apply' && (reply.ok || mayBeMade(reply.error))) countRestore();
  return reply;
}

/** Whether a restore may have been made although its reply is an error. */
function mayBeMade({ code, detail }: ErrorInfo): boolean {
  return code === 'core-stopped' || detail.undecided === true;
}

/**
 * Opens a file or folder that was dropped on the window: a file beside the snapshots of the folder that is open. Otherwise it
 * works like `call`.
 */
export function openDropped(
  file: File,
  beside: FolderId | null,
  options: CallOptions = {},
): Promise<Reply<OpenFolder | null>> {
  return track(options, (requestId) => bridge.openDropped(requestId, file, beside)) as Promise<
    Reply<OpenFolder | null>
  >;
}

async function track(
  { requestId = crypto.randomUUID(), signal, onProgress, onFound }: CallOptions,
  send: (requestId: RequestId) => Promise<Reply<unknown>>,
): Promise<Reply<unknown>> {
  const cancel = () => bridge.cancel(requestId);
  const silence = listen((event) => {
    if (event.type === 'progress' && event.requestId === requestId) onProgress?.(event.progress);
    else if (event.type === 'found' && event.requestId === requestId) onFound?.(event.hits);
  });
  signal?.addEventListener('abort', cancel);
  try {
    const reply = send(requestId);
    if (signal?.aborted) cancel();
    return await reply;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, error: { code: 'internal', message, detail: {} } };
  } finally {
    silence();
    signal?.removeEventListener('abort', cancel);
  }
}
