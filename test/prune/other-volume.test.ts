import '../support/file-calls.ts';
import { closeSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyPrune } from '../../src/prune/prune.ts';
import { type FileCall, whileWatched } from '../support/file-calls.ts';
import { codeOf, makeChat, makeRoot, putSnapshot } from '../support/place.ts';

/* Where the trash is on another volume, a snapshot is removed only when its copy is proven to be it. */

const root = makeRoot();
const ID = 'rewind/20260101T000000Z';
const CROSSES = Object.assign(new Error('EXDEV: another volume'), {
  code: 'EXDEV',
  errno: -18,
  syscall: 'rename',
});

/** Prunes with the trash on another volume. `at`: what happens when the copy is about to be flushed. */
async function pruned(at: (places: { readonly file: string; readonly copy: string }) => void) {
  const folder = await makeChat(root());
  const file = await putSnapshot(folder, ID, `contents of ${ID}`);
  const watch = ({ name, path }: FileCall) => {
    if (name === 'rename' && path === file) throw CROSSES;
    if (name === 'utimes' && path.includes('/trash/')) at({ file, copy: path });
    return undefined;
  };
  const ended = await codeOf(whileWatched(watch, () => applyPrune(folder, { by: 'choice', ids: [ID] })));
  const trashed = await readdir(join(folder.dir, 'snapback/trash'), { recursive: true });
  return {
    ended,
    file,
    copies: trashed.filter((name) => name.endsWith(`${ID.slice(ID.indexOf('/'))}.json`)),
  };
}

test('a snapshot is moved there', async () => {
  const { ended, file, copies } = await pruned(() => undefined);
  expect(ended).toBe('done');
  expect(copies).toHaveLength(1);
  await expect(readFile(file)).rejects.toThrow(/ENOENT/);
});

test('what the disk did not take as it was written is no copy: the snapshot stays', async () => {
  const { ended, file, copies } = await pruned(({ copy }) => {
    const fd = openSync(copy, 'r+');
    writeSync(fd, 'X', 0);
    closeSync(fd);
  });
  expect(ended).toBe('io-failed');
  expect(copies).toEqual([]);
  expect(await readFile(file, 'utf8')).toBe(`contents of ${ID}`);
});

test('what the host puts in its place meanwhile stays', async () => {
  const { file, copies } = await pruned((places) => {
    writeFileSync(`${places.file}.new`, 'of the host');
    renameSync(`${places.file}.new`, places.file);
  });
  expect(copies).toEqual([]);
  expect(await readFile(file, 'utf8')).toBe('of the host');
});
