import '../support/file-calls.ts';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyRestore,
  finishInterrupted,
  listSnapshots,
  openDataFolder,
  putBack,
  takeSnapshot,
} from '../../src/index.ts';
import { holdSnapshot, keepSnapshot } from '../../src/prune/kept.ts';
import { applyPrune, planPrune } from '../../src/prune/prune.ts';
import { releaseAbandoned, releaseSnapshot } from '../../src/prune/release.ts';
import { emptyTrash } from '../../src/prune/trash.ts';
import { listSnapshotFiles } from '../../src/snapshots/files.ts';
import { openSnapshotFile } from '../../src/snapshots/open-file.ts';
import { type FileCall, whileWatched } from '../support/file-calls.ts';
import {
  addEvents,
  asHost,
  codeOf,
  makeChat,
  makeDir,
  makeRoot,
  putSnapshot,
  run,
} from '../support/place.ts';
import { runAsNobody, start } from '../support/process.ts';
import { NOW, restoring } from '../support/requests.ts';

const root = makeRoot();
const ID = 'periodic/20260301T000000Z';
const KEPT = '@kept/20260301T000000Z';

async function makeKeepable(id = ID) {
  const folder = await makeChat(root());
  const file = await putSnapshot(folder, id, `this is ${id}`);
  const kept = join(folder.dir, 'snapback/kept');
  return { folder, file, kept };
}

test('a kept snapshot is another name of the same file, with its label, and is listed like any other', async () => {
  const { folder, file, kept } = await makeKeepable();
  const label = { name: 'Before I broke it', note: 'The storm\nand the lamp' };
  expect(await keepSnapshot(folder, ID, label)).toMatchObject({
    id: KEPT,
    from: ID,
    already: false,
    ...label,
  });
  expect((await stat(join(kept, '20260301T000000Z.json'))).ino).toBe((await stat(file)).ino);
  const listed = (await listSnapshots(folder)).find(({ id }) => id === KEPT);
  expect(listed).toMatchObject({
    kind: '@kept',
    takenAt: '2026-03-01T00:00:00.000Z',
    kept: { ...label, from: ID },
    retention: { status: 'kept', reason: 'kept-by-hand' },
  });
});

test('what is kept stays when the host removes the snapshot, and can be restored', async () => {
  const folder = await makeChat(root(), { events: 5 });
  const { id, file } = await takeSnapshot(folder, 'rewind');
  const kept = await keepSnapshot(folder, id);
  await rm(file);
  run(folder, addEvents(3, 'since'));
  const request = restoring(kept.id);
  await applyRestore(folder, { ...request, acceptOtherTimeline: true }, NOW);
  expect(asHost(folder, (db) => db.prepare('SELECT count(*) FROM event_log').pluck().get())).toBe(5);
  expect((await listSnapshots(folder)).filter(({ kind }) => kind === '@kept')).toMatchObject([
    { id: kept.id },
  ]);
});

test('keeping twice keeps once, and a name that is given later replaces the earlier one', async () => {
  const { folder } = await makeKeepable();
  await keepSnapshot(folder, ID, { name: 'one', note: 'first' });
  expect(await keepSnapshot(folder, ID, { name: 'two', note: null })).toMatchObject({
    id: KEPT,
    name: 'two',
    note: 'first',
    already: true,
  });
  expect(await keepSnapshot(folder, KEPT, { name: 'three', note: null })).toMatchObject({
    id: KEPT,
    name: 'three',
  });
  expect((await listSnapshotFiles(folder)).map(({ id }) => id)).toEqual([ID, KEPT]);
});

test('two snapshots of the same second are kept under two names, and nothing is overwritten', async () => {
  const { folder, kept } = await makeKeepable();
  const other = 'rewind/20260301T000000Z';
  await putSnapshot(folder, other, 'another one');
  await keepSnapshot(folder, ID, { name: 'one', note: null });
  expect(await keepSnapshot(folder, other, { name: 'two', note: null })).toMatchObject({
    id: '@kept/20260301T000000Z_001',
    name: 'two',
  });
  expect(await readFile(join(kept, '20260301T000000Z.json'), 'utf8')).toBe(`this is ${ID}`);
  expect(await readFile(join(kept, '20260301T000000Z_001.json'), 'utf8')).toBe('another one');
});

