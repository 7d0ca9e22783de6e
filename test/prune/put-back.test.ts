import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  applyRestore,
  type DataFolder,
  putBack,
  takeSnapshot,
  verifySnapshots,
  viewTrash,
} from '../../src/index.ts';
import { applyPrune } from '../../src/prune/prune.ts';
import { describeTrash, emptyTrash } from '../../src/prune/trash.ts';
import { ABOUT, putCopy } from '../support/copies.ts';
import {
  addEvents,
  codeOf,
  makeChat,
  makePlace,
  makeRoot,
  open,
  putSnapshot,
  run,
} from '../support/place.ts';
import { NOW, restoring } from '../support/requests.ts';

const root = makeRoot();
const putBackOne = (folder: DataFolder, trashName: string, ids: readonly string[] | null = null) =>
  putBack(folder, [{ trashName, ids }]);
const listTrash = async (folder: DataFolder) => (await viewTrash(folder)).prunes;
const IDS = ['periodic/20260301T000000Z', 'rewind/20260301T000000Z'];

async function pruned() {
  const folder = await makeChat(root());
  for (const id of IDS) await putSnapshot(folder, id, `this is ${id}`);
  const { trashFolder } = await applyPrune(folder, { by: 'choice', ids: IDS });
  const file = (id: string) => join(folder.dir, 'snapshots', `${id}.json`);
  return { folder, trashFolder, file };
}

test('what was pruned is put back where it was, byte for byte, and the trash is empty', async () => {
  const { folder, trashFolder, file } = await pruned();
  expect(await putBackOne(folder, basename(trashFolder))).toEqual({ putBack: IDS, left: [], notes: [] });
  for (const id of IDS) expect(await readFile(file(id), 'utf8')).toBe(`this is ${id}`);
  expect(existsSync(trashFolder)).toBe(false);
  expect(await codeOf(putBackOne(folder, basename(trashFolder)))).toBe('snapshot-missing');
});

test('a snapshot that is a database is pruned, put back and checked like any other', async () => {
  const folder = await makeChat(root());
  const id = 'rewind/20260301T000000Z';
  const file = await putCopy(folder, id, ABOUT);
  const bytes = await readFile(file);
  const { trashFolder, moved } = await applyPrune(folder, { by: 'choice', ids: [id] });
  expect(moved).toEqual([id]);
  expect((await describeTrash(folder)).files).toBe(1);
  await putSnapshot(folder, id);
  expect(await putBackOne(folder, basename(trashFolder))).toMatchObject({ putBack: [], left: [id] });
  await rm(file.replace(/db$/, 'json'));
  expect(await putBackOne(folder, basename(trashFolder))).toEqual({ putBack: [id], left: [], notes: [] });
  expect(await readFile(file)).toEqual(bytes);
  expect(await verifySnapshots(folder, [id])).toMatchObject([{ id, health: 'good' }]);
});

test('the trash lists each prune with what can still be put back, newest first', async () => {
  const folder = await makeChat(root());
  expect(await listTrash(folder)).toEqual([]);
  const trashNames: string[] = [];
  for (const id of IDS) {
    await putSnapshot(folder, id, `this is ${id}`);
    const { trashFolder } = await applyPrune(folder, { by: 'choice', ids: [id] });
    trashNames.unshift(basename(trashFolder));
  }
  const listed = await listTrash(folder);
  expect(listed.map(({ trashName }) => trashName)).toEqual(trashNames);
  const takenAt = '2026-03-01T00:00:00.000Z';
  expect(listed.map(({ snapshots }) => snapshots)).toEqual(
    IDS.toReversed().map((id) => [{ id, takenAt, sizeBytes: `this is ${id}`.length }]),
  );
  for (const { prunedAt } of listed)
    expect(Math.abs(Date.now() - Date.parse(prunedAt))).toBeLessThan(600_000);
  for (const { trashName } of listed) await putBackOne(folder, trashName);
  expect(await listTrash(folder)).toEqual([]);
});

