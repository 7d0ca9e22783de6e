import { openDataFolder } from '../../../src/index.ts';
import { asOnlyTaker } from '../../../src/prune/one-taker.ts';

/** Says `alone` while nobody else takes checkpoints in a data folder, until its input ends; `busy` where somebody does. */
const [dir = ''] = process.argv.slice(2);
const folder = await openDataFolder(dir);
const done = await asOnlyTaker(folder, async () => {
  console.log('alone');
  await new Promise((resolve) => process.stdin.once('end', resolve).resume());
  return 'done';
});
console.log(done ?? 'busy');
