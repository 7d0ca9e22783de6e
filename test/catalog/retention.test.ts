import { expect, test } from 'vitest';
import { explainRetention } from '../../src/catalog/retention.ts';
import type { DataFolder } from '../../src/host/data-folder.ts';
import type { Need } from '../../src/model/snapshots.ts';
import { listSnapshotFiles } from '../../src/snapshots/files.ts';
import { makeChat, makeRoot, putSnapshot } from '../support/place.ts';

const root = makeRoot();

const now = new Date('2026-03-20T12:00:00.000Z');

async function explain(folder: DataFolder, needed: readonly (readonly [string, Need])[] = []) {
  const files = await listSnapshotFiles(folder);
  return Object.fromEntries(explainRetention(files, folder.profile, new Map(needed), now));
}

test('the newest five checkpoints are kept, the fifth is the next to be pruned, older ones are due', async () => {
  const folder = await makeChat(root());
  for (const day of [1, 2, 3, 4, 5, 6, 7]) await putSnapshot(folder, `periodic/2026030${day}T000000Z`);
  const retention = await explain(folder);
  const kept = { reason: 'among-newest', goesAt: null, keep: 5 };
  expect(retention['periodic/20260307T000000Z']).toEqual({ ...kept, status: 'kept', rank: 1 });
  expect(retention['periodic/20260304T000000Z']).toEqual({ ...kept, status: 'kept', rank: 4 });
  expect(retention['periodic/20260303T000000Z']).toEqual({ ...kept, status: 'goes-next', rank: 5 });
  expect(retention['periodic/20260302T000000Z']).toEqual({
    ...kept,
    status: 'due',
    reason: 'beyond-newest',
    rank: 6,
  });
});

test('a copy before a rewind is kept for 14 days from the time in its name, to the second', async () => {
  const folder = await makeChat(root());
  for (const name of ['20260306T120001Z', '20260306T120000Z']) await putSnapshot(folder, `rewind/${name}`);
  const retention = await explain(folder);
  const none = { rank: null, keep: null };
  expect(retention['rewind/20260306T120001Z']).toEqual({
    ...none,
    status: 'kept',
    reason: 'within-age',
    goesAt: '2026-03-20T12:00:01.000Z',
  });
  expect(retention['rewind/20260306T120000Z']).toEqual({
    ...none,
    status: 'due',
    reason: 'age-passed',
    goesAt: '2026-03-20T12:00:00.000Z',
  });
});

test('a file without a time in its name is judged by its modification time', async () => {
  const folder = await makeChat(root());
  await putSnapshot(folder, 'rewind/before the storm', '{}', new Date('2026-03-01T00:00:00.000Z'));
  expect((await explain(folder))['rewind/before the storm']).toMatchObject({
    status: 'due',
    goesAt: '2026-03-15T00:00:00.000Z',
  });
});

test('no rule prunes a safety copy, what undo or the next start needs, or an unknown kind', async () => {
  const folder = await makeChat(root());
  const ids = ['restore', 'rewind', 'weekly', 'periodic'].map((kind) => `${kind}/20200101T000000Z`);
  for (const id of ids) await putSnapshot(folder, id);
  const kept = { status: 'kept', goesAt: null, rank: null, keep: null };
  expect(
    await explain(folder, [
      ['rewind/20200101T000000Z', 'needed-by-undo'],
      ['periodic/20200101T000000Z', 'needed-at-next-start'],
    ]),
  ).toEqual({
    'periodic/20200101T000000Z': { ...kept, reason: 'needed-at-next-start' },
    'restore/20200101T000000Z': { ...kept, reason: 'safety-copy', rank: 1, keep: 10 },
    'rewind/20200101T000000Z': { ...kept, reason: 'needed-by-undo' },
    'weekly/20200101T000000Z': { ...kept, reason: 'no-rule' },
  });
});

test('safety copies beyond the newest ten are kept for 14 days, then offered for pruning, and never due', async () => {
  const folder = await makeChat(root());
  const names = [
    '20260306T120000Z',
    '20260306T120001Z',
    ...Array.from({ length: 10 }, (_, index) => `20260101T00000${index}Z`),
  ];
  for (const name of names) await putSnapshot(folder, `restore/${name}`);
  for (let index = 0; index < 10; index += 1) await putSnapshot(folder, `restore/20260310T00000${index}Z`);
  const retention = await explain(folder);
  const beyond = { keep: 10, goesAt: '2026-03-20T12:00:01.000Z' };
  expect(retention['restore/20260310T000000Z']).toMatchObject({
    status: 'kept',
    reason: 'safety-copy',
    goesAt: null,
    rank: 10,
  });
  expect(retention['restore/20260306T120001Z']).toEqual({
    ...beyond,
    status: 'kept',
    reason: 'safety-copy',
    rank: 11,
  });
  expect(retention['restore/20260306T120000Z']).toEqual({
    ...beyond,
    goesAt: '2026-03-20T12:00:00.000Z',
    status: 'offered',
    reason: 'safety-copy-passed',
    rank: 12,
  });
  const statuses = Object.values(retention).map(({ status }) => status);
  expect(statuses.filter((status) => status === 'offered')).toHaveLength(11);
  expect(statuses).not.toContain('due');
});
