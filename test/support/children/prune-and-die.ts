import { openDataFolder } from '../../../src/host/data-folder.ts';
import { applyPrune } from '../../../src/prune/prune.ts';

/**
 * Prunes all checkpoints and is killed after the given number has moved; 0 means between the manifest and the first
 * move.
 */
const [dir = '', after = '0'] = process.argv.slice(2);
const onProgress = ({ done }: { readonly done: number }) => {
  if (done === Number(after)) process.kill(process.pid, 'SIGKILL');
};
await applyPrune(await openDataFolder(dir), { by: 'count', kind: 'periodic', keep: 0 }, {}, { onProgress });
