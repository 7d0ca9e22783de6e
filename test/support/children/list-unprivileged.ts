import Database from 'better-sqlite3';
import { listSnapshots } from '../../../src/catalog/catalog.ts';
import { openDataFolder } from '../../../src/host/data-folder.ts';

/** Lists snapshots as a user whom file permissions bind, and prints the id and health of each. */
const [dir = ''] = process.argv.slice(2);
new Database(':memory:').close();
if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
const listed = await listSnapshots(await openDataFolder(dir));
process.stdout.write(`${listed.map(({ id, health }) => `${id} ${health}`).join(', ')}\n`);
