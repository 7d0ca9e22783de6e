import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import { hasDisplay } from './scripts/display.ts';

/**
 * The tests that drive the real app. On a display that somebody looks at, one at a time, because windows compete for the
 * focus; otherwise each worker starts a virtual one.
 */
export default defineConfig({
  testDir: 'test',
  testMatch: ['e2e/**/*.e2e.ts', '*.e2e.ts'],
  outputDir: 'test-results/windows',
  workers: hasDisplay() ? 1 : Math.min(availableParallelism(), 4),
  forbidOnly: true,
  timeout: 300_000,
  expect: { timeout: 60_000 },
  use: { trace: 'retain-on-failure' },
  reporter: [['list'], ['json', { outputFile: 'test-results/windows.json' }]],
});
