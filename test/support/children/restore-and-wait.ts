import { existsSync, writeSync } from 'node:fs';
import { applyRestore, openDataFolder, type RestoreMode, SnapbackError } from '../../../src/index.ts';
import { restoring } from '../requests.ts';

/**
 * Restores a snapshot, and stands still right before COMMIT, or in another phase, saying its name, until there is a file.
 * Then says `done`, or the code of the error. Mode `keep-newer`: a full restore that keeps newer events. Alone with the database only where another phase is named.
 */
const [dir = '', id = '', mode = '', go = '', stop = 'commit'] = process.argv.slice(2);
const modes: readonly RestoreMode[] = ['full', 'projections'];
const request = restoring(id, {
  mode: modes.find((known) => known === mode) ?? 'full',
  keepNewer: mode === 'keep-newer',
});

/** Stops everything in this process: nothing of it runs on beside the wait. */
function waitForFile(): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(go)) Atomics.wait(clock, 0, 0, 20);
}

let stood = false;
const onProgress = ({ phase }: { readonly phase: string }) => {
  if (phase !== stop || stood) return;
  stood = true;
  writeSync(1, `${stop}\n`);
  waitForFile();
};
const apply = { planId: null, whileOpen: stop === 'commit' };
try {
  await applyRestore(await openDataFolder(dir), request, apply, { onProgress });
  writeSync(1, 'done\n');
} catch (error) {
  if (!(error instanceof SnapbackError)) throw error;
  writeSync(1, `${error.code}\n`);
}
