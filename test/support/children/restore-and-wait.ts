import { existsSync, writeSync } from 'node:fs';
import { applyRestore, defaultRestoreOptions, openDataFolder, type RestoreMode } from '../../../src/index.ts';

/** Restores a snapshot, and stands still right before COMMIT, saying `commit`, until there is a file. Then says `done`. */
const [dir = '', id = '', mode = '', go = ''] = process.argv.slice(2);
const modes: readonly RestoreMode[] = ['full', 'projections'];
const request = {
  ...defaultRestoreOptions,
  snapshotId: id,
  action: 'restore' as const,
  mode: modes.find((known) => known === mode) ?? 'full',
};

/** Stops everything in this process: nothing of it runs on beside the wait. */
function waitForFile(): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(go)) Atomics.wait(clock, 0, 0, 20);
}

const onProgress = ({ phase }: { readonly phase: string }) => {
  if (phase !== 'commit') return;
  writeSync(1, 'commit\n');
  waitForFile();
};
await applyRestore(await openDataFolder(dir), request, { planId: null, whileOpen: true }, { onProgress });
writeSync(1, 'done\n');
