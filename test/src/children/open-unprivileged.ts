import Database from 'better-sqlite3';
import { openDataFolder } from '../../../src/data-folder.ts';

/** Opens a data folder as a user who may read it and not write, and prints the database that was found. */
const [dir = ''] = process.argv.slice(2);
new Database(':memory:').close();
if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
const folder = await openDataFolder(dir);
process.stdout.write(`${folder.databaseFile}\n`);
