import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { listLoads } from '../support/loads.ts';

/* What the command loads, told by Node's own hooks in the real process. It is what a start costs. */

const checkout = join(import.meta.dirname, '../..');
const place = mkdtempSync(join(tmpdir(), 'snapback-test-loads-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

function listLoaded(...args: readonly string[]): readonly string[] {
  const env = { ...process.env, XDG_CACHE_HOME: place, npm_lifecycle_event: '' };
  return listLoads(join(checkout, 'bin/snapback.js'), args, env).map((file) =>
    relative(checkout, file).replaceAll('\\', '/'),
  );
}

test.each([
  [['--help']],
  [['help', 'restore']],
  [['--version']],
  [['no-such-command']],
  [['list', '--nonsense']],
])('%j loads neither the core nor a library', (args) => {
  const loaded = listLoaded(...args);
  expect(loaded).toContain('src/cli.ts');
  expect(loaded.filter((file) => !/^(bin|words|src\/cli|src\/model)[/.]/.test(file))).toEqual([]);
  expect(loaded).not.toContain('src/cli/commands.ts');
});
