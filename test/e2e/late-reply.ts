import type { ElectronApplication } from '@playwright/test';
import type { RequestName } from '../../electron/contract.ts';

/** Lets the window wait for the replies to one request, as on a busy machine. All else reaches it in the meantime. */
export async function replyLate(app: ElectronApplication, name: RequestName, ms: number): Promise<void> {
  await app.evaluate(
    ({ ipcMain }, late) => {
      type Handler = (event: unknown, message: { readonly name: string }) => Promise<unknown>;
      // Electron has no other way to wrap a handler.
      const handlers = Reflect.get(ipcMain, '_invokeHandlers') as Map<string, Handler>;
      const handle = handlers.get('snapback:request');
      if (handle === undefined) throw new Error('the window’s requests are not handled');
      handlers.set('snapback:request', async (event, message) => {
        const reply = await handle(event, message);
        if (message.name === late.name) await new Promise((done) => setTimeout(done, late.ms));
        return reply;
      });
    },
    { name, ms },
  );
}
