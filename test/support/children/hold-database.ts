import Database from 'better-sqlite3';

/** Holds a database open until it is killed: idle, with a read transaction, or with an exclusive lock. */
const [file = '', how = 'idle'] = process.argv.slice(2);
const db = new Database(file, { timeout: 0 });
try {
  if (how === 'idle') db.prepare('SELECT count(*) FROM event_log').get();
  if (how === 'read') db.exec('BEGIN; SELECT count(*) FROM event_log');
  if (how === 'exclusive') db.exec('BEGIN EXCLUSIVE');
  process.stdout.write('held\n');
  setInterval(() => db.open, 1000);
} catch (error) {
  process.stdout.write(`${error instanceof Database.SqliteError ? error.code : String(error)}\n`);
}