test('nothing is overwritten: a file whose place is taken stays in the trash with its manifest', async () => {
  const { folder, trashFolder, file } = await pruned();
  const [taken = '', other = ''] = IDS;
  await writeFile(file(taken), 'another one');
  expect(await putBackOne(folder, basename(trashFolder))).toEqual({
    putBack: [other],
    left: [taken],
    notes: [],
  });
  expect(await readFile(file(taken), 'utf8')).toBe('another one');
  expect(await describeTrash(folder)).toMatchObject({ files: 1 });
});

test('only the prune’s own files are moved, and no name leads elsewhere', async () => {
  const { folder, trashFolder } = await pruned();
  await writeFile(join(trashFolder, 'rewind/20260401T000000Z.json'), 'smuggled');
  expect((await putBackOne(folder, basename(trashFolder))).putBack).toEqual(IDS);
  expect(existsSync(join(trashFolder, 'rewind/20260401T000000Z.json'))).toBe(true);
  for (const name of ['..', '../../snapshots', '', 'x', '20260301T000000Z/..'])
    expect(await codeOf(putBackOne(folder, name)), name).toBe('usage');
});

test('a checkpoint that would revert a restore at the host’s next start stays in the trash', async () => {
  const place = await makePlace(root(), 'CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT);');
  run(place, addEvents(5));
  const folder = await open(place);
  const { id } = await takeSnapshot(folder, 'rewind');
  run(place, addEvents(3, 'since'));
  const { id: old } = await takeSnapshot(folder, 'periodic');
  const future = 'periodic/29990101T000000Z';
  const file = (one: string) => join(place.dir, 'snapshots', `${one}.json`);
  await writeFile(file(future), await readFile(file(old)));
  const { trashFolder } = await applyPrune(folder, { by: 'choice', ids: [future] });
  await applyRestore(folder, restoring(id), NOW);
  expect(await putBackOne(folder, basename(trashFolder))).toEqual({ putBack: [], left: [future], notes: [] });
});

test('one snapshot of a prune is put back alone, and several of several prunes together', async () => {
  const { folder, trashFolder, file } = await pruned();
  const [first = '', second = ''] = IDS;
  const name = basename(trashFolder);
  expect(await putBackOne(folder, name, [second])).toEqual({ putBack: [second], left: [], notes: [] });
  expect(existsSync(file(first))).toBe(false);
  expect(await listTrash(folder)).toMatchObject([{ trashName: name, snapshots: [{ id: first }] }]);
  expect(await codeOf(putBackOne(folder, name, [second]))).toBe('snapshot-missing');
  const again = basename((await applyPrune(folder, { by: 'choice', ids: [second] })).trashFolder);
  const choices = [
    { trashName: again, ids: [second] },
    { trashName: name, ids: null },
  ];
  expect(await putBack(folder, choices)).toEqual({ putBack: [second, first], left: [], notes: [] });
  for (const id of IDS) expect(await readFile(file(id), 'utf8')).toBe(`this is ${id}`);
  expect(await viewTrash(folder)).toMatchObject({ files: 0, prunes: [] });
});

test('where one of several prunes is gone, what was put back before is told with the failure', async () => {
  const { folder, trashFolder } = await pruned();
  const gone = { trashName: '20200101T000000Z', ids: null };
  const there = { trashName: basename(trashFolder), ids: null };
  const done = await putBack(folder, [there, gone]);
  expect(done).toMatchObject({ putBack: IDS, left: [] });
  expect(done.notes).toEqual([
    'The others are still in the trash; put them back again. This is not in the trash any more.',
  ]);
  expect(await codeOf(putBack(folder, [gone, there]))).toBe('snapshot-missing');
});

test('the view of the trash and what empties it mean the same contents', async () => {
  const { folder } = await pruned();
  const { planId, files, bytes } = await viewTrash(folder);
  expect(await describeTrash(folder)).toMatchObject({ planId, files, bytes });
  await putSnapshot(folder, 'rewind/20260302T000000Z', 'another');
  await applyPrune(folder, { by: 'choice', ids: ['rewind/20260302T000000Z'] });
  expect(await codeOf(emptyTrash(folder, { planId }))).toBe('plan-stale');
  expect((await viewTrash(folder)).files).toBe(3);
});
