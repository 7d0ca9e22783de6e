import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeTrashSummary as describeInWords } from '../../src/cli/prune-report.ts';
import { applyPrune } from '../../src/prune/prune.ts';
import { describeTrash, emptyTrash } from '../../src/prune/trash.ts';
import { codeOf, makeChat, makeDir, makeRoot, putSnapshot } from '../support/place.ts';

const root = makeRoot();

async function makeTrash() {
  const folder = await makeChat(root());
  for (const id of ['periodic/20260301T000000Z', 'periodic/20260302T000000Z', 'rewind/20260301T000000Z'])
    await putSnapshot(folder, id, 'ten bytes.');
  const first = await applyPrune(folder, { by: 'count', kind: 'periodic', keep: 1 });
  const second = await applyPrune(folder, { by: 'choice', ids: ['rewind/20260301T000000Z'] });
  return { folder, folders: [first.trashFolder, second.trashFolder] };
}

/** Empties the trash where nothing fails, and returns what the numbers say. */
async function empty(...args: Parameters<typeof emptyTrash>) {
  const { notes, otherNames, freesBytes, ...numbers } = await emptyTrash(...args);
  expect(freesBytes).toBe(numbers.bytes);
  expect(notes).toEqual([]);
  expect(otherNames).toHaveLength(numbers.others);
  return numbers;
}

test('the trash is described by its snapshots and their total size', async () => {
  const { folder, folders } = await makeTrash();
  const contents = await describeTrash(folder);
  expect(contents).toMatchObject({ files: 2, bytes: 20, folders: folders.sort() });
  const empty = await makeChat(root());
  expect(await describeTrash(empty)).toMatchObject({ files: 0, bytes: 0, folders: [] });
  expect(await readdir(empty.dir)).not.toContain('snapback');
});

test('emptying deletes everything and says what it was', async () => {
  const { folder } = await makeTrash();
  const { planId } = await describeTrash(folder);
  expect(await empty(folder, { planId })).toEqual({ files: 2, bytes: 20, others: 0 });
  expect(await readdir(join(folder.dir, 'snapback/trash'))).toEqual([]);
  expect(await readdir(join(folder.dir, 'snapshots/periodic'))).toEqual(['20260302T000000Z.json']);
  expect(await empty(folder)).toEqual({ files: 0, bytes: 0, others: 0 });
});

test('emptying is refused if the trash is not what was shown', async () => {
  const { folder } = await makeTrash();
  const { planId } = await describeTrash(folder);
  await applyPrune(folder, { by: 'choice', ids: ['periodic/20260302T000000Z'] });
  expect(await codeOf(emptyTrash(folder, { planId }))).toBe('plan-stale');
  expect(await describeTrash(folder)).toMatchObject({ files: 3 });
});

test('foreign files stay, with the manifest and the folders around them', async () => {
  const { folder, folders } = await makeTrash();
  const [first = '', second = ''] = folders;
  const elsewhere = await makeDir(root());
  await writeFile(join(elsewhere, 'precious.json'), 'precious');
  await symlink(elsewhere, join(first, 'linked'));
  await symlink(join(elsewhere, 'precious.json'), join(second, 'rewind/link.json'));
  await writeFile(join(second, 'rewind/notes.txt'), 'notes');
  await mkdir(join(folder.dir, 'snapback/trash/mine/periodic'), { recursive: true });
  await writeFile(join(folder.dir, 'snapback/trash/mine/periodic/20260301T000000Z.json'), 'mine');
  expect(await empty(folder)).toEqual({ files: 2, bytes: 20, others: 2 });
  expect(await readdir(elsewhere)).toEqual(['precious.json']);
  expect((await readdir(join(second, 'rewind'))).sort()).toEqual(['link.json', 'notes.txt']);
  expect(existsSync(join(second, 'manifest.json'))).toBe(true);
  expect((await readdir(first)).sort()).toEqual(['linked', 'manifest.json']);
  expect(existsSync(join(folder.dir, 'snapback/trash/mine/periodic/20260301T000000Z.json'))).toBe(true);
});