test('a file or note that is already in the place of kept snapshots stays as it is', async () => {
  const { folder, kept } = await makeKeepable();
  await mkdir(kept, { recursive: true });
  await writeFile(join(kept, '20260301T000000Z.json'), 'somebody’s');
  await writeFile(join(kept, '20260301T000000Z_001.note'), 'theirs');
  expect(await keepSnapshot(folder, ID)).toMatchObject({ id: '@kept/20260301T000000Z_002' });
  expect(await readFile(join(kept, '20260301T000000Z.json'), 'utf8')).toBe('somebody’s');
  expect(await readFile(join(kept, '20260301T000000Z_001.note'), 'utf8')).toBe('theirs');
});

test('no rule moves what is kept; only naming it does, and it is put back with its label', async () => {
  const { folder } = await makeKeepable();
  await keepSnapshot(folder, ID, { name: 'Mine', note: null });
  for (const policy of [
    { by: 'count', kind: '@kept', keep: 0 },
    { by: 'age', kind: '@kept', olderThanDays: 0 },
  ] as const)
    expect(await codeOf(planPrune(folder, policy))).toBe('usage');
  const { trashFolder, moved } = await applyPrune(folder, { by: 'choice', ids: [KEPT] });
  expect(moved).toEqual([KEPT]);
  expect((await listSnapshotFiles(folder)).map(({ id }) => id)).toEqual([ID]);
  expect(
    await putBack(folder, [{ trashName: trashFolder.split('/').at(-1) ?? '', ids: null }]),
  ).toMatchObject({
    putBack: [KEPT],
    left: [],
  });
  expect((await listSnapshots(folder)).find(({ id }) => id === KEPT)?.kept?.name).toBe('Mine');
  await applyPrune(folder, { by: 'choice', ids: [KEPT] });
  expect(await emptyTrash(folder)).toMatchObject({ files: 1, others: 0 });
  expect((await listSnapshotFiles(folder)).map(({ id }) => id)).toEqual([ID]);
});

test('a host’s own folder “kept” or “@kept” is never taken for ours', async () => {
  const { folder } = await makeKeepable('kept/20260301T000000Z');
  await putSnapshot(folder, KEPT, 'not ours');
  expect(await codeOf(openSnapshotFile(folder, KEPT))).toBe('snapshot-missing');
  await keepSnapshot(folder, 'kept/20260301T000000Z');
  const files = await listSnapshotFiles(folder);
  expect(files.filter(({ problem }) => problem === null).map(({ id }) => id)).toEqual([
    'kept/20260301T000000Z',
    KEPT,
  ]);
});

test.each([
  ['a name of two lines', { name: 'a\nb', note: null }],
  ['a name that is too long', { name: 'x'.repeat(201), note: null }],
  ['half a character', { name: '\ud800', note: null }],
])('%s is refused, and nothing is kept', async (_, label) => {
  const { folder, kept } = await makeKeepable();
  expect(await codeOf(keepSnapshot(folder, ID, label))).toBe('usage');
  expect(existsSync(kept)).toBe(false);
});

test('a folder of kept snapshots that leads elsewhere is not followed, and the others are still listed', async () => {
  const { folder } = await makeKeepable();
  const elsewhere = await makeDir(root());
  await mkdir(join(folder.dir, 'snapback'));
  await symlink(elsewhere, join(folder.dir, 'snapback/kept'));
  expect(await codeOf(keepSnapshot(folder, ID))).toBe('snapshot-unsafe');
  expect(await readdir(elsewhere)).toEqual([]);
  expect((await listSnapshots(folder)).map(({ id }) => id)).toEqual([ID, '@kept/*']);
});

test('what takes the place of a snapshot while it is being kept is not kept in its stead', async () => {
  const { folder, file, kept } = await makeKeepable();
  const replace = ({ name }: FileCall) => {
    if (name === 'link') {
      writeFileSync(`${file}.new`, 'something else');
      renameSync(`${file}.new`, file);
    }
    return undefined;
  };
  expect(await codeOf(whileWatched(replace, () => keepSnapshot(folder, ID)))).toBe('plan-stale');
  expect(await readdir(kept)).toEqual([]);
  expect(await readFile(file, 'utf8')).toBe('something else');
});

test('a snapshot can be kept where the database is gone', async () => {
  const { folder } = await makeKeepable();
  await rm(folder.databaseFile);
  const without = await openDataFolder(folder.dir, { withoutDatabase: true });
  expect(await keepSnapshot(without, ID)).toMatchObject({ id: KEPT });
});

