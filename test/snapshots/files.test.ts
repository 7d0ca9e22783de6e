import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { link, mkdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ensureFolder, findFolder } from '../../src/host/folders.ts';
import { listFilesOfKind, listSnapshotFiles, lookAtSnapshots, statFacts } from '../../src/snapshots/files.ts';
import { compareNames, parseSnapshotId, snapshotTime } from '../../src/snapshots/names.ts';
import { openRegularFile, openSnapshotFile } from '../../src/snapshots/open-file.ts';
import { codeOf, makeChat, makeDir, makeRoot, putSnapshot } from '../support/place.ts';

const NO_BINDING = { nativeBinding: undefined };
const root = makeRoot();

describe('an id', () => {
  test.each([
    ['periodic/20260101T000000Z', 'periodic', '20260101T000000Z'],
    ['rewind/20260101T000000Z_001', 'rewind', '20260101T000000Z_001'],
    ['my-kind_2/before the storm', 'my-kind_2', 'before the storm'],
    ['periodic/__proto__', 'periodic', '__proto__'],
    ['periodic/x.json', 'periodic', 'x.json'],
    ['Manual/x', 'Manual', 'x'],
    ['v1.2 über/x', 'v1.2 über', 'x'],
    ['__proto__/x', '__proto__', 'x'],
    ['@trash/20260101T000000Z/rewind/x', '@trash/20260101T000000Z/rewind', 'x'],
    ['@trash/20260101T000000Z_001/@kept/x', '@trash/20260101T000000Z_001/@kept', 'x'],
  ])('%s names a kind and a file', (id, kind, name) => {
    expect(parseSnapshotId(id)).toEqual({ kind, name });
  });

  test.each(['', 'periodic', '/', 'periodic/', '/20260101T000000Z'])('%j is wrong usage', async (id) => {
    expect(await codeOf(() => parseSnapshotId(id))).toBe('usage');
  });

  test.each([
    '../x',
    'periodic/../x',
    'periodic/..',
    'periodic/.hidden',
    '../../etc/passwd',
    '.hidden/x',
    ' blank/x',
    '-x/x',
    'a\ud800/x',
    `${'k'.repeat(65)}/x`,
    'periodic/a/b',
    'periodic/a\\b',
    'periodic/a\0b',
    'periodic/a\nb',
    'periodic/a\u0085b',
    'periodic/\ud800',
    `periodic/${'x'.repeat(251)}`,
    `periodic/${'é'.repeat(126)}`,
    'per\0iodic/x',
    'constructor\\/x',
    '@trash/x',
    '@trash/rewind/x',
    '@trash/../rewind/x',
    '@trash/2026/rewind/x',
    '@trash/20260101T000000Z/x',
    '@trash/20260101T000000Z/../x',
    '@trash/20260101T000000Z/rewind/../x',
    '@trash/20260101T000000Z/rewind/y/x',
    '@trash/20260101T000000Z/.hidden/x',
    '@trash/20260101T000000Z/@trash/x',
    '@trash/20260101T000000Z/@file/x',
    '@trash/20260101T000000Z/rewind/.x',
  ])('%j is refused before it touches a path', async (id) => {
    const folder = await makeChat(root());
    expect(await codeOf(() => parseSnapshotId(id))).toBe('snapshot-unsafe');
    expect(await codeOf(openSnapshotFile(folder, id))).toBe('snapshot-unsafe');
  });

  test('an absolute path is not an id', async () => {
    expect(await codeOf(() => parseSnapshotId('/etc/passwd'))).toBe('usage');
  });
});

test.each([
  ['20260229T000000Z', null],
  ['20240229T235959Z', '2024-02-29T23:59:59.000Z'],
  ['20260101T000000Z_007', '2026-01-01T00:00:00.000Z'],
  ['20261301T000000Z', null],
  ['20260101T240000Z', null],
  ['20260101T000060Z', null],
  ['20260101T000000Z_7', null],
  ['20260101T000000', null],
  ['x20260101T000000Z', null],
  ['backup', null],
])('the time in the name %s is %s', (name, time) => {
  expect(snapshotTime(name)?.toISOString() ?? null).toBe(time);
});

test('names are ordered as Python orders them: by code point, with their .json', () => {
  const names = [
    '\u{1f600}',
    '\uffee',
    'zzz',
    '20260101T000000Z_001',
    '20260101T000000Z',
    '20260101T000000Z-x',
  ];
  expect([...names].sort(compareNames)).toEqual([
    '20260101T000000Z-x',
    '20260101T000000Z',
    '20260101T000000Z_001',
    'zzz',
    '\uffee',
    '\u{1f600}',
  ]);
});

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
  test('a folder that the host finds under another spelling is of the kind for which the host takes it', async () => {
    const folder = await makeChat(root());
    const ids = ['periodic/20260101T000000Z', 'restore/20260101T000000Z', 'rewind/20260101T000000Z'];
    for (const id of [...ids, 'Manual/20260101T000000Z']) await putSnapshot(folder, id, '{}');
    const place = join(folder.dir, 'snapshots');
    for (const [kind, spelled] of [
      ['periodic', 'PERIODIC'],
      ['restore', 'reStore'],
      ['rewind', 'Rewind'],
    ] as const) {
      await rename(join(place, kind), join(place, 'between'));
      await rename(join(place, 'between'), join(place, spelled));
    }
    const { files, folders } = await lookAtSnapshots(folder);
    expect(files.map(({ id, problem }) => [id, problem])).toEqual(
      ['Manual/20260101T000000Z', ...ids].map((id) => [id, null]),
    );
    for (const [index, { kind, id, key }] of files.entries()) {
      expect(await listFilesOfKind(folder, kind), kind).toEqual([files[index]]);
      expect(await findFolder(folder, 'snapshots', kind)).toBe(folders[index]);
      const opened = await openSnapshotFile(folder, id);
      await opened.handle.close();
      expect(opened.key).toBe(key);
    }
  });

  test.each(['snapshots', 'snapback'])('“%s” in another spelling is found, and is no link', async (name) => {
    const folder = await makeChat(root());
    await mkdir(join(folder.dir, name.toUpperCase()));
    expect(await findFolder(folder, name)).not.toBeNull();
    expect(await ensureFolder(folder, name, 'kept')).toBe(await findFolder(folder, name, 'kept'));
  });

  test('a link to another kind is not followed, however that is spelled', async () => {
    const folder = await makeChat(root());
    await putSnapshot(folder, 'restore/20260101T000000Z');
    await symlink(join(folder.dir, 'SNAPSHOTS/restore'), join(folder.dir, 'snapshots/alias'));
    await symlink(join(folder.dir, 'SNAPSHOTS'), join(folder.dir, 'snapback'));
    expect(await codeOf(findFolder(folder, 'snapshots', 'alias'))).toBe('snapshot-unsafe');
    expect(await codeOf(findFolder(folder, 'snapback'))).toBe('snapshot-unsafe');
  });
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
