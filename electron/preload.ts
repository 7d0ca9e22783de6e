import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge, Reply, WindowEvent } from './contract.ts';

const bridge: Bridge = {
  request: (requestId, name, args) => ipcRenderer.invoke('snapback:request', { requestId, name, args }),
  openDropped: (requestId, file) =>
    ipcRenderer.invoke('snapback:drop', { requestId, path: webUtils.getPathForFile(file) }) as Promise<
      Reply<never>
    >,
  cancel: (requestId) => ipcRenderer.send('snapback:cancel', requestId),
  onEvent(listener) {
    const hear = (_event: unknown, event: WindowEvent) => listener(event);
    ipcRenderer.on('snapback:event', hear);
    return () => ipcRenderer.off('snapback:event', hear);
  },
};

contextBridge.exposeInMainWorld('snapback', bridge);

/*
 * The main process is asked before the page leaves for another address, but not for `about:blank`. The page can't take
 * this listener away, nor come before it.
 */
const address: unknown = Reflect.get(Reflect.get(globalThis, 'location'), 'href');
const navigation: unknown = Reflect.get(globalThis, 'navigation');
if (navigation instanceof EventTarget)
  navigation.addEventListener('navigate', (event) => {
    const { url, sameDocument }: { url?: unknown; sameDocument?: unknown } = Reflect.get(
      event,
      'destination',
    );
    // A download leaves the page where it is, and the session refuses it.
    const isDownload = Reflect.get(event, 'downloadRequest') != null;
    if (sameDocument !== true && !isDownload && url !== address) event.preventDefault();
  });
