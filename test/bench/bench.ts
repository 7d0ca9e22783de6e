/**
 * Measures the command line and the window beside their peers, as whole processes in turn, and prints a table: `npm run
 * bench -- [OPTION…]`. Needs Linux, Python 3 and the seed; a peer that is not installed is left out. Times are only
 * worth comparing within one run.
 */

import { stat } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { openPlace } from './place.ts';
import { formatTable } from './report.ts';
import { measureStep, type Result } from './results.ts';
import { describeSteps } from './steps.ts';
import { describeWindowSteps, WINDOW_STEPS } from './window-steps.ts';
import { isWorldSize, snapshotFile, worldSizes } from './world.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'typical' },
    step: { type: 'string', multiple: true, default: [] },
    pairs: { type: 'string', default: '3' },
    worlds: { type: 'string' },
    script: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help || !isWorldSize(values.size)) {
  console.log(`npm run bench -- [OPTION…]
  --size SIZE     ${Object.keys(worldSizes).join(', ')}; “typical” if not given
  --step NAME     only that step, or all whose names begin so; can be repeated
  --pairs N       how often both sides run; 3 if not given
  --worlds DIR    keeps the worlds there for the next time
  --script FILE   measures this bin/snapback.js instead of this checkout's package
  --json          one JSON document instead of the table`);
  process.exit(values.help ? 0 : 2);
}
const { size } = values;
const place = await openPlace({ size, worlds: values.worlds ?? null, script: values.script ?? null });
try {
  const results: Result[] = [];
  const megabytes = (await stat(snapshotFile(await place.world(0)))).size / 1e6;
  const isWanted = (name: string) =>
    values.step.length === 0 || values.step.some((step) => name.startsWith(step));
  const windows = WINDOW_STEPS.some(isWanted) ? await describeWindowSteps(place, place.scratch) : [];
  const wanted = [...describeSteps(place), ...windows].filter(({ name }) => isWanted(name));
  for (const step of wanted) {
    process.stderr.write(`${step.title}\n`);
    results.push(await measureStep(step, { pairs: Number(values.pairs), megabytes, tidy: place.tidy }));
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}`;
  if (values.json)
    console.log(JSON.stringify({ size, megabytes, pairs: Number(values.pairs), machine, results }, null, 2));
  else
    console.log(
      `World “${size}”: ${worldSizes[size]} events, a snapshot of ${megabytes.toFixed(1)} MB. Medians of ${values.pairs} pairs. ${machine}\n\n${formatTable(results)}\n\n* inside a process that has loaded the core; all others are whole processes`,
    );
} finally {
  await place.clear();
}
