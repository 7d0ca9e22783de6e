import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { seedMissing } from '../interop/seed.ts';
import { openPlace } from './place.ts';
import { measureStep } from './results.ts';
import { describeSteps } from './steps.ts';

/* The bench is not part of the tests. This only sees to it that it still works, and looks at no figure. */

const script = join(import.meta.dirname, '../../bin/snapback.js');
const worlds = mkdtempSync(join(tmpdir(), 'snapback-test-bench-'));
afterAll(() => rmSync(worlds, { recursive: true, force: true }));

test.skipIf(seedMissing !== null || process.platform !== 'linux')(
  'the bench measures every step beside its peer',
  async () => {
    const place = await openPlace({ size: 'small', worlds, script });
    try {
      const results = await Promise.all(
        describeSteps(place).map((step) =>
          measureStep(step, { pairs: 1, megabytes: 1, tidy: async () => undefined }),
        ),
      );
      for (const { name, ours, peer, reached } of results) {
        expect(ours.cpu.median, name).toBeGreaterThan(0);
        if (peer !== null) expect(reached, name).toBeGreaterThan(0);
      }
    } finally {
      await place.clear();
    }
  },
);
