import { posix } from 'node:path';
import type { Plugin } from 'vite';

const SOURCE = '/src/beside/beside.ts';
const BUILT = 'worker.js';
const ADDRESS = /(["'`])\.\/worker\.ts\1/;

/** Builds the thread that `src/beside/beside.ts` starts as a file of its own, and puts that file's address in its place. */
export function linkWorker(): Plugin {
  return {
    name: 'link-worker',
    transform(_, id) {
      if (id.endsWith(SOURCE))
        this.emitFile({ type: 'chunk', id: posix.join(posix.dirname(id), 'worker.ts'), fileName: BUILT });
    },
    renderChunk(code, chunk) {
      if (!chunk.moduleIds.some((id) => id.endsWith(SOURCE))) return null;
      if (!ADDRESS.test(code)) throw new Error(`${chunk.fileName} starts no worker.`);
      const up = posix.relative(posix.dirname(chunk.fileName), '.');
      return code.replace(ADDRESS, JSON.stringify(posix.join(up, BUILT)));
    },
  };
}
