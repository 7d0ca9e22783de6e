import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { measureLongTasks } from '../bench/long-tasks.ts';
import { openPlace } from '../bench/place.ts';
import { measureStep } from '../bench/results.ts';
import { describeWindowSteps, WINDOW_STEPS } from '../bench/window-steps.ts';
import { seedMissing } from '../interop/seed.ts';

/* As `test/bench/bench.test.ts`: only whether the bench still works, no figure. */

test('the bench measures the window beside a bare one, and its longest tasks', async () => {
  test.setTimeout(900_000);
  test.skip(seedMissing !== null || process.platform !== 'linux', 'The bench needs Linux and the seed.');
  const worlds = mkdtempSync(join(tmpdir(), 'snapback-e2e-bench-'));
  const script = resolve(import.meta.dirname, '../../bin/snapback.js');
  const place = await openPlace({ size: 'small', worlds, script });
  try {
    const steps = await describeWindowSteps(place, place.scratch);
    expect(steps.map(({ name }) => name)).toEqual(WINDOW_STEPS);
    for (const step of steps) {
      const rounds = { pairs: 1, megabytes: 1, tidy: place.tidy };
      expect((await measureStep(step, rounds)).reached, step.name).toBeGreaterThan(0);
    }
    expect(await measureLongTasks(place)).toMatch(/prune plan/);
  } finally {
    await place.clear();
    rmSync(worlds, { recursive: true });
  }
});
