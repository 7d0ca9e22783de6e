import { defineConfig } from 'vitest/config';

/** The tests that need no window: they run on Node with better-sqlite3's stock binding, real files, real processes. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**'],
    environment: 'node',
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A restore mostly waits for the second that names its snapshots to pass.
    maxConcurrency: 15,
  },
});