test.skipIf(process.platform === 'win32')(
  'where nothing can be written, nothing is kept and the error says so',
  async () => {
    const { folder } = await makeKeepable();
    await chmod(folder.dir, 0o555);
    expect(await runAsNobody('keep', folder.dir, ID)).toBe('folder-read-only');
    await chmod(folder.dir, 0o755);
    expect((await listSnapshots(folder)).map(({ id }) => id)).toEqual([ID]);
  },
);

describe('a hold', () => {
  test('is not shown while the snapshot is there, and leaves nothing when it is released', async () => {
    const { folder, kept, file } = await makeKeepable();
    const { id } = await holdSnapshot(folder, ID);
    expect((await listSnapshots(folder)).map((one) => one.id)).toEqual([ID]);
    expect(await releaseSnapshot(folder, id)).toBe(true);
    expect(await readdir(kept)).toEqual([]);
    expect(await readFile(file, 'utf8')).toBe(`this is ${ID}`);
  });

  test('becomes kept if somebody keeps the snapshot meanwhile', async () => {
    const { folder } = await makeKeepable();
    const { id } = await holdSnapshot(folder, ID);
    expect(await keepSnapshot(folder, ID)).toMatchObject({ id, already: true });
    expect(await holdSnapshot(folder, ID)).toMatchObject({ id });
    expect(await releaseSnapshot(folder, id)).toBe(false);
    expect((await listSnapshots(folder)).map((one) => one.id)).toEqual([ID, KEPT]);
  });

  test.each([
    ['is gone', (file: string) => rm(file)],
    [
      'was replaced',
      async (file: string) => {
        await writeFile(`${file}.new`, 'something else');
        await rename(`${file}.new`, file);
      },
    ],
  ])('stays kept and is shown if the snapshot %s meanwhile', async (_, change) => {
    const { folder, file } = await makeKeepable();
    const { id } = await holdSnapshot(folder, ID);
    await change(file);
    expect(await releaseSnapshot(folder, id)).toBe(false);
    expect((await listSnapshots(folder)).map((one) => one.id)).toContain(id);
    const { handle } = await openSnapshotFile(folder, id);
    expect(await handle.readFile('utf8')).toBe(`this is ${ID}`);
    await handle.close();
  });

  test('does not count as another place: of two holds of a snapshot that is gone, one becomes kept', async () => {
    const { folder, file } = await makeKeepable();
    const [one, other] = [await holdSnapshot(folder, ID), await holdSnapshot(folder, ID)];
    expect(other.id).not.toBe(one.id);
    await rm(file);
    expect(await releaseSnapshot(folder, one.id)).toBe(false);
    expect(await releaseSnapshot(folder, other.id)).toBe(true);
    expect((await listSnapshots(folder)).map(({ id }) => id)).toEqual([one.id]);
  });

  test('of a process that has ended is released, and one of this process is not', async () => {
    const { folder, kept } = await makeKeepable();
    const other = 'periodic/20260302T000000Z';
    await putSnapshot(folder, other);
    await holdSnapshot(folder, ID);
    await start('die-at-step.ts', { args: [folder.dir, 'hold', other] }).ended;
    expect((await readdir(kept)).length).toBe(4);
    await releaseAbandoned(folder);
    expect((await readdir(kept)).sort()).toEqual(['20260301T000000Z.json', '20260301T000000Z.note']);
  });
});

test('a process that is killed at any step of keeping leaves a whole kept snapshot or none', async () => {
  const counts = new Set<number>();
  for (let step = 1; step <= 18; step += 1) {
    const { folder, file, kept } = await makeKeepable();
    await start('die-at-step.ts', { args: [folder.dir, 'keep', ID, String(step)] }).ended;
    const files = (await listSnapshotFiles(folder)).filter(({ kind }) => kind === '@kept');
    counts.add(files.length);
    for (const one of files) {
      expect(await readFile(one.file, 'utf8')).toBe(`this is ${ID}`);
      expect((await listSnapshots(folder)).find(({ id }) => id === one.id)?.kept?.name).toBe('Mine');
    }
    expect(await readFile(file, 'utf8')).toBe(`this is ${ID}`);
    expect(await keepSnapshot(folder, ID)).toMatchObject({ id: KEPT });
    await finishInterrupted(folder);
    const names = ['20260301T000000Z.json', '20260301T000000Z.note'];
    expect((await readdir(kept)).toSorted()).toEqual(names);
  }
  expect([...counts].sort()).toEqual([0, 1]);
});
