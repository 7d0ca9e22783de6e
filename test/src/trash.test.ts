import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyPrune } from '../../src/prune.ts';
import { describeTrash, emptyTrash } from '../../src/trash.ts';
import { codeOf, makeDataFolder, makeTempFolder, writeSnapshotFile } from './data-folder-fixture.ts';

async function makeTrash() {
  const folder = await makeDataFolder();
  for (const id of ['periodic/20260301T000000Z', 'periodic/20260302T000000Z', 'rewind/20260301T000000Z'])
    await writeSnapshotFile(folder, id, 'ten bytes.');
  const first = await applyPrune(folder, { by: 'count', kind: 'periodic', keep: 1 });
  const second = await applyPrune(folder, { by: 'choice', ids: ['rewind/20260301T000000Z'] });
  return { folder, folders: [first.trashFolder, second.trashFolder] };
}

test('the trash is described by its snapshots and their bytes', async () => {
  const { folder, folders } = await makeTrash();
  const contents = await describeTrash(folder);
  expect(contents).toMatchObject({ files: 2, bytes: 20, folders: folders.sort() });
  const empty = await makeDataFolder();
  expect(await describeTrash(empty)).toMatchObject({ files: 0, bytes: 0, folders: [] });
  expect(await readdir(empty.dir)).not.toContain('snapback');
});

test('emptying deletes it all and says what it was', async () => {
  const { folder } = await makeTrash();
  const { planId } = await describeTrash(folder);
  expect(await emptyTrash(folder, { planId })).toEqual({ files: 2, bytes: 20 });
  expect(await readdir(join(folder.dir, 'snapback/trash'))).toEqual([]);
  expect(await readdir(join(folder.dir, 'snapshots/periodic'))).toEqual(['20260302T000000Z.json']);
  expect(await emptyTrash(folder)).toEqual({ files: 0, bytes: 0 });
});

test('emptying is refused when the trash is not what was shown', async () => {
  const { folder } = await makeTrash();
  const { planId } = await describeTrash(folder);
  await applyPrune(folder, { by: 'choice', ids: ['periodic/20260302T000000Z'] });
  expect(await codeOf(emptyTrash(folder, { planId }))).toBe('plan-stale');
  expect(await describeTrash(folder)).toMatchObject({ files: 3 });
});

test('what is not the trash’s own stays, with the manifest and the folders around it', async () => {
  const { folder, folders } = await makeTrash();
  const [first = '', second = ''] = folders;
  const elsewhere = await makeTempFolder();
  await writeFile(join(elsewhere, 'precious.json'), 'precious');
  await symlink(elsewhere, join(first, 'linked'));
  await symlink(join(elsewhere, 'precious.json'), join(second, 'rewind/link.json'));
  await writeFile(join(second, 'rewind/notes.txt'), 'notes');
  await mkdir(join(folder.dir, 'snapback/trash/mine/periodic'), { recursive: true });
  await writeFile(join(folder.dir, 'snapback/trash/mine/periodic/20260301T000000Z.json'), 'mine');
  expect(await emptyTrash(folder)).toEqual({ files: 2, bytes: 20 });
  expect(await readdir(elsewhere)).toEqual(['precious.json']);
  expect((await readdir(join(second, 'rewind'))).sort()).toEqual(['link.json', 'notes.txt']);
  expect(existsSync(join(second, 'manifest.json'))).toBe(true);
  expect((await readdir(first)).sort()).toEqual(['linked', 'manifest.json']);
  expect(existsSync(join(folder.dir, 'snapback/trash/mine/periodic/20260301T000000Z.json'))).toBe(true);
});
