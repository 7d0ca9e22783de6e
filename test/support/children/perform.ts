import { writeSync } from 'node:fs';

import { whileWatched } from '../file-calls.ts';

/**
 * Does something in a data folder and prints `done`, or the code of the error. It is killed before its so-manieth call that
 * changes something on the disk; 0: it is not killed.
 */
const [dir = '', cacheDir = '', verb = '', at = '0'] = process.argv.slice(2);
const { perform } = await import('../../model/verbs.ts');
const { openDataFolder, SnapbackError } = await import('../../../src/index.ts');
const folder = await openDataFolder(dir, cacheDir === '' ? {} : { cacheDir });
let calls = 0;
const die = () => {
  calls += 1;
  if (calls === Number(at)) process.kill(process.pid, 'SIGKILL');
  return undefined;
};
try {
  await whileWatched(die, () => perform(folder, JSON.parse(verb)));
  writeSync(1, 'done\n');
} catch (error) {
  if (!(error instanceof SnapbackError)) throw error;
  writeSync(1, `${error.code}\n`);
}
