/**
 * `node test/bench/recovery.ts DIR` undoes the newest rewind of a data folder and keeps what is newer, inside a process that has
 * loaded the core, and prints what each step took.
 */
import { join } from 'node:path';
import { applyRestore, defaultRestoreOptions, listSnapshots, openDataFolder } from '../../src/index.ts';
import { phaseWords } from '../../words/phases.ts';
import { alignRows } from './report.ts';

/** Seconds of CPU and by the clock. */
type Spent = { readonly cpu: number; readonly wall: number };

const steps = new Map<string, Spent>();
let [step, began, used] = ['Opening the folder', performance.now(), process.cpuUsage()];

/** Counts what was spent since the last call for the step that ends now. */
function enter(next: string): void {
  const { cpu, wall } = steps.get(step) ?? { cpu: 0, wall: 0 };
  const { user, system } = process.cpuUsage(used);
  const now = performance.now();
  steps.set(step, { cpu: cpu + (user + system) / 1e6, wall: wall + (now - began) / 1000 });
  [step, began, used] = [next, now, process.cpuUsage()];
}

const folder = await openDataFolder(process.argv[2] ?? '', {
  cacheDir: join(process.env.XDG_CACHE_HOME ?? '', 'snapback'),
});
const [newest] = (await listSnapshots(folder, { check: false })).filter(({ kind }) => kind === 'rewind');
const request = {
  ...{ ...defaultRestoreOptions, keepNewer: true },
  ...{ snapshotId: newest?.id ?? '', action: 'restore' as const },
};
const onProgress = ({ phase }: { readonly phase: Parameters<typeof phaseWords>[0] }) => {
  if (phaseWords(phase) !== step) enter(phaseWords(phase));
};
const receipt = await applyRestore(folder, request, { planId: null, whileOpen: false }, { onProgress });
enter('end');
const rows = [...steps].map(([title, { cpu, wall }]) => [title, cpu.toFixed(2), wall.toFixed(2)]);
console.log(alignRows([['step', 'CPU s', 'wall s'], ...rows]));
console.log(`\nOther programs waited for ${receipt.writeLockMs} ms; ${receipt.checks.length} checks.`);
