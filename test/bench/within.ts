/** `node test/bench/within.ts list|due DIR` measures one question to the core inside a process that has loaded it. */
import { join } from 'node:path';
import { isDue, listSnapshots, openDataFolder } from '../../src/index.ts';

const [question, dir = ''] = process.argv.slice(2);
const folder = await openDataFolder(dir, {
  cacheDir: join(process.env.XDG_CACHE_HOME ?? dir, 'snapback'),
});
const [before, began] = [process.cpuUsage(), performance.now()];
await (question === 'due' ? isDue(folder) : listSnapshots(folder));
const { user, system } = process.cpuUsage(before);
const wall = (performance.now() - began) / 1000;
const peakMegabytes = (process.resourceUsage().maxRSS * 1024) / 1e6;
console.log(JSON.stringify({ cpu: (user + system) / 1e6, wall, peakMegabytes }));
