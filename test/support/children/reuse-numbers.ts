import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Has files of its own open, new ones all the time, which get the numbers of files that others have deleted, until it is killed. */
const [prefix = ''] = process.argv.slice(2);
for (let times = 0; ; times += 1) {
  const open = Array.from({ length: 8 }, (_, index) => {
    const path = `${prefix}${index}`;
    return { path, handle: openSync(path, 'w') };
  });
  if (times === 0) writeSync(1, 'began\n');
  await sleep(20);
  for (const { path, handle } of open) {
    closeSync(handle);
    unlinkSync(path);
  }
}
