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
