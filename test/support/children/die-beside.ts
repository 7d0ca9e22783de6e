import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { applyRestore, openDataFolder } from '../../../src/index.ts';
import { NOW, restoring } from '../requests.ts';

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
const request = restoring(id);
await applyRestore(await openDataFolder(dir), request, NOW);
writeSync(1, 'done\n');
