import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';

/**
 * Executes a statement that holds a database open, says `held`, and stays until it is killed. When it is told to run
 * more, it does so and says `done`. If the statement fails, it prints the code and ends.
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
