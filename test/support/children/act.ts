import { chmodSync, closeSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import {
  applyPrune,
  applyRestore,
  applyUndo,
  diffSnapshot,
  emptyTrash,
  openDataFolder,
  planRestore,
  putBack,
  SnapbackError,
  takeSnapshot,
} from '../../../src/index.ts';
import { loadParts } from '../load-parts.ts';
import { restoring } from '../requests.ts';

/**
 * Does one thing in a data folder and prints each phase as it begins, then `done`, or the place and the code of the error. USER_ID: as
 * whom; FILL_IN and FILL: in which phase to fill the disk, with which file; LOCK_IN and LOCK: in which phase to make which
 * folder read-only; PATIENT: go on while others have it open; KEEP_NEWER: keep newer events; SELECT: as JSON, the part to restore; MERGE: as JSON, how to merge.
 */
const [dir = '', action = '', id = ''] = process.argv.slice(2);
const { USER_ID: user, FILL_IN: fillIn, FILL: filler = '', PATIENT: patient } = process.env;
const { LOCK_IN: lockIn, LOCK: locked = '' } = process.env;
// Code and addon must be loaded while they may be read.
await loadParts();
new Database(':memory:').close();
if (user !== undefined) {
  process.setgid?.(Number(user));
  process.setuid?.(Number(user));
}
const now = { planId: null, whileOpen: patient !== undefined };
// What was written since is to be lost here, whatever else happens.
const consents = { acceptDrift: false, acceptOtherTimeline: true };
const keepNewer = process.env.KEEP_NEWER !== undefined;
const { SELECT: select, MERGE: merge } = process.env;
const request = restoring(id, {
  ...consents,
  keepNewer,
  ...(select === undefined ? {} : { selection: JSON.parse(select) }),
  ...(merge === undefined ? {} : { merge: JSON.parse(merge) }),
});
let phase = '';
const task = {
  onProgress(progress: { readonly phase: string }) {
    if (progress.phase !== phase) say(progress.phase);
    if (progress.phase !== phase && progress.phase === fillIn) fill();
    if (progress.phase !== phase && progress.phase === lockIn) chmodSync(locked, 0o555);
    phase = progress.phase;
  },
};

/** Not buffered, so that it is said when it is said even if the process is killed. */
function say(word: string): void {
  writeSync(1, `${word}\n`);
}

/** Takes what is left of the disk, to the last byte. */
function fill(): void {
  const file = openSync(filler, 'w');
  for (let bytes = 1 << 20; bytes >= 1; ) {
    try {
      if (writeSync(file, Buffer.alloc(bytes)) < bytes) bytes >>= 1;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      bytes >>= 1;
    }
  }
  closeSync(file);
}

function sayNotes({ notes }: { readonly notes: readonly string[] }): void {
  for (const note of notes) say(`note ${note}`);
}

async function act(): Promise<unknown> {
  const { SQLITE_TMPDIR, TMPDIR } = process.env;
  const folder = await openDataFolder(dir, { sqliteTempDirs: [SQLITE_TMPDIR, TMPDIR] });
  say('began');
  if (action === 'prune') return sayNotes(await applyPrune(folder, { by: 'choice', ids: id.split(',') }));
  if (action === 'empty-trash') return sayNotes(await emptyTrash(folder));
  if (action === 'put-back') return sayNotes(await putBack(folder, [{ trashName: id, ids: null }]));
  if (action === 'take') return takeSnapshot(folder, 'rewind', task);
  if (action === 'diff') return diffSnapshot(folder, id, task);
  if (action === 'plan') {
    const { space, refusals } = await planRestore(folder, request, task);
    for (const { volume } of space) say(`needs ${volume}`);
    return say(refusals[0]?.code ?? 'no refusal');
  }
  if (action === 'restore') return applyRestore(folder, request, now, task);
  return applyUndo(folder, consents, now, task);
}

try {
  await act();
  if (action !== 'plan') say('done');
} catch (error) {
  if (!(error instanceof SnapbackError)) throw error;
  say(`at ${error.detail.path ?? error.detail.database}`);
  say(error.code);
}
