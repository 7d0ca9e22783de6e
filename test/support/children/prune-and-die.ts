import { openDataFolder } from '../../../src/host/data-folder.ts';
import { applyPrune } from '../../../src/prune/prune.ts';

/** Prunes all checkpoints and is killed when so many of them have moved; 0: between the manifest and the first move. */
const [dir = '', after = '0'] = process.argv.slice(2);
const onProgress = ({ done }: { readonly done: number }) => {
  if (done === Number(after)) process.kill(process.pid, 'SIGKILL');
};
await applyPrune(await openDataFolder(dir), { by: 'count', kind: 'periodic', keep: 0 }, {}, { onProgress });
