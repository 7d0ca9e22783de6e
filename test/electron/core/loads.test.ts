import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AllRequests } from '../../../electron/contract.ts';
import config from '../../../electron.vite.config.ts';
import { buildDemo } from '../../../src/index.ts';
import { start } from '../../support/process.ts';

/* What the processes load when they start, told by the files of the build and what each imports. It is what a start costs. */

const root = join(import.meta.dirname, '../../..');
const place = mkdtempSync(join(tmpdir(), 'snapback-test-built-'));
const outDir = join(place, 'out');
let chunks: readonly Rolldown.OutputChunk[] = [];

beforeAll(async () => {
  const { plugins, build: built } = config.main ?? {};
  const rolldownOptions = {
    ...built?.rolldownOptions,
    external: [/^node:/, 'electron', 'better-sqlite3'],
  };
  const output = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: plugins ?? [],
    ssr: { noExternal: true },
    build: { ssr: true, outDir, target: built?.target ?? false, rolldownOptions },
  });
  if (!('output' in output)) throw new Error('the build gave no single output');
  chunks = output.output.filter((one) => one.type === 'chunk');
  writeFileSync(join(place, 'package.json'), '{"type":"module"}');
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'), 'junction');
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** The files that a file loads with itself. */
function listLoaded(fileName: string, found = new Map<string, Rolldown.OutputChunk>()) {
  const chunk = chunks.find((one) => one.fileName === fileName);
  if (chunk === undefined || found.has(fileName)) return found;
  found.set(fileName, chunk);
  for (const name of chunk.imports) listLoaded(name, found);
  return found;
}

function listSources(loaded: Iterable<Rolldown.OutputChunk>): readonly string[] {
  return [...loaded].flatMap(({ moduleIds }) =>
    moduleIds.map((id) => posix.relative(root.replaceAll('\\', '/'), id.replaceAll('\\', '/'))),
  );
}

const sizeOf = (files: Iterable<Rolldown.OutputChunk>) =>
  [...files].reduce((sum, { code }) => sum + code.length, 0);

/** The files that the core's process can fetch later. */
function listFetched(): readonly Rolldown.OutputChunk[] {
  const first = listLoaded('core-process.js');
  const fetched = new Map(first);
  for (const { dynamicImports } of first.values())
    for (const name of dynamicImports) listLoaded(name, fetched);
  return [...fetched.values()].filter((one) => !first.has(one.fileName));
}

describe('the process of the core', () => {
  test('loads at its start what opens and lists a folder, and none of the rooms behind that', () => {
    const sources = listSources(listLoaded('core-process.js').values());
    expect(sources).toEqual(expect.arrayContaining(['src/catalog/catalog.ts', 'src/folder-facts.ts']));
    const later = /^src\/(stage|salvage|compare|search|write|restore|inspect|history|cli)\//;
    expect(sources.filter((file) => later.test(file))).toEqual([]);
    expect(sources).not.toContain('src/snapshot-file/reader.ts');
    expect(sources).not.toContain('electron/core/later-handlers.ts');
  });

  test('starts with two fifths of its code at most', () => {
    const core = chunks.filter(({ fileName }) => fileName !== 'main.js');
    expect(sizeOf(listLoaded('core-process.js').values())).toBeLessThan((2 / 5) * sizeOf(core));
  });

  test('can fetch all the rest, which is one more file', () => {
    const added = listFetched();
    expect(listSources(added)).toEqual(
      expect.arrayContaining(['src/restore/restore.ts', 'electron/core/later-handlers.ts']),
    );
    expect(added.filter(({ code }) => code.length > 1_000)).toHaveLength(1);
  });
});

/** What the built core answers, one request after the other. */
async function ask(...requests: readonly (readonly [name: keyof AllRequests, args: object])[]) {
  const asked = JSON.stringify(requests.map(([name, args]) => ({ name, args })));
  const { process, ended } = start('ask-core.ts', { args: [join(outDir, 'core-process.js'), asked] });
  const replies = (await ended).map((line): unknown => JSON.parse(line));
  expect(process.exitCode).toBe(0);
  return replies;
}

test('the built core fetches what it needs; where that is gone it says so, and goes on listing', async () => {
  const dir = join(place, 'demo');
  await buildDemo(dir, {}, {});
  const of = { folderId: 'folder-1' };
  const open = ['private.open', { ...of, dir, database: null, cacheDir: join(place, 'cache') }] as const;
  const happened = ['folder.happened', of] as const;
  const [, whole] = await ask(open, happened);
  expect(whole).toMatchObject({ ok: true, value: { state: 'written-since' } });
  const [later = ''] = listFetched().flatMap(({ fileName, code }) => (code.length > 1_000 ? [fileName] : []));
  renameSync(join(outDir, later), join(place, 'gone.js'));
  const [opened, failed, listed] = await ask(open, happened, ['snapshots.list', of]);
  renameSync(join(place, 'gone.js'), join(outDir, later));
  expect(opened).toMatchObject({ ok: true, value: { snapshots: expect.any(Array) } });
  expect(failed).toMatchObject({ ok: false, error: { code: 'internal', detail: {} } });
  expect(JSON.stringify(failed)).not.toContain(place);
  expect(listed).toMatchObject({ ok: true });
});

test('the main process loads nothing of the core', () => {
  const sources = listSources(listLoaded('main.js').values());
  expect(sources).toContain('electron/main/main.ts');
  expect(sources.filter((file) => /^(src|electron\/core)\//.test(file))).toEqual([]);
});

test('the thread beside the core has a file of its own, which does not start the core', () => {
  const sources = listSources(listLoaded('worker.js').values());
  expect(sources).toContain('src/beside/worker.ts');
  expect(sources).not.toContain('electron/core/process.ts');
});
