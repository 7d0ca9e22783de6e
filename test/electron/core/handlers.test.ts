import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WindowEvent } from '../../../electron/contract.ts';
import { createHandlers, type Handlers } from '../../../electron/core/handlers.ts';
import { createOpenFolders } from '../../../electron/core/open-folders.ts';
import { defaultRestoreOptions } from '../../../src/index.ts';

const NO_CONSENTS = { acceptDrift: false, acceptOtherTimeline: false };

const folderId = 'folder-1';
const task = {};
let home = '';
let dir = '';
let handlers: Handlers;
let events: WindowEvent[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'snapback-handlers-'));
  events = [];
  handlers = createHandlers(
    createOpenFolders((event) => events.push(event)),
    { nativeBinding: undefined, sqliteTempDirs: [] },
  );
  dir = await handlers['private.prepare-demo']({ home, fresh: false }, task);
  await handlers['private.open']({ folderId, dir, database: null, cacheDir: join(home, 'cache') }, task);
});
afterEach(async () => {
  await handlers['private.close']({ folderId }, task);
  rmSync(home, { recursive: true, force: true });
});

const newestRewind = async () => {
  const list = await handlers['snapshots.list']({ folderId }, task);
  const found = list.find(({ kind }) => kind === 'rewind');
  if (found === undefined) throw new Error('the demo has no snapshot from before its rewind');
  return found.id;
};

function asText(said: unknown): string {
  return JSON.stringify(said, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

describe('what the core answers', () => {
  test('no path crosses with the list, and what is unchecked is checked by itself', async () => {
    const list = await handlers['snapshots.list']({ folderId }, task);
    expect(asText(list)).not.toContain(home);
    const unchecked = list.filter(({ health }) => health === 'unchecked').map(({ id }) => id);
    expect(unchecked.length).toBeGreaterThan(0);
    await vi.waitFor(
      () => {
        const checked = events.flatMap((event) =>
          event.type === 'snapshot-checked' ? [event.snapshot.id] : [],
        );
        expect(checked).toEqual(expect.arrayContaining(unchecked));
      },
      { timeout: 30_000 },
    );
  });

  test('no path crosses with plans and receipts either; where the safety copy goes is said from the folder on', async () => {
    const snapshotId = await newestRewind();
    const options = defaultRestoreOptions;
    const plan = await handlers['restore.plan']({ folderId, snapshotId, options }, task);
    expect(plan.safetyCopy.folder).toBe(join('snapshots', 'restore'));
    const apply = { folderId, planId: plan.planId, whileOpen: false, ...NO_CONSENTS };
    const receipt = await handlers['plan.apply'](apply, task);
    const undo = await handlers['undo.plan']({ folderId, ...NO_CONSENTS }, task);
    const policy = { by: 'count', kind: 'periodic', keep: 1 } as const;
    const prune = await handlers['prune.plan']({ folderId, policy }, task);
    const pruned = await handlers['prune.apply']({ folderId, planId: prune.planId }, task);
    expect(pruned.trashFolder).toMatch(/^snapback.trash/);
    const facts = await handlers['folder.facts']({ folderId }, task);
    for (const said of [plan, receipt, undo, prune, pruned, facts]) expect(asText(said)).not.toContain(home);
  });

  test('a plan is applied once, and only by the id of one that was made', async () => {
    const snapshotId = await newestRewind();
    const unknown = { folderId, planId: 'f'.repeat(64), whileOpen: false, ...NO_CONSENTS };
    await expect(handlers['plan.apply'](unknown, task)).rejects.toMatchObject({ code: 'plan-stale' });
    const plan = await handlers['restore.plan'](
      { folderId, snapshotId, options: defaultRestoreOptions },
      task,
    );
    const apply = { folderId, planId: plan.planId, whileOpen: false, ...NO_CONSENTS };
    expect(await handlers['plan.apply'](apply, task)).toMatchObject({
      planId: plan.planId,
      action: 'restore',
    });
    await expect(handlers['plan.apply'](apply, task)).rejects.toMatchObject({ code: 'plan-stale' });
  });

  test('a plan to prune can’t be applied as a restore, nor the other way round', async () => {
    const before = readdirSync(join(dir, 'snapshots/periodic'));
    const prune = await handlers['prune.plan'](
      { folderId, policy: { by: 'count', kind: 'periodic', keep: 1 } },
      task,
    );
    const asRestore = { folderId, planId: prune.planId, whileOpen: false, ...NO_CONSENTS };
    await expect(handlers['plan.apply'](asRestore, task)).rejects.toMatchObject({ code: 'plan-stale' });
    const options = defaultRestoreOptions;
    const restore = await handlers['restore.plan'](
      { folderId, snapshotId: await newestRewind(), options },
      task,
    );
    const asPrune = { folderId, planId: restore.planId };
    await expect(handlers['prune.apply'](asPrune, task)).rejects.toMatchObject({ code: 'plan-stale' });
    expect(readdirSync(join(dir, 'snapshots/periodic'))).toEqual(before);
  });

  test('a folder that was closed is not known any more', async () => {
    await handlers['private.close']({ folderId }, task);
    expect(() => handlers['snapshot.diff']({ folderId, snapshotId: 'rewind/x' }, task)).toThrow(
      /not open any more/,
    );
    await expect(handlers['snapshots.list']({ folderId }, task)).rejects.toMatchObject({
      code: 'data-folder-missing',
    });
  });

  test('only a snapshot that is in the list can be revealed', async () => {
    const snapshotId = await newestRewind();
    const file = await handlers['private.locate']({ folderId, snapshotId }, task);
    expect(file).toBe(join(dir, 'snapshots', `${snapshotId}.json`));
    for (const wrong of ['rewind/../../secret', 'rewind/none', '/etc/passwd'])
      await expect(handlers['private.locate']({ folderId, snapshotId: wrong }, task)).rejects.toMatchObject({
        code: 'snapshot-missing',
      });
  });
});
