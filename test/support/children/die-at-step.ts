import promises from 'node:fs/promises';

/**
 * Keeps or holds a snapshot, and is killed before its so-manieth step that changes a folder. 0: it is not killed.
 */
const [dir = '', action = '', id = '', at = '0'] = process.argv.slice(2);
let steps = 0;
const changing = ['link', 'rename', 'unlink', 'mkdir', 'rmdir', 'open', 'chmod'] as const;
for (const name of changing) {
  const call = promises[name] as (...args: unknown[]) => Promise<unknown>;
  Object.assign(promises, {
    [name]: (...args: unknown[]) => {
      steps += 1;
      if (steps === Number(at)) process.kill(process.pid, 'SIGKILL');
      return call(...args);
    },
  });
}
// The core takes the functions as they are when it is loaded.
const { openDataFolder, keepSnapshot, holdSnapshot } = await import('../../../src/index.ts');
const folder = await openDataFolder(dir);
steps = 0;
if (action === 'hold') await holdSnapshot(folder, id);
else await keepSnapshot(folder, id, { name: 'Mine', note: null });
