import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareDemo } from '../../../electron/core/demo-place.ts';
import { isDemo, SnapbackError } from '../../../src/index.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'snapback-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const prepare = (fresh: boolean) => prepareDemo(home, { fresh, nativeBinding: undefined }, {});

test('the demo is built once and found again, and a fresh one is built beside it', async () => {
  const first = await prepare(false);
  expect(first).toBe(join(home, 'Snapback Demo'));
  expect(await isDemo(first)).toBe(true);
  expect(await prepare(false)).toBe(first);
  expect(await prepare(true)).toBe(join(home, 'Snapback Demo 2'));
});

test('anything else with that name is not touched', async () => {
  mkdirSync(join(home, 'Snapback Demo'));
  writeFileSync(join(home, 'Snapback Demo/diary.txt'), 'mine');
  writeFileSync(join(home, 'Snapback Demo 2'), 'a file');
  expect(await prepare(false)).toBe(join(home, 'Snapback Demo 3'));
  expect(readdirSync(join(home, 'Snapback Demo'))).toEqual(['diary.txt']);
});

test('a demo whose building was killed is finished and opened under the same name', async () => {
  const first = await prepare(false);
  const draft = join(first, '.snapback-demo-2147483647-abcdef');
  mkdirSync(draft);
  for (const part of ['chat.db', 'snapback']) renameSync(join(first, part), join(draft, part));
  expect(await prepare(false)).toBe(first);
  expect(await isDemo(first)).toBe(true);
  expect(readdirSync(home)).toEqual(['Snapback Demo']);
});

test('a cancelled build leaves nothing, and the next one gets its name', async () => {
  const abort = new AbortController();
  const onProgress = () => abort.abort();
  const options = { fresh: false, nativeBinding: undefined };
  await expect(prepareDemo(home, options, { signal: abort.signal, onProgress })).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect(existsSync(join(home, 'Snapback Demo'))).toBe(false);
  expect(await prepare(false)).toBe(join(home, 'Snapback Demo'));
});

test.each(['a-file', 'a-file/below', 'a-loop'])(
  'a home folder that cannot hold a demo (%s) is refused in words, and nothing is built',
  async (name) => {
    writeFileSync(join(home, 'a-file'), 'mine');
    symlinkSync('a-loop', join(home, 'a-loop'));
    const options = { fresh: false, nativeBinding: undefined };
    const error = await prepareDemo(join(home, name), options, {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SnapbackError);
    expect(error).toMatchObject({ code: 'io-failed' });
    expect(readdirSync(home)).toEqual(['a-file', 'a-loop']);
  },
);
