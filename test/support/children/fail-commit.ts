import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync, writeSync } from 'node:fs';
import { applyRestore, openDataFolder, SnapbackError } from '../../../src/index.ts';
import { NOW, restoring } from '../requests.ts';

/**
 * Restores a snapshot, and from COMMIT on the system refuses every write to a file. Prints the error's code, then each
 * file of the data folder that is open all the same. Needs Linux.
 */
const [dir = '', id = ''] = process.argv.slice(2);

function limitFiles(bytes: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
}

process.on('SIGXFSZ', () => {
  // What is refused is an error of the call, and not the end of the process.
});
const onProgress = ({ phase }: { readonly phase: string }) => {
  if (phase === 'commit') limitFiles('0');
};
const request = restoring(id);
try {
  await applyRestore(await openDataFolder(dir), request, NOW, { onProgress });
  writeSync(1, 'done\n');
} catch (error) {
  if (!(error instanceof SnapbackError)) throw error;
  writeSync(1, `${error.code}\n`);
}
limitFiles('unlimited');
for (const fd of readdirSync('/proc/self/fd')) {
  const path = readLinkOrNull(`/proc/self/fd/${fd}`);
  if (path?.startsWith(dir)) writeSync(1, `${path}\n`);
}

/** Null for the folder's own handle, which is closed when its names are known. */
function readLinkOrNull(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
