import { type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron';
import type { Reply, RequestId, WindowEvent } from '../contract.ts';
import { APP_URL } from './app-protocol.ts';
import { describeBug } from './describe-bug.ts';
import { type Drop, type Parsed, parseCancel, parseDrop, parseRequest } from './parse.ts';

export type IpcHandlers = {
  readonly request: (request: Parsed, requestId: RequestId) => Promise<Reply<unknown>>;
  readonly drop: (drop: Drop) => Promise<Reply<unknown>>;
  readonly cancel: (requestId: RequestId) => void;
};

/**
 * The only place that listens to the window. A message that does not come from the top frame of our own page is refused
 * with an error, and nothing gets further before it is checked. A bug in a handler is answered, too, not left silent.
 */
export function listenToWindow(window: () => BrowserWindow | null, handlers: IpcHandlers): void {
  const checkSender = (event: IpcMainInvokeEvent | IpcMainEvent) => {
    const frame = event.senderFrame;
    const ours =
      frame !== null &&
      event.sender === window()?.webContents &&
      frame === event.sender.mainFrame &&
      frame.url === APP_URL;
    if (!ours) throw new TypeError('Refused: this is not the window of Snapback.');
  };

  const running = new Set<RequestId>();
  const answerOnce = async (requestId: RequestId, handle: () => Promise<Reply<unknown>>) => {
    // Replies, progress and a cancel are told apart by this id alone.
    if (running.has(requestId)) throw new TypeError('Refused: a request with this id is still running.');
    running.add(requestId);
    try {
      return await answer(handle);
    } finally {
      running.delete(requestId);
    }
  };

  ipcMain.handle('snapback:request', (event, message: unknown) => {
    checkSender(event);
    const { request, requestId } = parseRequest(message);
    return answerOnce(requestId, () => handlers.request(request, requestId));
  });
  ipcMain.handle('snapback:drop', (event, message: unknown) => {
    checkSender(event);
    const drop = parseDrop(message);
    return answerOnce(drop.requestId, () => handlers.drop(drop));
  });
  ipcMain.on('snapback:cancel', (event, message: unknown) => {
    try {
      checkSender(event);
      handlers.cancel(parseCancel(message));
    } catch (error) {
      console.error(error);
    }
  });
}

/** Pushes an event to the window, if there is one. */
export function tellWindow(window: BrowserWindow | null, event: WindowEvent): void {
  if (window !== null && !window.isDestroyed()) window.webContents.send('snapback:event', event);
}

async function answer(handle: () => Promise<Reply<unknown>>): Promise<Reply<unknown>> {
  try {
    return await handle();
  } catch (error) {
    console.error(error);
    return { ok: false, error: describeBug(error) };
  }
}
