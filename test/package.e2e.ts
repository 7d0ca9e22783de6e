import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { chromium } from '@playwright/test';
import { BACK, button, CONFIRM, named, RESTORE } from './e2e/find.ts';
import { expect, test } from './e2e/fixtures.ts';
import { growDatabase } from './e2e/host.ts';
import { countSnapshots } from './e2e/judge.ts';

const root = resolve(import.meta.dirname, '..');
let folder = '';
let app = '';
let program = '';

test.describe.configure({ mode: 'serial' });
test.skip(process.platform !== 'linux', 'installers for other systems come later');

test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapback-package-'));
  app = join(folder, 'linux-unpacked');
  program = join(app, 'snapback');
  execFileSync('npm', ['run', '--silent', 'package', '--', folder], { cwd: root, stdio: 'inherit' });
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the packaged app opens a data folder, lists its snapshots and restores one beside a thread of its own', async () => {
  const data = join(folder, 'demo');
  execFileSync('npm', ['run', '--silent', 'snapback', '--', 'demo', data], { cwd: root });
  growDatabase(data);
  const { child, address } = await startApp(data);
  try {
    const browser = await chromium.connectOverCDP(address);
    const [context] = browser.contexts();
    const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
    if (page === undefined) throw new Error('the app opened no window');
    const snapshots = named(page, 'listbox', 'Snapshots').getByRole('option');
    const expected = countSnapshots(data);
    await expect(snapshots)
      .toHaveCount(expected)
      .catch(async (error) => {
        throw new Error(`the window shows: ${await page.locator('body').innerText()}`, { cause: error });
      });
    await button(page, RESTORE).click();
    await button(page, CONFIRM).click();
    await expect(named(page, 'alertdialog', BACK)).toBeVisible();
    await browser.close();
  } finally {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill();
    await ended;
  }
});

test("the packaged program can't be turned into something else", async () => {
  const [off, on] = ['0', '1'].map((state) => state.charCodeAt(0));
  const wire = await getCurrentFuseWire(program);
  expect(wire).toMatchObject({
    [FuseV1Options.RunAsNode]: off,
    [FuseV1Options.EnableCookieEncryption]: on,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: off,
    [FuseV1Options.EnableNodeCliInspectArguments]: off,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: on,
    [FuseV1Options.OnlyLoadAppFromAsar]: on,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: off,
  });
});

test('the package contains the licences of third-party code', () => {
  const notices = readFileSync(join(app, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  for (const name of [
    'react',
    'react-dom',
    'react-aria',
    'react-stately',
    'better-sqlite3',
    'valibot',
    'tslib',
  ])
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.`, 'm'));
  expect(notices).toContain('Apache License');
  expect(notices).toContain('http://www.apache.org/licenses/');
});

test('the package holds the app, one binding, and no stub that runs another one', () => {
  expect(existsSync(join(app, 'resources/default_app.asar'))).toBe(false);
  const files = listPackage(join(app, 'resources/app.asar'), { isPack: false });
  expect(files).toEqual(expect.arrayContaining(['/out/main/core-process.js', '/out/main/worker.js']));
  expect(files.filter((file) => file.endsWith('.node'))).toHaveLength(1);
  expect(files.filter((file) => /^\/(src|electron|renderer|test|scripts)\b/.test(file))).toEqual([]);
  expect(globSync('resources/app.asar.unpacked/**/*.node', { cwd: app })).toHaveLength(1);
});

/** Starts the packaged program; it can be reached by its debugging port only, as its inspector is switched off. */
async function startApp(data: string): Promise<{ child: ChildProcess; address: string }> {
  // The package has its own binding: whatever the environment names must neither help it nor be loaded.
  const env = { ...process.env, BETTER_SQLITE3_BINDING: join(folder, 'no-such-binding.node') };
  const args = [`--user-data-dir=${join(folder, 'user')}`, '--remote-debugging-port=0', '--data', data];
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise<string>((done, fail) => {
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += String(chunk);
      const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (found !== undefined) done(found);
    });
    child.on('error', fail);
    child.on('exit', (code) => fail(new Error(`the packaged app ended with ${code}: ${text}`)));
  });
  return { child, address };
}
