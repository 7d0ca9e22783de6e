/**
 * Measures the command line and the window beside their peers, as whole processes in turn, and prints a table: `npm run
 * bench -- [OPTION…]`. Needs Linux, Python 3 and the seed; a peer that is not installed is left out. Times are only
 * worth comparing within one run.
 */

import { stat } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureFloors } from './floors.ts';
import { measureLongTasks } from './long-tasks.ts';
import { run } from './measure.ts';
import { countPasses } from './passes.ts';
import { openPlace } from './place.ts';
import { formatReport } from './report.ts';
import { measureStep, type Result } from './results.ts';
import { describeSteps, RECOVERED } from './steps.ts';
import { measureWindowParts } from './window-parts.ts';
import { describeWindowSteps, WINDOW_STEPS } from './window-steps.ts';
import { isWorldSize, snapshotFile, worldDatabase, worldSizes } from './world.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'typical' },
    step: { type: 'string', multiple: true, default: [] },
    pairs: { type: 'string', default: '3' },
    worlds: { type: 'string' },
    script: { type: 'string' },
    passes: { type: 'boolean', default: false },
    tasks: { type: 'boolean', default: false },
    floors: { type: 'boolean', default: false },
    parts: { type: 'boolean', default: false },
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
  --passes        counts how often snapshot and database are read, instead of measuring; needs strace
  --tasks         tells the longest tasks of the window and the main process, instead of measuring
  --floors        measures the least that steps can cost, in bare SQLite, N times, instead of ours
  --parts         measures what a start of the window consists of, each part as often as there are pairs, instead
  --json          one JSON document instead of the table`);
  process.exit(values.help ? 0 : 2);
}
const { size } = values;
const pairs = Number(values.pairs);
const place = await openPlace({ size, worlds: values.worlds ?? null, script: values.script ?? null });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void place.clear().finally(() => process.exit(1)));
try {
  const pristine = await place.world(0);
  const bytes = (await stat(snapshotFile(pristine))).size;
  const megabytes = bytes / 1e6;
  const isWanted = (name: string) =>
    values.step.length === 0 || values.step.some((step) => name.startsWith(step));
  const commands = describeSteps(place).filter(({ name }) => isWanted(name));
  if (values.tasks) console.log(await measureLongTasks(place));
  else if (values.floors) console.log(await measureFloors(place, pairs, isWanted));
  else if (values.parts) console.log(await measureWindowParts(place.scratch, pairs));
  else if (values.passes) {
    const sizes = { snapshot: bytes, database: (await stat(join(pristine, worldDatabase))).size };
    console.log(await countPasses(commands, place, sizes));
  } else {
    const windows = WINDOW_STEPS.some(isWanted) ? await describeWindowSteps(place, place.scratch) : [];
    const results: Result[] = [];
    for (const step of [...commands, ...windows.filter(({ name }) => isWanted(name))]) {
      const result = await measureStep(step, { pairs, megabytes, tidy: place.tidy });
      results.push(result);
      const { ours, peer } = result;
      const beside = peer === null ? '' : `, ${peer.name} ${peer.cpu.median.toFixed(2)} s`;
      process.stderr.write(`${step.title}: ${ours.cpu.median.toFixed(2)} s of CPU${beside}\n`);
    }
    const facts = { size, events: worldSizes[size], megabytes, pairs, machine: describeMachine() };
    console.log(values.json ? JSON.stringify({ ...facts, results }, null, 2) : formatReport(facts, results));
    if (!values.json && isWanted('recovery')) console.log(`\n${await tellRecovery()}`);
  }
} finally {
  await place.clear();
}

/** What each step of “recovery” takes. */
async function tellRecovery(): Promise<string> {
  const { dir, cacheHome } = await place.fresh(RECOVERED);
  const script = join(import.meta.dirname, 'recovery.ts');
  const told = await run({ line: [process.execPath, script, dir], env: { XDG_CACHE_HOME: cacheHome } });
  return `The steps of “recovery”, inside a process that has loaded the core:\n\n${told}`;
}

function describeMachine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpus()[0]?.model}, ${memory} GiB, ${process.platform}, Node ${process.version}`;
}
