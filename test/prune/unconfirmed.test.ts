import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { applyPrune } from '../../src/prune/prune.ts';
import { viewTrash } from '../../src/prune/trash-view.ts';
import { listSnapshotFiles } from '../../src/snapshots/files.ts';
import { makeChat, makeRoot, putSnapshot } from '../support/place.ts';
import { start } from '../support/process.ts';

const root = makeRoot();

/*
 * What was done counts as done, though a step after it fails. What was not done is told.
 */

const IDS = ['rewind/20260301T000000Z', 'rewind/20260302T000000Z'];

/** A command that makes calls of a process on a path fail: all of them, or from the n-th on. */
function failing(call: string, path: string, when = '1+'): readonly string[] {
  const inject = `inject=${call}:error=EIO:when=${when}`;
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-P', path, '-e', inject];
}

const [tool = '', ...args] = failing('fsync', '/dev/null');
const canInject = spawnSync(tool, [...args, 'true']).status === 0;

async function makeFolder(): Promise<DataFolder> {
  const folder = await makeChat(root());
  for (const id of IDS) await putSnapshot(folder, id, `contents of ${id}`);
  return folder;
}

async function act(folder: DataFolder, action: string, id: string, through: readonly string[]) {
  return start('act.ts', { args: [folder.dir, action, id], through }).ended;
}

async function makePruned() {
  const folder = await makeFolder();
  const { trashFolder } = await applyPrune(folder, { by: 'choice', ids: IDS });
  return { folder, trashFolder, trashName: basename(trashFolder) };
}

const idsOf = async (folder: DataFolder) => (await listSnapshotFiles(folder)).map(({ id }) => id).sort();

describe.skipIf(!canInject)('if the disk fails after the action', () => {
  test('a prune reports what it moved, and that the disk did not confirm it', async () => {
    const folder = await makeFolder();
    const through = failing('fsync', join(folder.dir, 'snapshots', 'rewind'));
    const lines = await act(folder, 'prune', IDS.join(','), through);
    expect(lines).toEqual([
      'began',
      expect.stringMatching(/^note .*did not confirm.*among the snapshots/),
      'done',
    ]);
    expect(await idsOf(folder)).toEqual([]);
    expect((await viewTrash(folder)).prunes).toMatchObject([{ snapshots: [{}, {}] }]);
  });

  test('a prune of which only a part was moved says so', async () => {
    const folder = await makeFolder();
    const second = join(folder.dir, 'snapshots', `${IDS[0]}.json`);
    const lines = await act(folder, 'prune', IDS.join(','), failing('rename', second));
    expect(lines).toEqual([
      'began',
      expect.stringMatching(/^note The other snapshots were not moved/),
      'done',
    ]);
    expect(await idsOf(folder)).toEqual([IDS[0]]);
  });

  test.each([
    ['of the kind', 'rewind'],
    ['of the prune', ''],
  ])('emptying the trash reports that the files are gone, if the folder %s fails', async (_, kind) => {
    const { folder, trashFolder } = await makePruned();
    const lines = await act(folder, 'empty-trash', '', failing('fsync', join(trashFolder, kind)));
    expect(lines).toEqual(['began', expect.stringMatching(/^note The files are deleted, but/), 'done']);
    expect((await viewTrash(folder)).prunes).toEqual([]);
  });

  test('emptying the trash says so if only a part is gone', async () => {
    const { folder, trashFolder } = await makePruned();
    const second = join(trashFolder, `${IDS[1]}.json`);
    const lines = await act(folder, 'empty-trash', '', failing('unlink', second));
    expect(lines).toEqual(['began', expect.stringMatching(/^note Not all files could be deleted/), 'done']);
    expect(await readdir(join(trashFolder, 'rewind'))).toEqual([basename(second)]);
  });

  test.each([
    ['of the kind', 'rewind'],
    ['of the prune', ''],
  ])('putting back reports what is back, if the folder %s of the trash fails', async (_, kind) => {
    const { folder, trashFolder, trashName } = await makePruned();
    const lines = await act(folder, 'put-back', trashName, failing('fsync', join(trashFolder, kind)));
    expect(lines.at(0)).toBe('began');
    expect(lines.at(1)).toMatch(/^note /);
    expect(lines.at(-1)).toBe('done');
    expect(await idsOf(folder)).toEqual(IDS);
  });
});

test.skipIf(!canInject)(
  'an action that did not happen at all is a failure, and nothing has moved',
  async () => {
    const folder = await makeFolder();
    const first = join(folder.dir, 'snapshots', `${IDS[1]}.json`);
    expect((await act(folder, 'prune', IDS.join(','), failing('rename', first))).at(-1)).toBe('io-failed');
    expect(await idsOf(folder)).toEqual(IDS);
  },
);
