import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFolder } from '../../src/host/folders.ts';
import { listSnapshotFiles } from '../../src/snapshots/files.ts';
import { openSnapshotFile } from '../../src/snapshots/open-file.ts';
import { codeOf, makeChat, makeDir, makeRoot, putSnapshot } from '../support/place.ts';

const root = makeRoot();

describe('a symbolic link in place of a folder', () => {
  test('that leaves the data folder is listed as a problem and never followed', async () => {
    const folder = await makeChat(root());
    const elsewhere = await makeDir(root());
    await writeFile(join(elsewhere, '20260101T000000Z.json'), '{"last_event_id": 1}');
    await putSnapshot(folder, 'rewind/20260101T000000Z');
    await symlink(elsewhere, join(folder.dir, 'snapshots/periodic'));
    const files = await listSnapshotFiles(folder);
    expect(files.map((file) => [file.id, file.problem === null])).toEqual([
      ['periodic/*', false],
      ['rewind/20260101T000000Z', true],
    ]);
    expect(await codeOf(openSnapshotFile(folder, 'periodic/20260101T000000Z'))).toBe('snapshot-unsafe');
  });

  test('for the snapshots folder that leaves the data folder makes the whole list refuse', async () => {
    const folder = await makeChat(root());
    const elsewhere = await makeDir(root());
    await mkdir(join(elsewhere, 'periodic'));
    await symlink(elsewhere, join(folder.dir, 'snapshots'));
    await expect(listSnapshotFiles(folder)).rejects.toMatchObject({
      code: 'snapshot-unsafe',
      message: expect.stringMatching(/^“snapshots” is a link .* mount the folder there/),
    });
  });

  test('that leads to another kind, to the data folder itself or in a circle is not followed', async () => {
    const folder = await makeChat(root());
    await putSnapshot(folder, 'restore/20260101T000000Z');
    await symlink(join(folder.dir, 'snapshots/restore'), join(folder.dir, 'snapshots/alias'));
    await symlink(folder.dir, join(folder.dir, 'snapshots/top'));
    await symlink('circle', join(folder.dir, 'snapshots/circle'));
    for (const kind of ['alias', 'top', 'circle'])
      expect(await codeOf(openSnapshotFile(folder, `${kind}/20260101T000000Z`))).toBe('snapshot-unsafe');
  });

  test('that stays in the data folder is followed, as the host follows it', async () => {
    const folder = await makeChat(root());
    await mkdir(join(folder.dir, 'big-disk'));
    await writeFile(join(folder.dir, 'big-disk/20260101T000000Z.json'), 'contents');
    await mkdir(join(folder.dir, 'snapshots'));
    await symlink(join(folder.dir, 'big-disk'), join(folder.dir, 'snapshots/periodic'));
    const opened = await openSnapshotFile(folder, 'periodic/20260101T000000Z');
    expect(await opened.handle.readFile('utf8')).toBe('contents');
    await opened.handle.close();
  });
});

/** Whether the file system of temporary files does: it does on macOS and Windows. On Linux, `TMPDIR` may name a folder of one that does. */
function ignoresCase(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'Case-'));
  try {
    return existsSync(join(tmpdir(), basename(probe).toLowerCase()));
  } finally {
    rmdirSync(probe);
  }
}

describe.runIf(ignoresCase())('where the file system ignores case', () => {
  test('a link to another kind is not followed, however that is spelled', async () => {
    const folder = await makeChat(root());
    await putSnapshot(folder, 'restore/20260101T000000Z');
    await symlink(join(folder.dir, 'SNAPSHOTS/restore'), join(folder.dir, 'snapshots/alias'));
    await symlink(join(folder.dir, 'SNAPSHOTS'), join(folder.dir, 'snapback'));
    expect(await codeOf(findFolder(folder, 'snapshots', 'alias'))).toBe('snapshot-unsafe');
    expect(await codeOf(findFolder(folder, 'snapback'))).toBe('snapshot-unsafe');
  });
});
