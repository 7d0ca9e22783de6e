import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';

/**
 * A host that commits all the time: an event, and its count in another table, in one transaction. It waits for a lock
 * as long as it is told to; if it has to give up, it says so and ends. `stop` on its standard input ends it too.
 */
const [file = '', patience = '0'] = process.argv.slice(2);
const db = new Database(file, { timeout: Number(patience) });
let commits = 0;
process.stdin.on('data', () => end('stopped'));
// Whoever started it may be killed, and then nobody else would end it.
process.stdin.once('end', () => process.exit());

function end(word: string): void {
  writeSync(1, `${word} ${commits}\n`);
  process.exit();
}

function write(): void {
  try {
    db.exec(`BEGIN IMMEDIATE; INSERT INTO event_log (kind, payload_json) VALUES ('message', '{"chat_id":"c1"}');
      UPDATE chat_state SET events = (SELECT count(*) FROM event_log); COMMIT`);
    commits += 1;
    if (commits === 20) writeSync(1, 'busy\n');
  } catch (error) {
    end(error instanceof Database.SqliteError ? error.code : String(error));
  }
  setTimeout(write, 1);
}

write();
