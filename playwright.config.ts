import { defineConfig } from '@playwright/test';

/** The tests that drive the real app. One at a time: windows compete for focus, and the machine may be small. */
export default defineConfig({
  testDir: 'test',
  testMatch: ['e2e/**/*.e2e.ts', '*.e2e.ts'],
  outputDir: 'test-results/windows',
  workers: 1,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: { trace: 'retain-on-failure' },
  reporter: [['list'], ['json', { outputFile: 'test-results/windows.json' }]],
});
