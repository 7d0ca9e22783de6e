import Database from 'better-sqlite3';
import { findOpeners } from '../../../src/host/in-use.ts';
import {
  checkSnapshot,
  finishInterrupted,
  keepSnapshot,
  listSnapshots,
  openDataFolder,
  planPrune,
  readRestoredState,
  SnapbackError,
} from '../../../src/index.ts';
import { loadParts } from '../load-parts.ts';

/**
 * Does one thing as a user bound by file permissions, even if root starts it, and prints the answer or the error's
 * code.
 */
const [action = '', path = '', id = ''] = process.argv.slice(2);
// Code and addon must be loaded while they may be read.
await loadParts();
new Database(':memory:').close();
if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}

async function act(): Promise<string> {
  if (action === 'find-openers') return JSON.stringify(await findOpeners(path));
  const folder = await openDataFolder(path, { cacheDir: null });
  if (action === 'open') return folder.databaseFile;
  if (action === 'keep') return (await keepSnapshot(folder, id)).id;
  if (action === 'prune') return JSON.stringify(await planPrune(folder, JSON.parse(id)));
  if (action === 'show') return (await checkSnapshot(folder, id)).health;
  // As every face does when it opens a folder.
  const finished = await finishInterrupted(folder);
  if (action === 'list')
    return (await listSnapshots(folder)).map((one) => `${one.id} ${one.health}`).join(', ');
  const restored = await readRestoredState(folder);
  return JSON.stringify([finished.map(({ outcome }) => outcome), restored?.safetyCopyId ?? null]);
}

try {
  console.log(await act());
} catch (error) {
  if (!(error instanceof SnapbackError)) throw error;
  console.log(error.code);
}
