import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** The tests that need no window: they run on Node with better-sqlite3's stock binding, real files, real processes. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**'],
    environment: 'node',
    pool: 'forks',
    // Most of the time these tests wait: for a second to pass, a lock, the disk. So there may be more of them than cores.
    maxWorkers: availableParallelism() * 2,
    // No test measures time; a busy machine must not make one fail.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A restore mostly waits for the second that names its snapshots to pass.
    maxConcurrency: 15,
  },
});
