/** `node test/bench/make-world.ts SIZE DIR [PERCENT]` makes a world, and changes that share of its rows afterwards. */
import { buildWorld, changeWorld, isWorldSize, worldSizes } from './world.ts';

const [size, dir, percent] = process.argv.slice(2);
if (size === undefined || !isWorldSize(size) || dir === undefined)
  throw new Error(`Usage: make-world.ts ${Object.keys(worldSizes).join('|')} DIR [PERCENT]`);
await buildWorld(dir, size);
if (percent !== undefined) changeWorld(dir, Number(percent));
