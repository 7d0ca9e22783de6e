import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Leaves behind what a crash in a large transaction does: a journal that only a writer could roll back. */
export async function crashHost(dir: string): Promise<void> {
  const program = `
    const { DatabaseSync } = require('node:sqlite');
    const db = new DatabaseSync(${JSON.stringify(join(dir, 'chat.db'))});
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA cache_size = 2; BEGIN; UPDATE event_log SET hidden = 1 - hidden;');
    process.kill(process.pid, 'SIGKILL');`;
  await once(spawn(process.execPath, ['-e', program]), 'exit');
}

/** A chat app that has the database open and does nothing, or holds the write lock, in a process of its own. */
export async function startHost(dir: string, writing = false): Promise<ChildProcess> {
  const program = `
    const { DatabaseSync } = require('node:sqlite');
    const db = new DatabaseSync(${JSON.stringify(join(dir, 'chat.db'))});
    db.exec(${JSON.stringify(writing ? 'BEGIN IMMEDIATE' : 'SELECT count(*) FROM event_log')});
    console.log('open');
    setInterval(() => db.isOpen, 1000);`;
  const host = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(host.stdout, 'data');
  return host;
}

/** Ends it, and waits until its locks are gone. */
export async function endHost(host: ChildProcess): Promise<void> {
  host.kill();
  await once(host, 'exit');
}

/** Makes the database so large that a thread of its own checks it: by pages that nothing uses. */
export function growDatabase(dir: string): void {
  const db = new DatabaseSync(join(dir, 'chat.db'));
  db.exec(
    'CREATE TABLE filling (data); INSERT INTO filling VALUES (zeroblob(20000000)); DROP TABLE filling;',
  );
  db.close();
}