test('a snapshot that no manifest names is neither counted nor deleted, nor is the folder around it moved', async () => {
  const { folder, folders } = await makeTrash();
  const [first = '', second = ''] = folders;
  const foreign = join(first, 'periodic/20260401T000000Z.json');
  await writeFile(foreign, 'put here by hand');
  await mkdir(join(second, 'weekly'));
  const own = join(first, 'periodic/20260301T000000Z.json');
  const loose = [own, join(second, 'rewind/20260301T000000Z.json')];
  expect(await describeTrash(folder)).toMatchObject({
    files: 2,
    bytes: 20,
    others: 2,
    folders: [],
    looseFiles: loose,
  });
  await rm(join(second, 'weekly'), { recursive: true });
  expect(await describeTrash(folder)).toMatchObject({ others: 1, folders: [second], looseFiles: [own] });
  expect(await empty(folder)).toEqual({ files: 2, bytes: 20, others: 1 });
  expect(await readdir(join(folder.dir, 'snapback/trash'))).toEqual([basename(first)]);
  expect(await readFile(foreign, 'utf8')).toBe('put here by hand');
  expect(existsSync(join(first, 'manifest.json'))).toBe(true);
  expect(await empty(folder)).toEqual({ files: 0, bytes: 0, others: 1 });
});

test('a file of the manifest that was put back is not counted, and does not get in the way', async () => {
  const { folder, folders } = await makeTrash();
  const place = join(folders[0] ?? '', 'periodic/20260301T000000Z.json');
  await rename(place, join(folder.dir, 'snapshots/periodic/20260301T000000Z.json'));
  expect(await empty(folder)).toEqual({ files: 1, bytes: 10, others: 0 });
  expect(await readdir(join(folder.dir, 'snapback/trash'))).toEqual([]);
});

test.each<[string, (path: string) => Promise<void>]>([
  ['another size', (path) => writeFile(path, 'not the same')],
  ['another time', (path) => utimes(path, 0, 0)],
])(
  'a file with %s than in the manifest is not the one that was moved there, and stays',
  async (_, change) => {
    const { folder, folders } = await makeTrash();
    const place = join(folders[0] ?? '', 'periodic/20260301T000000Z.json');
    const { mtime } = await stat(place);
    await change(place);
    const changed = await readFile(place);
    if (changed.length > 10) await utimes(place, mtime, mtime);
    expect(await empty(folder)).toEqual({ files: 1, bytes: 10, others: 1 });
    expect(await readFile(place)).toEqual(changed);
    expect(existsSync(join(folders[0] ?? '', 'manifest.json'))).toBe(true);
  },
);

describe('nothing is counted or deleted in a folder whose manifest is unreliable', () => {
  const named = (...to: readonly unknown[]) => ({
    format: 1,
    files: to.map((one) => ({ to: one, sizeBytes: 10, modifiedAt: '2026-03-01T00:00:00.000Z' })),
  });
  const good = 'periodic/20260301T000000Z.json';
  test.each<[string, string | null]>([
    ['is missing', null],
    ['is cut off', `${JSON.stringify(named(good)).slice(0, -1)}`],
    ['is empty', ''],
    ['is something else', '[]'],
    ['is nothing', 'null'],
    ['is of a later version', JSON.stringify({ ...named(good), format: 2 })],
    ['names no files', JSON.stringify({ format: 1 })],
    ['names a file that is none', JSON.stringify(named(good, 7))],
    ['has an entry that is none', JSON.stringify({ format: 1, files: [null] })],
    ['leads up', JSON.stringify(named(good, '../../../app.json'))],
    ['leads elsewhere', JSON.stringify(named(good, '/etc/passwd.json'))],
    ['leads deeper', JSON.stringify(named(good, 'periodic/deep/20260301T000000Z.json'))],
    ['names a folder', JSON.stringify(named(good, 'periodic'))],
    ['names a file of another sort', JSON.stringify(named(good, 'periodic/notes.txt'))],
    ['is nested beyond reason', '['.repeat(200_000)],
    ['is beyond all bounds', `${JSON.stringify(named(good))}${' '.repeat(33 * 1024 * 1024)}`],
  ])('because it %s', async (_, text) => {
    const { folder, folders } = await makeTrash();
    const [first = ''] = folders;
    await rm(join(first, 'manifest.json'));
    if (text !== null) await writeFile(join(first, 'manifest.json'), text);
    expect(await describeTrash(folder)).toMatchObject({ files: 1, bytes: 10, others: 1 });
    expect(await empty(folder)).toEqual({ files: 1, bytes: 10, others: 1 });
    expect(await readdir(join(first, 'periodic'))).toEqual(['20260301T000000Z.json']);
    expect(existsSync(join(first, 'manifest.json'))).toBe(text !== null);
  });

  test('because it is a link or a FIFO', async () => {
    const { folder, folders } = await makeTrash();
    const [first = '', second = ''] = folders;
    const elsewhere = join(await makeDir(root()), 'manifest.json');
    await rename(join(first, 'manifest.json'), elsewhere);
    await symlink(elsewhere, join(first, 'manifest.json'));
    await rm(join(second, 'manifest.json'));
    execFileSync('mkfifo', [join(second, 'manifest.json')]);
    expect(await empty(folder)).toEqual({ files: 0, bytes: 0, others: 2 });
    expect(existsSync(elsewhere)).toBe(true);
  });
});

