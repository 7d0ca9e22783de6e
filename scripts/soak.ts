import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { run, runMain, Stop, say } from './run.ts';

/*
 * `npm run soak -- [--minutes N] [--seed S] [--shrink]`: random sequences of what a host and Snapback do, compared with a plain model
 * after each step, for an hour or as long as is asked for. It stops at the first difference, and says the seed to repeat it;
 * with `--shrink` only after it has looked for a shorter sequence, which may take an hour.
 */
await runMain(async () => {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, shrink: { type: 'boolean' } },
  });
  const { minutes = '60', seed = String(randomInt(1_000_000_000)), shrink = false } = values;
  if (![minutes, seed].every((value) => Number.isFinite(Number(value))))
    throw new Stop('give minutes and seed as numbers');
  say(`seed ${seed}, for ${minutes} minutes`);
  const env = {
    ...process.env,
    SNAPBACK_SOAK_MINUTES: minutes,
    SNAPBACK_SOAK_SEED: seed,
    ...(shrink ? { SNAPBACK_SOAK_SHRINK: '1' } : {}),
  };
  return run('npx', ['vitest', 'run', '--reporter=verbose', 'test/model/sequences.test.ts'], { env });
});
