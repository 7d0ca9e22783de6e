import { execFileSync } from 'node:child_process';
import { link, mkdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listSnapshotFiles, statFacts } from '../../src/snapshots/files.ts';
import { openRegularFile, openSnapshotFile } from '../../src/snapshots/open-file.ts';
import { codeOf, makeChat, makeDir, makeRoot, putSnapshot } from '../support/place.ts';

const NO_BINDING = { nativeBinding: undefined };
const root = makeRoot();

describe('the list', () => {
  test('is empty if the snapshots folder is missing or is a file', async () => {
    const folder = await makeChat(root());
    expect(await listSnapshotFiles(folder)).toEqual([]);
    await writeFile(join(folder.dir, 'snapshots'), '');
    expect(await listSnapshotFiles(folder)).toEqual([]);
  });

  test('has every kind, known or not, newest name first, and no other files', async () => {
    const folder = await makeChat(root());
    for (const id of [
      'periodic/20260101T000000Z',
      'periodic/20260102T000000Z',
      'periodic/20260101T000000Z_001',
      'periodic/odd name',
      'weekly/20260101T000000Z',
      'periodic/.hidden',
      'Manual/20260101T000000Z',
      '.hidden/20260101T000000Z',
      'periodic/two\nlines',
    ])
      await putSnapshot(folder, id);
    await writeFile(join(folder.dir, 'snapshots/periodic/notes.txt'), '');
    await writeFile(join(folder.dir, 'snapshots/stray.json'), '');
    const files = await listSnapshotFiles(folder);
    expect(files.filter(({ problem }) => problem === null).map(({ id }) => id)).toEqual([
      'Manual/20260101T000000Z',
      'periodic/odd name',
      'periodic/20260102T000000Z',
      'periodic/20260101T000000Z_001',
      'periodic/20260101T000000Z',
      'weekly/20260101T000000Z',
    ]);
    // What the host sees and nobody can name is said, not opened.
    const odd = files.filter(({ problem }) => problem !== null);
    expect(odd.map(({ id }) => id)).toEqual(['.hidden/*', 'periodic/two\uFFFDlines', 'periodic/.hidden']);
    for (const { problem } of odd) expect(problem).toMatch(/name/);
  });

  test('names every entry that is not a regular file, with its problem and without opening it', async () => {
    const folder = await makeChat(root());
    const target = await putSnapshot(folder, 'periodic/20260101T000000Z');
    const place = join(target, '..');
    execFileSync('mkfifo', [join(place, 'fifo.json')]);
    await mkdir(join(place, 'folder.json'));
    await symlink(target, join(place, 'link.json'));
    const problems = new Map((await listSnapshotFiles(folder)).map((file) => [file.name, file.problem]));
    expect(problems.get('20260101T000000Z')).toBeNull();
    expect(problems.get('fifo')).toMatch(/not a regular file/);
    expect(problems.get('folder')).toMatch(/a folder/);
    expect(problems.get('link')).toMatch(/symbolic link/);
    for (const name of ['fifo', 'folder', 'link'])
      expect(await codeOf(openSnapshotFile(folder, `periodic/${name}`))).toBe('snapshot-unsafe');
  });

  test('gives a file another key when it is replaced by another of the same size', async () => {
    const folder = await makeChat(root());
    const file = await putSnapshot(folder, 'periodic/a', 'one', new Date(1_700_000_000_000));
    const [before] = await listSnapshotFiles(folder);
    const other = await putSnapshot(folder, 'periodic/b', 'two', new Date(1_700_000_000_000));
    await rename(other, file);
    const [after] = await listSnapshotFiles(folder);
    expect(after?.sizeBytes).toBe(before?.sizeBytes);
    expect(after?.key).not.toBe(before?.key);
  });
});

describe('something that replaces a file between the check and the opening', () => {
  test('is not followed if it is a link', async () => {
    const folder = await makeChat(root());
    const link = join(folder.dir, 'link.json');
    await symlink(folder.databaseFile, link);
    expect(await codeOf(openRegularFile(link, NO_BINDING))).toBe('snapshot-unsafe');
  });

  test('is not waited for if it is a FIFO', async () => {
    const fifo = join(await makeDir(root()), 'fifo.json');
    execFileSync('mkfifo', [fifo]);
    expect(await codeOf(openRegularFile(fifo, NO_BINDING))).toBe('snapshot-unsafe');
  });
});

test.each(['', '-wal', '-shm', '-journal'])(
  'the database’s file “%s” under a second name is not opened: closing it would drop its locks',
  async (suffix) => {
    const folder = await makeChat(root());
    const file = folder.databaseFile + suffix;
    if (suffix !== '') await writeFile(file, '');
    const place = join(folder.dir, 'snapshots/periodic');
    await mkdir(place, { recursive: true });
    await link(file, join(place, '20260101T000000Z.json'));
    expect(await codeOf(openSnapshotFile(folder, 'periodic/20260101T000000Z'))).toBe('snapshot-unsafe');
  },
);

test('a snapshot that has a second name elsewhere, as in a backup with hard links, is opened', async () => {
  const folder = await makeChat(root());
  const file = await putSnapshot(folder, 'periodic/20260101T000000Z', '{}');
  await link(file, join(folder.dir, 'backup.json'));
  await (await openSnapshotFile(folder, 'periodic/20260101T000000Z')).handle.close();
});

test.each([9_000_000_000_000_000n, -9_000_000_000_000_000n])(
  'a file time of %i ms, which some file systems can hold, is listed as a valid time',
  async (mtimeMs) => {
    const folder = await makeChat(root());
    const file = await putSnapshot(folder, 'periodic/20260101T000000Z');
    const facts = statFacts(file, Object.assign(await stat(file, { bigint: true }), { mtimeMs }));
    expect(new Date(facts.mtimeMs).toISOString()).toMatch(/^[+-]27\d{4}-/);
  },
);

test('a missing snapshot is reported as missing, and an existing one is read with its facts', async () => {
  const folder = await makeChat(root());
  expect(await codeOf(openSnapshotFile(folder, 'periodic/20260101T000000Z'))).toBe('snapshot-missing');
  const modified = new Date('2026-01-01T00:00:03.500Z');
  const file = await putSnapshot(folder, 'periodic/20260101T000000Z', 'twelve bytes', modified);
  const opened = await openSnapshotFile(folder, 'periodic/20260101T000000Z');
  await opened.handle.close();
  const [listed] = await listSnapshotFiles(folder);
  expect(opened).toMatchObject({ path: file, sizeBytes: 12, mtimeMs: modified.getTime(), key: listed?.key });
});

test.skipIf(process.platform !== 'linux')(
  'a name that is not valid text is listed with that problem, and so is a kind',
  async () => {
    const folder = await makeChat(root());
    await putSnapshot(folder, 'periodic/20260101T000000Z', '{}');
    const within = (name: Buffer) => Buffer.concat([Buffer.from(`${folder.dir}/snapshots/`), name]);
    await writeFile(within(Buffer.from('periodic/\xff\xfe.json', 'latin1')), '{}');
    await mkdir(within(Buffer.from('od\xff', 'latin1')));
    const listed = await listSnapshotFiles(folder);
    expect(listed.map(({ id, sizeBytes, problem }) => [id, sizeBytes > 0, problem !== null])).toEqual([
      ['od\ufffd/*', true, true],
      ['periodic/\ufffd\ufffd', true, true],
      ['periodic/20260101T000000Z', true, false],
    ]);
  },
);
