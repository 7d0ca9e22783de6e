import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

/* What the command loads, told by Node's own hooks in the real process. It is what a start costs. */

const checkout = join(import.meta.dirname, '../..');
const place = mkdtempSync(join(tmpdir(), 'snapback-test-loads-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const hook = `import { registerHooks } from 'node:module';
  registerHooks({ load(url, context, next) { console.error('loads ' + url); return next(url, context); } });`;

function listLoaded(...args: readonly string[]): readonly string[] {
  const { stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(hook)}`,
      join(checkout, 'bin/snapback.js'),
      ...args,
    ],
    { encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: place, npm_lifecycle_event: '' } },
  );
  return [...stderr.matchAll(/^loads (file:.*)$/gm)].map(([, url = '']) =>
    relative(checkout, fileURLToPath(url)).replaceAll('\\', '/'),
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
