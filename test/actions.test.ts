import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  applyRestore,
  applyUndo,
  buildDemo,
  diffSnapshot,
  listSnapshots,
  openDataFolder,
  planRestore,
  type TaskOptions,
  takeSnapshot,
} from '../src/index.ts';
import { NOW, restoring } from './support/requests.ts';

const place = mkdtempSync(join(tmpdir(), 'snapback-test-actions-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('everything that takes long tells one progress over all its phases, which never goes back and ends at 1', async () => {
  const dir = join(place, 'demo');
  await buildDemo(dir, {}, {});
  const folder = await openDataFolder(dir);
  const newest = (await listSnapshots(folder)).find(({ kind }) => kind === 'rewind');
  const request = restoring(newest?.id ?? '');
  const consents = { acceptDrift: false, acceptOtherTimeline: false };
  const actions: { readonly [name: string]: (task: TaskOptions) => Promise<unknown> } = {
    list: (task) => listSnapshots(folder, { check: true }, task),
    diff: (task) => diffSnapshot(folder, request.snapshotId, task),
    take: (task) => takeSnapshot(folder, 'rewind', task),
    plan: (task) => planRestore(folder, request, task),
    apply: (task) => applyRestore(folder, request, NOW, task),
    undo: (task) => applyUndo(folder, consents, NOW, task),
  };
  for (const [name, run] of Object.entries(actions)) {
    const told: number[] = [];
    await run({ onProgress: ({ overall }) => told.push(overall?.fraction ?? Number.NaN) });
    expect([name, told]).toEqual([name, told.toSorted((a, b) => a - b)]);
    expect([name, told.at(-1)]).toEqual([name, 1]);
    expect(told.length, name).toBeGreaterThan(1);
  }
});
