import { writeSync } from 'node:fs';
import { buildDemo } from '../../../src/index.ts';

/** Builds the demo, says so, and stands still until it is killed. */
const [dir = ''] = process.argv.slice(2);
const onProgress = () => {
  writeSync(1, 'building\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};
await buildDemo(dir, {}, { onProgress });
