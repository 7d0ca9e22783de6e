import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { growDatabase } from '../e2e/host.ts';
import { listLoads } from '../support/loads.ts';

const checkout = join(import.meta.dirname, '../..');
const place = mkdtempSync(join(tmpdir(), 'snapback-test-package-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

// As npm lays a package out: its files below node_modules, where Node takes no types out of a file.
test('the packed command runs from node_modules with its single dependency, and finds its second thread', () => {
  const options = { cwd: checkout, encoding: 'utf8' } as const;
  execFileSync('npm', ['pack', '--silent', '--pack-destination', place], options);
  const [archive = ''] = readdirSync(place).filter((name) => name.endsWith('.tgz'));
  const modules = join(place, 'node_modules');
  const installed = join(modules, 'snapback');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(place, archive), '-C', installed, '--strip-components=1']);
  expect(readdirSync(installed)).not.toContain('src');
  symlinkSync(join(checkout, 'node_modules/better-sqlite3'), join(modules, 'better-sqlite3'), 'junction');
  const command = join(installed, 'bin/snapback.js');
  const env = { ...process.env, XDG_CACHE_HOME: join(place, 'cache'), npm_lifecycle_event: '' };
  const run = (...args: readonly string[]) =>
    execFileSync(process.execPath, [command, ...args], { encoding: 'utf8', env });
  expect(run('--version')).toMatch(/^snapback \d/);
  const demo = join(place, 'demo');
  run('demo', demo);
  // Of the built files only what a command needs: their names, without what tells their versions apart.
  const listLoaded = (...args: readonly string[]) =>
    listLoads(command, args, env).flatMap(
      (file) => /\/out\/cli\/(?:chunks\/)?(\w+)[-.]/.exec(file)?.[1] ?? [],
    );
  expect(listLoaded('--help')).toEqual(['cli', 'start', 'help']);
  expect(listLoaded('list', '--data', demo)).toEqual(['cli', 'start', 'commands', 'list']);
  expect(listLoaded('space', '--data', demo)).toContain('rest');
  expect(JSON.parse(run('restore', 'latest-rewind', '--data', demo, '--json'))).toMatchObject({
    action: 'restore',
    refusals: [],
  });
  growDatabase(demo);
  expect(JSON.parse(run('restore', 'latest-rewind', '--yes', '--data', demo, '--json'))).toMatchObject({
    action: 'restore',
    safetyCopyId: expect.stringMatching(/^restore\//),
  });
  expect(JSON.parse(run('undo', '--yes', '--data', demo, '--json'))).toMatchObject({ action: 'undo' });
});
