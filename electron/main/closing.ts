import { type BrowserWindow, dialog } from 'electron';
import type { Reply, RequestId } from '../contract.ts';
import type { CoreHost } from './core-host.ts';

const LONGEST_ROLLBACK_MS = 15_000;
const STOP = 1;

export type ClosingGuard = {
  /** Until this restore, undo or redo has ended, the window does not close without asking. */
  readonly watch: (requestId: RequestId, work: Promise<Reply<unknown>>) => Promise<Reply<unknown>>;
  /** Asks before `window` closes while a restore is running. On yes the restore is cancelled, and then the window closes. */
  readonly guard: (window: BrowserWindow) => void;
};

/**
 * `onStopped` is called when closing the window rolled a restore back, so that the next start can say so. How one ended
 * whose process was killed, the next start asks the database itself.
 */
export function createClosingGuard(core: CoreHost, onStopped: () => void): ClosingGuard {
  const running = new Map<RequestId, Promise<Reply<unknown>>>();
  let asking = false;

  async function stopAll(): Promise<void> {
    const works = [...running.values()];
    for (const requestId of running.keys()) core.cancel(requestId);
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), LONGEST_ROLLBACK_MS));
    const replies = await Promise.race([Promise.all(works), late]);
    // A step that cannot be interrupted ends only with its process. SQLite then rolls back what was not committed.
    if (replies === null) core.stop();
    else if (replies.some((reply) => !reply.ok && reply.error.code === 'cancelled')) onStopped();
    running.clear();
  }

  async function ask(window: BrowserWindow): Promise<void> {
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      title: 'Snapback',
      message: 'A restore is under way. Stop it and close?',
      detail:
        'What was done so far is rolled back: the database stays as it was before. A restore that has just been finished stays, and can be undone.',
      buttons: ['Keep restoring', 'Stop and close'],
      defaultId: 0,
      cancelId: 0,
    });
    if (response !== STOP) return;
    await stopAll();
    if (!window.isDestroyed()) window.close();
  }

  return {
    async watch(requestId, work) {
      running.set(requestId, work);
      try {
        return await work;
      } finally {
        running.delete(requestId);
      }
    },
    guard(window) {
      window.on('close', (event) => {
        if (running.size === 0) return;
        event.preventDefault();
        if (asking) return;
        asking = true;
        void ask(window).finally(() => {
          asking = false;
        });
      });
    },
  };
}
