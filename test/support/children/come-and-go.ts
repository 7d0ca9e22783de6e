import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { whileMarked } from '../../../src/system/private-folder.ts';

/** Opens a database and closes it again and again, as a Snapback does, until it is killed. Says `began` at the first time. */
const [file = ''] = process.argv.slice(2);
for (let times = 0; ; times += 1)
  await whileMarked(async () => {
    const db = new Database(file);
    db.prepare('SELECT count(*) FROM event_log').get();
    if (times === 0) writeSync(1, 'began\n');
    await sleep(150);
    db.close();
  });
