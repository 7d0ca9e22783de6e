import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { applyRestore, applyUndo, openDataFolder, SnapbackError } from '../../../src/index.ts';
import { NOW, restoring } from '../requests.ts';

/**
 * Restores the tables of a snapshot, lets the host write, then restores again while the journal has room for all of the
 * announcement's line except its end. Prints how that failed, whether the line counts, and how undoing the first
 * restore ended. Needs Linux.
 */
const [dir = '', id = ''] = process.argv.slice(2);
const journal = join(dir, 'snapback/journal.jsonl');
const request = restoring(id, { mode: 'projections' });
const say = (word: string) => writeSync(1, `${word}\n`);
const announcements = () =>
  readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}') && line.includes('"type":"prepared"'));

function limitFiles(bytes: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
}

process.on('SIGXFSZ', () => {
  // What is refused is an error of the call, and not the end of the process.
});
const folder = await openDataFolder(dir);
await applyRestore(folder, request, NOW);
const [line = ''] = announcements();
const host = new Database(join(dir, 'app.db'));
host.exec("UPDATE bots SET name = 'the host'");
host.close();
let limited = false;
const onProgress = ({ phase }: { readonly phase: string }) => {
  if (phase !== 'verify' || limited) return;
  limited = true;
  limitFiles(String(statSync(journal).size + line.length));
};
try {
  await applyRestore(folder, request, NOW, { onProgress });
  say('done');
} catch (error) {
  if (!(error instanceof SnapbackError)) throw error;
  say(error.code);
}
limitFiles('unlimited');
say(announcements().length === 2 ? 'announced' : 'not announced');
await applyUndo(folder, { acceptDrift: false }, NOW);
say('undone');
