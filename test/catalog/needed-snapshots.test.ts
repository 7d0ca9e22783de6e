import { chmod } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { listSnapshots } from '../../src/catalog/catalog.ts';
import { recall } from '../../src/catalog/memory.ts';
import { findNeeded } from '../../src/catalog/needed-snapshots.ts';
import { type DataFolder, openDataFolder } from '../../src/host/data-folder.ts';
import { appendJournal, type NewJournalEntry } from '../../src/journal/journal.ts';
import { listSnapshotFiles } from '../../src/snapshots/files.ts';
import { makeChat, makeDir, makeRoot, putSnapshot } from '../support/place.ts';
import { receipt } from '../support/plan.ts';
import { runAsNobody } from '../support/process.ts';

const root = makeRoot();

const now = new Date('2026-03-20T12:00:00.000Z');
const at = now.toISOString();
const WHOLE = '{"last_event_id": 3, "event_log": []}';
const CUT = '{"last_event_id": 3, "event_log": [{"id": 1';

const day = (kind: string, number: number) => `${kind}/202603${String(number).padStart(2, '0')}T120000Z`;
const checkpoint = (number: number) => day('periodic', number);
const copy = (number: number) => day('restore', number);

/** Writes each checkpoint whole, except those in `cut`. */
async function makeCheckpoints(folder: DataFolder, numbers: readonly number[], cut: readonly number[] = []) {
  for (const number of numbers)
    await putSnapshot(folder, checkpoint(number), cut.includes(number) ? CUT : WHOLE);
}

type Taken = { readonly going?: readonly string[] };

async function find(folder: DataFolder, { going }: Taken = {}) {
  const files = await listSnapshotFiles(folder);
  const taken = going === undefined ? {} : { going: files.filter(({ id }) => going.includes(id)) };
  return findNeeded(folder, files, { ...taken, memory: await recall(folder), now });
}

async function atNextStart(folder: DataFolder, ...going: readonly number[]) {
  const needed = await find(folder, going.length === 0 ? {} : { going: going.map(checkpoint) });
  return [...needed].flatMap(([id, need]) => (need === 'needed-at-next-start' ? [id] : []));
}

async function record(folder: DataFolder, ...entries: readonly NewJournalEntry[]) {
  for (const entry of entries) await appendJournal(folder, entry);
}

const prepare = (planId: string, safetyCopyId: string, checkpointDraft: string | null): NewJournalEntry => ({
  type: 'prepared',
  planId,
  action: 'restore',
  snapshotId: 'rewind/20260101T000000Z',
  safetyCopyId,
  checkpointDraft,
  at,
});

const commit = (
  planId: string,
  safetyCopyId: string,
  given: { readonly checkpointId?: string; readonly mode?: 'projections' } = {},
): NewJournalEntry => ({
  type: 'committed',
  at,
  receipt: {
    ...receipt,
    ...{ planId, snapshotId: 'rewind/20260101T000000Z', safetyCopyId, finishedAt: at },
    ...{ mode: given.mode ?? 'full', checkpointId: given.checkpointId ?? null },
  },
});

test('undo needs the newest safety copy, that of the newest committed restore, and that of one with an unknown outcome', async () => {
  const folder = await makeChat(root());
  for (const number of [1, 2, 3, 4, 5]) await putSnapshot(folder, copy(number));
  expect([...(await find(folder))]).toEqual([[copy(5), 'needed-by-undo']]);
  await record(folder, prepare('a', copy(1), null), commit('a', copy(1)));
  await record(folder, prepare('b', copy(2), null), commit('b', copy(2)));
  await record(folder, prepare('c', copy(3), null), prepare('d', copy(4), null));
  await record(folder, { type: 'aborted', planId: 'd', code: 'plan-stale', at });
  expect([...(await find(folder)).keys()].sort()).toEqual([copy(2), copy(3), copy(5)]);
});

