import '../../faults/wrap-files.ts';
import '../../faults/wrap-database.ts';
import '../../faults/clock.ts';
import { mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Strikes verbs, separated by commas, with faults: `fail`: by errors; `image`: copies what SIGKILL would leave; `judge`: judges
 * these copies, which must be of a process that has ended; `kill`: copies one, and kills this process there. Prints a report a
 * line.
 */
const { failEach, imageEach, judgeImages, killAt } = await import('../../faults/strike.ts');
const { VERBS } = await import('../../faults/verbs.ts');
const [how = '', names = '', worlds = '', scratch = '', known = '{}', share = '0'] = process.argv.slice(2);
const places = new Set<string>();
for (const [index, name] of names.split(',').entries()) {
  if (!Object.hasOwn(VERBS, name)) throw new Error(`There is no verb “${name}”.`);
  const job = { worlds, scratch: join(scratch, String(index)), known: JSON.parse(known) };
  mkdirSync(job.scratch, { recursive: true });
  const verb = name as keyof typeof VERBS;
  if (how === 'image') await imageEach(job, verb);
  else if (how === 'kill') await killAt(job, verb, Number(share));
  else {
    const report = how === 'judge' ? await judgeImages(job, verb) : await failEach(job, verb, places);
    writeSync(1, `${JSON.stringify({ ...report, cpu: process.cpuUsage() })}\n`);
  }
}
