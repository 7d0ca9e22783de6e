import promises from 'node:fs/promises';

/**
 * Keeps, holds, salvages or exports a snapshot, and is killed before its so-manieth step that changes a folder. 0: it is not killed.
 */
const [dir = '', action = '', id = '', at = '0', to = ''] = process.argv.slice(2);
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
const { openDataFolder, keepSnapshot, holdSnapshot, salvageSnapshot, exportSnapshot } = await import(
  '../../../src/index.ts'
);
const folder = await openDataFolder(dir);
const format = to.endsWith('.json') ? 'json' : 'sqlite';
steps = 0;
if (action === 'hold') await holdSnapshot(folder, id);
else if (action === 'salvage') await salvageSnapshot(folder, id, { to, format });
else if (action === 'export') await exportSnapshot(folder, id, { to, format, table: null });
else await keepSnapshot(folder, id, { name: 'Mine', note: null });
