import Database from 'better-sqlite3';
import { checkSnapshot } from '../../../src/catalog/catalog.ts';
import { openDataFolder } from '../../../src/host/data-folder.ts';

/** Shows a snapshot as a user whom file permissions bind, and prints its health. */
const [dir = '', id = ''] = process.argv.slice(2);
new Database(':memory:').close();
if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
process.stdout.write(`${(await checkSnapshot(await openDataFolder(dir), id)).health}\n`);
