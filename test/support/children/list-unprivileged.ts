import Database from 'better-sqlite3';
import { listSnapshots } from '../../../src/catalog/catalog.ts';
import { openDataFolder } from '../../../src/host/data-folder.ts';
import { finishInterrupted } from '../../../src/recovery/interrupted.ts';

/** Opens a data folder and lists its snapshots as a user whom file permissions bind, and prints the id and health of each. */
const [dir = ''] = process.argv.slice(2);
new Database(':memory:').close();
if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
const folder = await openDataFolder(dir);
// As every face does when it opens a folder.
await finishInterrupted(folder);
const listed = await listSnapshots(folder);
process.stdout.write(`${listed.map(({ id, health }) => `${id} ${health}`).join(', ')}\n`);
