import { execFileSync } from 'node:child_process';
import { chmod, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listSnapshots } from '../../src/catalog/catalog.ts';
import { describeList } from '../../src/cli/report.ts';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { appendJournal } from '../../src/journal/journal.ts';
import type { PrunePolicy } from '../../src/model/prune.ts';
import { takeIfDue } from '../../src/prune/due.ts';
import { applyPrune, planPrune } from '../../src/prune/prune.ts';
import { listSnapshotFiles } from '../../src/snapshots/files.ts';
import { codeOf, makeChat, makeRoot, putSnapshot } from '../support/place.ts';
import { runAsNobody, start } from '../support/process.ts';
import { defaultRules } from '../support/rules.ts';

const root = makeRoot();

const now = new Date('2026-03-20T12:00:00.000Z');
const checkpoints: PrunePolicy = { by: 'count', kind: 'periodic', keep: 2 };

async function makeSnapshots(...ids: readonly string[]): Promise<DataFolder> {
  const folder = await makeChat(root());
  for (const id of ids) await putSnapshot(folder, id, `contents of ${id}`);
  return folder;
}

async function idsOf(folder: DataFolder) {
  return (await listSnapshotFiles(folder)).map(({ id }) => id);
}

const days = (kind: string, ...numbers: readonly number[]) =>
  numbers.map((day) => `${kind}/202603${String(day).padStart(2, '0')}T120000Z`);

test('a plan lists what is pruned, why and how many bytes, and writes nothing', async () => {
  const folder = await makeSnapshots(...days('periodic', 1, 2, 3, 4));
  const before = await readdir(folder.dir, { recursive: true });
  const plan = await planPrune(folder, checkpoints, { now });
  expect(plan).toMatchObject({
    policy: checkpoints,
    goes: days('periodic', 2, 1).map((id) => ({ id, reason: 'beyond-newest', sizeBytes: 37 })),
    stays: [],
    bytes: 74,
  });
  expect(plan.goes[0]?.takenAt).toBe('2026-03-02T12:00:00.000Z');
  expect(await readdir(folder.dir, { recursive: true })).toEqual(before);
});

