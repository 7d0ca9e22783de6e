import Database from 'better-sqlite3';
import { finishInterrupted, openDataFolder, readRestoredState } from '../../../src/index.ts';

/** Finishes what was interrupted in a data folder, as nobody special where root starts it; prints the outcomes and what undo would take. */
const [dir = ''] = process.argv.slice(2);
// The addon must be loaded while it may be read.
new Database(':memory:').close();
if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
const folder = await openDataFolder(dir, { cacheDir: null });
const finished = await finishInterrupted(folder);
const restored = await readRestoredState(folder);
console.log(JSON.stringify([finished.map(({ outcome }) => outcome), restored?.safetyCopyId ?? null]));
