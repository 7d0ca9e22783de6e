import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge, Reply, WindowEvent } from './contract.ts';

const bridge: Bridge = {
  request: (requestId, name, args) => ipcRenderer.invoke('snapback:request', { requestId, name, args }),
  openDropped: (requestId, file, beside) =>
    ipcRenderer.invoke('snapback:drop', {
      requestId,
      path: webUtils.getPathForFile(file),
      beside,
    }) as Promise<Reply<never>>,
  cancel: (requestId) => ipcRenderer.send('snapback:cancel', requestId),
  onEvent(listener) {
    const hear = (_event: unknown, event: WindowEvent) => listener(event);
    ipcRenderer.on('snapback:event', hear);
    return () => ipcRenderer.off('snapback:event', hear);
  },
};

contextBridge.exposeInMainWorld('snapback', bridge);

/*
 * Electron asks the main process before the page goes to another address, except for `about:blank`. So that is refused
 * here. The page can neither remove this listener nor act before it.
 */
const address: unknown = Reflect.get(Reflect.get(globalThis, 'location'), 'href');
const navigation: unknown = Reflect.get(globalThis, 'navigation');
if (navigation instanceof EventTarget)
  navigation.addEventListener('navigate', (event) => {
    const { url, sameDocument }: { url?: unknown; sameDocument?: unknown } = Reflect.get(
      event,
      'destination',
    );
    // A download does not leave the page, and the session refuses it.
    const isDownload = Reflect.get(event, 'downloadRequest') != null;
    if (sameDocument !== true && !isDownload && url !== address) event.preventDefault();
  });