test('pruned files are moved whole into the trash, with a manifest from which they can be put back', async () => {
  const folder = await makeSnapshots(...days('periodic', 1, 2, 3, 4), ...days('rewind', 1));
  const plan = await planPrune(folder, checkpoints, { now });
  const receipt = await applyPrune(folder, checkpoints, { planId: plan.planId, now });
  expect(receipt).toMatchObject({ planId: plan.planId, moved: days('periodic', 2, 1), bytes: 74 });
  expect(await idsOf(folder)).toEqual([...days('periodic', 4, 3), ...days('rewind', 1)]);
  const manifest = JSON.parse(await readFile(join(receipt.trashFolder, 'manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ format: 1, planId: plan.planId, policy: checkpoints });
  for (const { id, from, to } of manifest.files) {
    expect(await readFile(join(receipt.trashFolder, to), 'utf8')).toBe(`contents of ${id}`);
    expect(from).toBe(`snapshots/${id}.json`);
  }
});

test('by age, a snapshot is pruned as soon as the time in its name reaches the limit', async () => {
  const folder = await makeSnapshots('rewind/20260306T120000Z', 'rewind/20260306T120001Z');
  const policy: PrunePolicy = { by: 'age', kind: 'rewind', olderThanDays: 14 };
  expect((await planPrune(folder, policy, { now })).goes).toMatchObject([
    { id: 'rewind/20260306T120000Z', reason: 'older-than' },
  ]);
});

test('by choice, each chosen snapshot is pruned once, whatever its name', async () => {
  const folder = await makeSnapshots(
    ...days('periodic', 1, 2),
    'weekly/before the storm',
    'periodic/__proto__',
  );
  const ids = ['weekly/before the storm', 'periodic/__proto__', 'weekly/before the storm'];
  const receipt = await applyPrune(folder, { by: 'choice', ids });
  expect([...receipt.moved].sort()).toEqual(['periodic/__proto__', 'weekly/before the storm']);
  expect(await idsOf(folder)).toEqual(days('periodic', 2, 1));
});

describe('what a plan lists but must not prune stays, with the reason', () => {
  test('the safety copy that undo needs, even when it is chosen', async () => {
    const folder = await makeSnapshots(...days('restore', 1, 2));
    const policy: PrunePolicy = { by: 'choice', ids: days('restore', 1, 2) };
    const receipt = await applyPrune(folder, policy);
    expect(receipt.moved).toEqual(days('restore', 1));
    expect((await planPrune(folder, { by: 'choice', ids: days('restore', 2) })).stays).toEqual([
      { id: days('restore', 2)[0], reason: 'needed-by-undo' },
    ]);
    expect(await codeOf(applyPrune(folder, { by: 'choice', ids: days('restore', 2) }))).toBe(
      'snapshot-needed',
    );
    expect(await idsOf(folder)).toEqual(days('restore', 2));
  });

  test('the newest ten safety copies and those of the last 14 days, by a policy but not by choice', async () => {
    const old = Array.from({ length: 12 }, (_, index) => `restore/202601${10 + index}T000000Z`);
    const folder = await makeSnapshots(...old, ...days('restore', 10));
    const policy: PrunePolicy = { by: 'count', kind: 'restore', keep: 0 };
    const plan = await planPrune(folder, policy, { now });
    expect(plan.goes.map(({ id }) => id)).toEqual(old.slice(0, 3).reverse());
    expect(plan.stays.map(({ reason }) => reason)).toEqual([
      'needed-by-undo',
      ...Array(9).fill('safety-copy-too-young'),
    ]);
    const young = await makeSnapshots(
      ...Array.from({ length: 12 }, (_, index) => days('restore', 7 + index)[0] ?? ''),
    );
    expect((await planPrune(young, policy, { now })).goes).toEqual([]);
    const chosen = await planPrune(young, { by: 'choice', ids: days('restore', 7) }, { now });
    expect(chosen.goes).toMatchObject([{ id: days('restore', 7)[0] }]);
  });

  test('no safety copy is pruned automatically, however many and old they are, but a policy prunes all that are offered', async () => {
    const old = Array.from({ length: 13 }, (_, index) => `restore/202601${10 + index}T000000Z`);
    const folder = await makeSnapshots(...old);
    expect(await takeIfDue(folder)).toMatchObject({ taken: true, retired: [] });
    const offered = (await listSnapshots(folder)).filter(({ retention }) => retention.status === 'offered');
    expect(offered.map(({ id }) => id)).toEqual(old.slice(0, 3).reverse());
    expect(describeList(offered, defaultRules, new Date()).join('\n')).toContain('can be pruned');
    for (const policy of [
      { by: 'count', kind: 'restore', keep: 0 },
      { by: 'age', kind: 'restore', olderThanDays: 0 },
    ] as const)
      expect((await planPrune(folder, policy)).goes.map(({ id }) => id)).toEqual(offered.map(({ id }) => id));
  });

  test('a file that cannot be read', async () => {
    const folder = await makeSnapshots(...days('periodic', 4, 3, 1));
    const place = join(folder.dir, 'snapshots/periodic');
    execFileSync('mkfifo', [join(place, '20260302T120000Z.json')]);
    await symlink('nowhere', join(place, '20260228T120000Z.json'));
    const plan = await planPrune(folder, checkpoints, { now });
    expect(plan.goes.map(({ id }) => id)).toEqual(days('periodic', 1));
    expect(plan.stays).toEqual([
      { id: days('periodic', 2)[0], reason: 'unreadable' },
      { id: 'periodic/20260228T120000Z', reason: 'unreadable' },
    ]);
  });

  test.skipIf(process.platform === 'win32')(
    'a file that the system does not let us read, whether a rule or a person names it',
    async () => {
      const ids = [1, 2, 3].map((day) => `rewind/2020030${day}T120000Z`);
      const folder = await makeSnapshots(...ids);
      const [unreadable = ''] = ids;
      await chmod(folder.dir, 0o755);
      await chmod(join(folder.dir, 'snapshots', `${unreadable}.json`), 0);
      for (const policy of [
        { by: 'age', kind: 'rewind', olderThanDays: 14 },
        { by: 'count', kind: 'rewind', keep: 0 },
        { by: 'choice', ids },
      ] satisfies readonly PrunePolicy[]) {
        const { goes, stays } = JSON.parse(await runAsNobody('prune', folder.dir, JSON.stringify(policy)));
        expect(stays).toEqual([{ id: unreadable, reason: 'unreadable' }]);
        expect(goes).toHaveLength(2);
      }
    },
  );
});

describe('nothing is moved', () => {
  test('if the snapshots have changed since the plan', async () => {
    const folder = await makeSnapshots(...days('periodic', 1, 2, 3));
    const { planId } = await planPrune(folder, checkpoints, { now });
    await putSnapshot(folder, days('periodic', 1)[0] ?? '', 'other contents');
    expect(await codeOf(applyPrune(folder, checkpoints, { planId, now }))).toBe('plan-stale');
    expect(await idsOf(folder)).toEqual(days('periodic', 3, 2, 1));
    expect(await readdir(folder.dir)).not.toContain('snapback');
  });

  test('if nothing would be pruned, or after a cancel', async () => {
    const folder = await makeSnapshots(...days('periodic', 1, 2, 3));
    expect(await codeOf(applyPrune(folder, { ...checkpoints, keep: 3 }))).toBe('nothing-to-prune');
    const cancelled = applyPrune(folder, checkpoints, {}, { signal: AbortSignal.abort() });
    expect(await codeOf(cancelled)).toBe('cancelled');
    expect(await idsOf(folder)).toEqual(days('periodic', 3, 2, 1));
  });

  test.each<[PrunePolicy, string]>([
    [{ by: 'choice', ids: [] }, 'usage'],
    [{ by: 'choice', ids: ['periodic'] }, 'usage'],
    [{ by: 'choice', ids: ['periodic/../x'] }, 'snapshot-unsafe'],
    [{ by: 'choice', ids: ['periodic/20200101T000000Z'] }, 'snapshot-missing'],
    [{ by: 'count', kind: '../x', keep: 1 }, 'usage'],
    [{ by: 'count', kind: 'periodic', keep: -1 }, 'usage'],
    [{ by: 'count', kind: 'periodic', keep: 1.5 }, 'usage'],
    [{ by: 'count', kind: 'periodic', keep: Number.NaN }, 'usage'],
    [{ by: 'age', kind: 'periodic', olderThanDays: Number.POSITIVE_INFINITY }, 'usage'],
  ])('for %j', async (policy, code) => {
    const folder = await makeSnapshots(...days('periodic', 1));
    expect(await codeOf(planPrune(folder, policy))).toBe(code);
  });
});

test('a file that the host removes meanwhile is left out of the receipt', async () => {
  const folder = await makeSnapshots(...days('periodic', 1, 2, 3, 4));
  const gone = join(folder.dir, 'snapshots', `${days('periodic', 1)[0]}.json`);
  const onProgress = ({ done }: { readonly done: number }) =>
    done === 0 ? execFileSync('rm', ['-f', gone]) : null;
  const receipt = await applyPrune(folder, checkpoints, {}, { onProgress });
  expect(receipt).toMatchObject({ moved: days('periodic', 2), bytes: 37 });
});

test('a file that the host replaces meanwhile stays, and is left out of the receipt', async () => {
  const ids = days('periodic', 1, 2, 3, 4);
  const folder = await makeSnapshots(...ids);
  const replaced = join(folder.dir, 'snapshots', `${ids[0]}.json`);
  const onProgress = ({ done }: { readonly done: number }) =>
    done === 0 ? execFileSync('sh', ['-c', 'printf new > "$1.x" && mv "$1.x" "$1"', 'sh', replaced]) : null;
  const receipt = await applyPrune(folder, checkpoints, {}, { onProgress });
  expect(receipt).toMatchObject({ moved: days('periodic', 2), bytes: 37 });
  expect(await readFile(replaced, 'utf8')).toBe('new');
});

test('two prunes in the same second get separate folders in the trash', async () => {
  const folder = await makeSnapshots(...days('periodic', 1, 2), ...days('weekly', 1, 2));
  const receipts = await Promise.all(
    ['periodic', 'weekly'].map((kind) => applyPrune(folder, { by: 'count', kind, keep: 1 })),
  );
  expect(new Set(receipts.map(({ trashFolder }) => trashFolder)).size).toBe(2);
  for (const { trashFolder } of receipts) expect(await readdir(trashFolder)).toHaveLength(2);
});

describe('if a prune is killed', () => {
  test.each([0, 2])(
    'after %i moves, each file is in one place or the other, and the manifest names all',
    async (after) => {
      const ids = days('periodic', 1, 2, 3, 4);
      const folder = await makeSnapshots(...ids);
      const child = start('prune-and-die.ts', { args: [folder.dir, String(after)] });
      await child.ended;
      expect(child.process.signalCode).toBe('SIGKILL');
      const trash = join(folder.dir, 'snapback/trash');
      const [name = ''] = await readdir(trash);
      const manifest = JSON.parse(await readFile(join(trash, name, 'manifest.json'), 'utf8'));
      expect(manifest.files.map(({ id }: { id: string }) => id).sort()).toEqual(ids);
      const left = await idsOf(folder);
      expect(left).toHaveLength(ids.length - after);
      for (const { id, from, to } of manifest.files) {
        const place = left.includes(id) ? join(folder.dir, from) : join(trash, name, to);
        expect(await readFile(place, 'utf8')).toBe(`contents of ${id}`);
      }
      expect((await applyPrune(folder, { by: 'count', kind: 'periodic', keep: 0 })).moved).toEqual(left);
    },
  );
});

test('a trash folder that links elsewhere is not used', async () => {
  const folder = await makeSnapshots(...days('periodic', 1, 2, 3));
  const elsewhere = await makeChat(root());
  await symlink(elsewhere.dir, join(folder.dir, 'snapback'));
  expect(await codeOf(applyPrune(folder, checkpoints))).toBe('snapshot-unsafe');
  await rm(join(folder.dir, 'snapback'));
  expect(await idsOf(folder)).toEqual(days('periodic', 3, 2, 1));
  expect(basename((await applyPrune(folder, checkpoints)).trashFolder)).toMatch(/^\d{8}T\d{6}Z$/);
});

test('the checkpoint of the newest restore cannot be pruned as long as no newer one stays', async () => {
  const folder = await makeSnapshots(...days('periodic', 1, 2, 3));
  const [newest, middle] = days('periodic', 3, 2);
  const entry = { type: 'checkpoint-published', planId: 'a'.repeat(64), at: now.toISOString() } as const;
  await appendJournal(folder, { ...entry, checkpointId: newest ?? null });
  const all: PrunePolicy = { by: 'count', kind: 'periodic', keep: 0 };
  expect((await planPrune(folder, all, { now })).stays).toEqual([
    { id: newest, reason: 'needed-at-next-start' },
  ]);
  const chosen: PrunePolicy = { by: 'choice', ids: [newest ?? ''] };
  expect(await codeOf(applyPrune(folder, chosen, { now }))).toBe('snapshot-needed');
  await appendJournal(folder, { ...entry, checkpointId: middle ?? null });
  expect((await planPrune(folder, { by: 'choice', ids: [middle ?? ''] }, { now })).stays).toEqual([]);
});