describe('a prune that was killed before its first move is cleared away', () => {
  test.each<[string, readonly (readonly [string, string])[]]>([
    ['with a torn manifest', [['manifest.json', '{"format": 1, "fil']]],
    ['with an empty one', [['manifest.json', '']]],
    ['with one that was still being written', [['.snapback-2147483647-0123456789abcdef.part', '{"form']]],
  ])('%s', async (_, files) => {
    const { folder } = await makeTrash();
    const left = join(folder.dir, 'snapback/trash/20260101T000000Z');
    await mkdir(left);
    for (const [name, text] of files) await writeFile(join(left, name), text);
    expect(await describeTrash(folder)).toMatchObject({ files: 2, others: 0 });
    expect(await empty(folder)).toEqual({ files: 2, bytes: 20, others: 0 });
    expect(await readdir(join(folder.dir, 'snapback/trash'))).toEqual([]);
  });

  test('but not while its process may still be writing', async () => {
    const { folder } = await makeTrash();
    const left = join(folder.dir, 'snapback/trash/20260101T000000Z');
    await mkdir(left);
    await writeFile(join(left, '.snapback-1-0123456789abcdef.part'), '{"form');
    expect(await empty(folder)).toEqual({ files: 2, bytes: 20, others: 1 });
    expect(await readdir(left)).toHaveLength(1);
  });
});

test('a file that is named twice counts once, and an empty folder is removed without a manifest', async () => {
  const { folder, folders } = await makeTrash();
  const manifest = join(folders[0] ?? '', 'manifest.json');
  const { files, ...rest } = JSON.parse(await readFile(manifest, 'utf8'));
  await writeFile(manifest, JSON.stringify({ ...rest, files: [...files, ...files] }));
  await mkdir(join(folder.dir, 'snapback/trash/20260101T000000Z'));
  expect(await empty(folder)).toEqual({ files: 2, bytes: 20, others: 0 });
  expect(await readdir(join(folder.dir, 'snapback/trash'))).toEqual([]);
});

test('what stays in the trash is reported by name, with what to do', async () => {
  const { folder, folders } = await makeTrash();
  await writeFile(join(folders[0] ?? '', 'notes.txt'), 'notes');
  const told = [
    '1 folder in the trash with something else in it: that stays.',
    `  snapback/trash/${basename(folders[0] ?? '')}`,
    'Look into it. Copy what you want to keep into “snapshots/KIND”, then delete the folder by hand.',
  ];
  expect(describeInWords(await describeTrash(folder), null)).toEqual([
    'In the trash: 2 files, 20 bytes',
    ...told,
    'Add --yes to delete them for good.',
  ]);
  const emptied = await emptyTrash(folder);
  expect(describeInWords(emptied, emptied)).toEqual(['Deleted for good: 2 files, 20 bytes', ...told]);
  expect(describeInWords(await describeTrash(folder), null)).toEqual([
    'No pruned snapshot is in the trash.',
    ...told,
  ]);
});

test('a trash that links elsewhere is described as empty, and nothing in it is deleted', async () => {
  const folder = await makeChat(root());
  const elsewhere = await makeDir(root());
  const file = join(elsewhere, 'trash', '20260101T000000Z', 'periodic', 'x.json');
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, 'ten bytes.');
  await symlink(elsewhere, join(folder.dir, 'snapback'));
  expect(await describeTrash(folder)).toMatchObject({ files: 0, bytes: 0, others: 0 });
  expect(await codeOf(emptyTrash(folder))).toBe('snapshot-unsafe');
  expect(existsSync(file)).toBe(true);
});
