import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';

/**
 * Holds a database open until it is killed: by a statement, after which it says `held`; then runs what it is told to, and
 * says `done`. Where the statement fails it says the code and ends.
 */
const [file = '', sql = ''] = process.argv.slice(2);
const db = new Database(file, { timeout: 5000 });
try {
  db.exec(sql);
} catch (error) {
  writeSync(1, `${error instanceof Database.SqliteError ? error.code : String(error)}\n`);
  process.exit(1);
}
writeSync(1, 'held\n');
process.stdin.on('data', (sql) => {
  db.exec(String(sql));
  writeSync(1, 'done\n');
});
setInterval(() => db.open, 1000);
