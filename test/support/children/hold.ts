import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Holds a database open until it is killed: by a statement, after which it says `held`. */
const [file = '', sql = ''] = process.argv.slice(2);
const db = new Database(file, { timeout: 5000 });
db.exec(sql);
writeSync(1, 'held\n');
setInterval(() => db.open, 1000);