describe('the next start needs', () => {
  test('no checkpoint if nothing was restored', async () => {
    const folder = await makeChat(root());
    await makeCheckpoints(folder, [1, 2]);
    expect(await atNextStart(folder)).toEqual([]);
  });

  test('the newest checkpoint from after the last full restore, if no other one from after it stays', async () => {
    const folder = await makeChat(root());
    await makeCheckpoints(folder, [1, 2, 3, 4, 5]);
    await record(folder, commit('a', copy(2), { checkpointId: checkpoint(3) }));
    expect(await atNextStart(folder)).toEqual([checkpoint(5)]);
    expect(await atNextStart(folder, 3, 4, 5)).toEqual([checkpoint(5)]);
    for (const going of [[5], [4, 5], [3], [3, 5], [1, 2]])
      expect(await atNextStart(folder, ...going)).toEqual([]);
  });

  test('the last checkpoint from after it, if the restore’s own was pruned earlier', async () => {
    const folder = await makeChat(root());
    await makeCheckpoints(folder, [1, 2, 4]);
    await record(folder, commit('a', copy(2), { checkpointId: checkpoint(3) }));
    expect(await atNextStart(folder, 4)).toEqual([checkpoint(4)]);
  });

  test('a whole checkpoint: a newer one that is damaged or cannot be opened does not replace it', async () => {
    const folder = await makeChat(root());
    await makeCheckpoints(folder, [1, 2, 3, 4, 5], [4, 5]);
    await putSnapshot(folder, `${checkpoint(6)}.json/folder`);
    await record(folder, commit('a', copy(2), { checkpointId: checkpoint(3) }));
    expect(await atNextStart(folder)).toEqual([checkpoint(3)]);
    expect(await atNextStart(folder, 3)).toEqual([checkpoint(3)]);
    expect(await atNextStart(folder, 4, 5)).toEqual([]);
  });

  test('a checkpoint that was not found damaged when it was read in full', async () => {
    const { dir } = await makeChat(root());
    const folder = await openDataFolder(dir, { cacheDir: await makeDir(root()) });
    await makeCheckpoints(folder, [1, 3]);
    await putSnapshot(folder, checkpoint(4), '{"last_event_id": 3, "event_log": [{"id": tru}]}');
    await record(folder, commit('a', copy(2), { checkpointId: checkpoint(3) }));
    expect(await atNextStart(folder)).toEqual([checkpoint(4)]);
    await listSnapshots(folder, { check: true });
    expect(await atNextStart(folder)).toEqual([checkpoint(3)]);
  });

  test('the newest damaged checkpoint if none is whole, so that the host cannot silently load an older one', async () => {
    const folder = await makeChat(root());
    await makeCheckpoints(folder, [1, 3, 4], [3, 4]);
    await record(folder, commit('a', copy(2), { checkpointId: checkpoint(3) }));
    expect(await atNextStart(folder, 3, 4)).toEqual([checkpoint(4)]);
    expect(await atNextStart(folder, 3)).toEqual([]);
  });

  test('only a checkpoint from after the undo, once there was an undo', async () => {
    const folder = await makeChat(root());
    await makeCheckpoints(folder, [1, 3, 4, 6]);
    await record(folder, commit('a', copy(2), { checkpointId: checkpoint(3) }));
    await record(folder, commit('undo', copy(5), { checkpointId: checkpoint(6) }));
    expect(await atNextStart(folder, 6)).toEqual([checkpoint(6)]);
  });

  test('the same as before after a restore of projections alone, which does not touch the log', async () => {
    const folder = await makeChat(root());
    await makeCheckpoints(folder, [1, 3]);
    await record(folder, commit('a', copy(2), { checkpointId: checkpoint(3) }));
    await record(folder, prepare('b', copy(4), null), commit('b', copy(4), { mode: 'projections' }));
    expect(await atNextStart(folder, 3)).toEqual([checkpoint(3)]);
  });

  test('one from after the safety copy, if the name of the restore’s own was not recorded', async () => {
    const folder = await makeChat(root());
    await makeCheckpoints(folder, [1, 2, 3]);
    await putSnapshot(folder, copy(2));
    // Dated in the future, and written before the restore.
    const old = new Date('2026-03-01T00:00:00.000Z');
    await putSnapshot(folder, 'periodic/20991231T235959Z', WHOLE, old);
    await record(folder, prepare('a', copy(2), '.snapback-1-0123456789abcdef.part'));
    await record(folder, { type: 'recovered', planId: 'a', safetyCopyId: copy(2), at });
    await record(folder, { type: 'checkpoint-published', planId: 'a', checkpointId: null, at });
    expect(await atNextStart(folder, 3)).toEqual([checkpoint(3)]);
    expect(await atNextStart(folder, 2)).toEqual([]);
  });

  test('one from after a restore of which neither its mode nor its safety copy is left: it may have been a full one', async () => {
    const folder = await makeChat(root());
    await makeCheckpoints(folder, [1, 3]);
    await record(folder, { type: 'recovered', planId: 'a', safetyCopyId: copy(2), at });
    expect(await atNextStart(folder, 3)).toEqual([checkpoint(3)]);
  });

  test.skipIf(process.platform === 'win32')(
    'one from after a safety copy that the system does not let us read, which may be of a full restore',
    async () => {
      const folder = await makeChat(root());
      await makeCheckpoints(folder, [1, 3]);
      await chmod(await putSnapshot(folder, copy(2)), 0);
      await chmod(folder.dir, 0o755);
      const policy = { by: 'choice', ids: [checkpoint(1), checkpoint(3)] };
      const { stays } = JSON.parse(await runAsNobody('prune', folder.dir, JSON.stringify(policy)));
      expect(stays).toEqual([{ id: checkpoint(3), reason: 'needed-at-next-start' }]);
    },
  );
});
