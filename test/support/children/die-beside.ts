import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { applyRestore, defaultRestoreOptions, openDataFolder } from '../../../src/index.ts';

/** Restores a snapshot, and is killed as soon as the so-manieth job was given to the thread beside it. */
const [dir = '', id = '', at = '1'] = process.argv.slice(2);
let jobs = 0;
const send = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message: unknown) {
  send.call(this, message);
  jobs += 1;
  writeSync(1, 'working\n');
  if (jobs === Number(at)) process.kill(process.pid, 'SIGKILL');
};
const request = { ...defaultRestoreOptions, snapshotId: id, action: 'restore' as const };
await applyRestore(await openDataFolder(dir), request, { planId: null, whileOpen: false });
writeSync(1, 'done\n');
