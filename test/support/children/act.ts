import { writeSync } from 'node:fs';
import {
  applyRestore,
  applyUndo,
  defaultRestoreOptions,
  diffSnapshot,
  openDataFolder,
  planRestore,
  SnapbackError,
  takeSnapshot,
} from '../../../src/index.ts';

/** Does one thing in a data folder and prints each phase as it begins, then `done` or the code of the error. */
const [dir = '', action = '', id = '', user = ''] = process.argv.slice(2);
if (user !== '') {
  process.setgid?.(Number(user));
  process.setuid?.(Number(user));
}
const now = { planId: null, whileOpen: false };
const request = { ...defaultRestoreOptions, id, action: 'restore' } as const;
let phase = '';
const task = {
  onProgress(progress: { readonly phase: string }) {
    if (progress.phase !== phase) say(progress.phase);
    phase = progress.phase;
  },
};

/** Not buffered, so that it is said when it is said even if the process is killed. */
function say(word: string): void {
  writeSync(1, `${word}\n`);
}

async function act(): Promise<unknown> {
  const folder = await openDataFolder(dir);
  say('began');
  if (action === 'take') return takeSnapshot(folder, 'rewind', task);
  if (action === 'diff') return diffSnapshot(folder, id, task);
  if (action === 'plan') return planRestore(folder, request, false, task);
  if (action === 'restore') return applyRestore(folder, request, now, task);
  return applyUndo(folder, { acceptDrift: false }, now, task);
}

try {
  await act();
  say('done');
} catch (error) {
  if (!(error instanceof SnapbackError)) throw error;
  say(error.code);
}
