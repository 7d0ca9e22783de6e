import Database from 'better-sqlite3';
import { openDataFolder } from '../../../src/host/data-folder.ts';
import { SnapbackError } from '../../../src/model/errors.ts';

/** Opens a data folder as a user who may read it and not write, and prints the database that was found, or the code of the refusal. */
const [dir = ''] = process.argv.slice(2);
new Database(':memory:').close();
if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
const outcome = await openDataFolder(dir).then(
  ({ databaseFile }) => databaseFile,
  (error: unknown) => (error instanceof SnapbackError ? error.code : String(error)),
);
process.stdout.write(`${outcome}\n`);
