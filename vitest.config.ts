import { availableParallelism } from 'node:os';
import { join } from 'node:path';
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
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Hundreds of processes are started that are made of the same files: they share what Node has compiled.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') },
    // A restore mostly waits for the second that names its snapshots to pass.
    maxConcurrency: 30,
  },
});
