import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { keepSnapshot } from '../../src/prune/kept.ts';
import { applyPrune } from '../../src/prune/prune.ts';
import { describeSpace } from '../../src/prune/space.ts';
import { describeTrash, emptyTrash } from '../../src/prune/trash.ts';
import { makeChat, makeRoot, putSnapshot } from '../support/place.ts';

const root = makeRoot();
const TEN = 'ten bytes.';
const days = (kind: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${kind}/2026030${index + 1}T120000Z`);

async function makeSnapshots(...ids: readonly string[]) {
  const folder = await makeChat(root());
  for (const id of ids) await putSnapshot(folder, id, TEN);
  return folder;
}

test('a folder without snapshots takes nothing, and nothing is suggested or written', async () => {
  const folder = await makeChat(root());
  expect(await describeSpace(folder)).toEqual({
    kinds: [],
    trash: { snapshots: 0, bytes: 0 },
    totalBytes: 0,
    suggestion: null,
  });
  expect(await readdir(folder.dir)).not.toContain('snapback');
});

test('space is told by kind with the trash, and the parts come to the total', async () => {
  const folder = await makeSnapshots(...days('periodic', 4), ...days('rewind', 2), 'weekly/one');
  await applyPrune(folder, { by: 'count', kind: 'periodic', keep: 3 });
  expect(await describeSpace(folder)).toMatchObject({
    kinds: [
      { kind: 'periodic', snapshots: 3, bytes: 30 },
      { kind: 'rewind', snapshots: 2, bytes: 20 },
      { kind: 'weekly', snapshots: 1, bytes: 10 },
    ],
    trash: { snapshots: 1, bytes: 10 },
    totalBytes: 70,
  });
});

test('the rule that frees the most is suggested, and pruning by it moves exactly that', async () => {
  const folder = await makeSnapshots(...days('periodic', 9), ...days('rewind', 3));
  const { suggestion } = await describeSpace(folder);
  expect(suggestion).toEqual({
    policy: { by: 'count', kind: 'periodic', keep: 5 },
    snapshots: 4,
    bytes: 40,
  });
  const receipt = await applyPrune(folder, suggestion?.policy ?? { by: 'choice', ids: [] });
  expect(receipt).toMatchObject({ bytes: 40, moved: { length: 4 } });
  expect((await describeSpace(folder)).suggestion).toMatchObject({ policy: { by: 'age', kind: 'rewind' } });
});

test('a snapshot that is kept as well takes its space once, and emptying the trash frees none of it', async () => {
  const [first = '', ...others] = days('periodic', 7);
  const folder = await makeSnapshots(first, ...others);
  await keepSnapshot(folder, first);
  const space = await describeSpace(folder);
  expect(space.totalBytes).toBe(70);
  expect(space.kinds.find(({ kind }) => kind === '@kept')).toMatchObject({ snapshots: 1, bytes: 10 });
  expect(space.suggestion).toMatchObject({ snapshots: 2, bytes: 10 });
  await applyPrune(folder, { by: 'count', kind: 'periodic', keep: 5 });
  expect(await describeTrash(folder)).toMatchObject({ files: 2, bytes: 20, freesBytes: 10 });
  expect((await describeSpace(folder)).totalBytes).toBe(70);
  expect(await emptyTrash(folder)).toMatchObject({ files: 2, bytes: 20, freesBytes: 10 });
  expect((await describeSpace(folder)).totalBytes).toBe(60);
});

test('what was kept and pruned under both names is freed once', async () => {
  const [id = ''] = days('periodic', 1);
  const folder = await makeSnapshots(id);
  const kept = await keepSnapshot(folder, id);
  await applyPrune(folder, { by: 'choice', ids: [id, kept.id] });
  expect(await describeTrash(folder)).toMatchObject({ files: 2, bytes: 20, freesBytes: 10 });
});
