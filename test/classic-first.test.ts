import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { build } from 'vite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { classicFirst } from '../scripts/classic-first.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapback-classic-first-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the first file of the window', () => {
  test('is a classic script of plain ASCII, from whose global object the later file takes what both need', async () => {
    const { html, first, later } = await buildPage('export const shared = { text: "später…" };');
    expect(html).toMatch(/<script defer src="\/assets\/index-[^"]*\.js"><\/script>/);
    expect(first).toMatch(/^[\0-\x7f]*$/);
    // As a script: what is only allowed in a module does not parse.
    new Script(first);
    const page: { snapbackFirst?: Record<string, unknown> } = {};
    new Function('globalThis', first)(page);
    expect(Object.values(page.snapbackFirst ?? {})).toContainEqual({ text: 'später…' });
    expect(later).toContain('globalThis.snapbackFirst');
    expect(later).not.toContain('index-');
  });

  test.each([
    ['is assigned by a function', 'export let shared = 1; export const set = () => { shared = 2; };'],
    ['is counted', 'export let shared = 1; export const set = () => shared++;'],
    [
      'is taken out of another',
      'export let shared = 1; export const set = (all) => { ({ shared } = all); };',
    ],
    ['has no value yet', 'export let shared; export const set = () => { shared = 2; };'],
  ])('is not built where what it shares %s', async (_, source) => {
    await expect(buildPage(source)).rejects.toThrow(/The first file exports “shared”/);
  });

  test.each([
    [
      'a parameter',
      'export const shared = 1; export const set = (shared) => { shared = 2; return shared; };',
    ],
    ['a property', 'export const shared = { at: 1 }; export const set = () => { shared.at = 2; };'],
  ])('is built where only %s of that name is assigned', async (_, source) => {
    await expect(buildPage(source)).resolves.toBeDefined();
  });
});

/** Builds a page of two files that share a third, which also exports `set` or nothing else. */
async function buildPage(shared: string) {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('index.html', '<!doctype html><script type="module" src="./index.js"></script>');
  write('shared.js', shared);
  write(
    'index.js',
    "import * as all from './shared.js'; all.set?.(all); globalThis.go = () => import('./later.js');",
  );
  write('later.js', "import { shared } from './shared.js'; export const again = [shared];");
  await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    plugins: [classicFirst()],
    build: {
      outDir: 'out',
      modulePreload: { polyfill: false },
      target: 'chrome130',
      rolldownOptions: {
        output: {
          codeSplitting: { groups: [{ name: 'first', tags: ['$initial'], priority: 1 }, { name: 'later' }] },
        },
      },
    },
  });
  const names = readdirSync(join(folder, 'out/assets'));
  const read = (start: string) =>
    readFileSync(join(folder, 'out/assets', names.find((name) => name.startsWith(start)) ?? ''), 'utf8');
  return {
    html: readFileSync(join(folder, 'out/index.html'), 'utf8'),
    first: read('index-'),
    later: read('later-'),
  };
}
