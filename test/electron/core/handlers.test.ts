import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AllRequests, WindowEvent } from '../../../electron/contract.ts';
import { createHandlers } from '../../../electron/core/handlers.ts';
import { createOpenFolders, type OpenFolders } from '../../../electron/core/open-folders.ts';
import type { Handlers } from '../../../electron/core/requests.ts';
import {
  defaultRestoreOptions,
  listSnapshots,
  openDataFolder,
  type RestoreOptions,
} from '../../../src/index.ts';
import { runToEnd } from '../../support/process.ts';

const NO_CONSENTS = { acceptDrift: false, acceptOtherTimeline: false };

/** What the window may ask the core for. */
type WindowRequest = Exclude<keyof AllRequests, `private.${string}`>;

const folderId = 'folder-1';
const task = {};
let home = '';
let dir = '';
let folders: OpenFolders;
let handlers: Handlers;
let events: WindowEvent[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'snapback-handlers-'));
  events = [];
  folders = createOpenFolders((event) => events.push(event));
  handlers = await createHandlers(folders, { nativeBinding: undefined, sqliteTempDirs: [] }).all();
  dir = await handlers['private.prepare-demo']({ home, fresh: false }, task);
  await handlers['private.open']({ folderId, dir, database: null, cacheDir: join(home, 'cache') }, task);
  folders.heard(folderId);
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

test('what changes before the window listens is told once it does', async () => {
  const early = 'opened-early';
  const isTold = (id: string) => events.some((event) => event.type === 'changed' && event.folderId === id);
  await handlers['private.open'](
    { folderId: early, dir, database: null, cacheDir: join(home, 'cache') },
    task,
  );
  writeFileSync(join(dir, 'snapshots/rewind/20010101T000000Z.json'), '{}');
  await vi.waitFor(() => expect(isTold(folderId)).toBe(true), 20_000);
  // Long enough for the other one to have seen it as well.
  await new Promise((done) => setTimeout(done, 3_000));
  expect(isTold(early)).toBe(false);
  folders.heard(early);
  await vi.waitFor(() => expect(isTold(early)).toBe(true), 20_000);
  await handlers['private.close']({ folderId: early }, task);
});

test('what is checked before the window listens is told once it does', async () => {
  const early = 'opened-early';
  const cacheDir = join(home, 'another-cache');
  const opened = await handlers['private.open']({ folderId: early, dir, database: null, cacheDir }, task);
  const unchecked = opened.snapshots?.filter(({ health }) => health === 'unchecked') ?? [];
  const toldOf = () =>
    events.flatMap((event) =>
      event.type === 'snapshot-checked' && event.folderId === early ? [event.snapshot.id] : [],
    );
  // All of them are checked once what was found out about each is remembered.
  await vi.waitFor(async () => {
    const now = await openDataFolder(dir, { cacheDir });
    expect((await listSnapshots(now)).filter(({ health }) => health === 'unchecked')).toEqual([]);
  }, 20_000);
  expect(toldOf()).toEqual([]);
  expect(unchecked).not.toEqual([]);
  folders.heard(early);
  await vi.waitFor(
    () => expect(toldOf().toSorted()).toEqual(unchecked.map(({ id }) => id).toSorted()),
    20_000,
  );
  await handlers['private.close']({ folderId: early }, task);
});

describe('a file from anywhere', () => {
  test('is listed beside the snapshots without its path, and is forgotten when it is closed', async () => {
    const [json = ''] = readdirSync(join(dir, 'snapshots/rewind')).toReversed();
    const path = join(home, 'from-a-stick');
    writeFileSync(path, readFileSync(join(dir, 'snapshots/rewind', json)));
    const snapshotId = await handlers['private.open-backup']({ folderId, path }, task);
    expect(snapshotId).toBe('@file/from-a-stick');
    const list = await handlers['snapshots.list']({ folderId }, task);
    expect(list.at(-1)).toMatchObject({ id: snapshotId, opened: { state: 'unchanged' } });
    expect(asText(list)).not.toContain(home);
    expect(asText(await handlers['snapshot.diff']({ folderId, snapshotId }, task))).not.toContain(home);
    expect(await handlers['private.locate']({ folderId, snapshotId }, task)).toBe(path);
    await vi.waitFor(() => expect(events.some(({ type }) => type === 'changed')).toBe(true), 20_000);
    await handlers['private.close-backup']({ folderId, snapshotId }, task);
    const after = await handlers['snapshots.list']({ folderId }, task);
    expect(after.map(({ id }) => id)).not.toContain(snapshotId);
    await expect(handlers['snapshot.diff']({ folderId, snapshotId }, task)).rejects.toMatchObject({
      code: 'snapshot-missing',
    });
  });

  test('that is opened while another one is opened is not lost', async () => {
    const [json = ''] = readdirSync(join(dir, 'snapshots/rewind')).toReversed();
    const paths = ['one', 'two', 'three'].map((name) => join(home, name));
    for (const path of paths) writeFileSync(path, readFileSync(join(dir, 'snapshots/rewind', json)));
    const ids = await Promise.all(
      paths.map((path) => handlers['private.open-backup']({ folderId, path }, task)),
    );
    const list = await handlers['snapshots.list']({ folderId }, task);
    expect(list.filter(({ kind }) => kind === '@file').map(({ id }) => id)).toEqual(ids);
  });
});

describe('the answers of the core', () => {
  test('the list contains no path, and unchecked snapshots are checked in the background', async () => {
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
      { timeout: 120_000 },
    );
  });

  test('a folder opens without counting its events or looking through all processes; both can be asked for', async () => {
    const args = { folderId, dir, database: null, cacheDir: join(home, 'cache') };
    const { facts, snapshots } = await handlers['private.open'](args, task);
    expect(facts).toMatchObject({ events: null, inUse: null, databaseProblem: null });
    expect(snapshots?.length).toBeGreaterThan(0);
    const later = await handlers['folder.facts']({ folderId }, task);
    expect(later).toMatchObject({ ...facts, events: expect.any(Number), inUse: expect.any(Object) });
  });

  test('no answer and no event contains an absolute path; folders are relative to the data folder', async () => {
    const snapshotId = await newestRewind();
    const plan = await handlers['restore.plan'](
      { folderId, snapshotId, options: defaultRestoreOptions },
      task,
    );
    expect(plan.safetyCopy.folder).toBe(join('snapshots', 'restore'));
    const policy = { by: 'count', kind: 'periodic', keep: 1 } as const;
    const ofFolder = { folderId };
    const apply = { folderId, planId: plan.planId, whileOpen: false, ...NO_CONSENTS };
    const rehearsal = await handlers['plan.rehearse']({ folderId, planId: plan.planId }, task);
    expect(rehearsal).toMatchObject({ state: 'done', planId: plan.planId });
    const choosing = await handlers['conflicts.open']({ folderId, snapshotId, baseId: null }, task);
    const { conflictsId } = choosing;
    const conflictsPage = await handlers['conflicts.page'](
      { conflictsId, table: 'chat_state', offset: 0, limit: 10 },
      task,
    );
    const receipt = await handlers['plan.apply'](apply, task);
    const prune = await handlers['prune.plan']({ folderId, policy }, task);
    const pruned = await handlers['prune.apply']({ folderId, planId: prune.planId }, task);
    expect(pruned.trashFolder).toMatch(/^snapback.trash/);
    const trashName = basename(pruned.trashFolder);
    const rows = await handlers['rows.open']({ folderId, snapshotId, otherId: null }, task);
    const { rowsId } = rows;
    const request = { table: 'memories', change: null, filter: null, sort: null };
    const window = { offset: 0, limit: 10, firstColumn: 0, columnCount: 10 };
    const cell = { rowsId, table: 'memories', line: 1, column: 0 };
    const opened = await handlers['conversation.open']({ folderId, snapshotId }, task);
    const ofChat = { folderId, conversationId: opened.conversationId, chat: opened.chats[0]?.no ?? 0 };
    const fields = { chat: null, speaker: null, text: null, time: null };
    const said: { readonly [N in WindowRequest]: unknown } = {
      'conflicts.open': choosing,
      'conflicts.page': conflictsPage,
      'conflicts.close': await handlers['conflicts.close']({ conflictsId }, task),
      'conversation.open': opened,
      'conversation.layout': await handlers['conversation.layout'](ofChat, task),
      'conversation.page': await handlers['conversation.page'](
        { ...ofChat, from: 0, limit: 100, longest: 100 },
        task,
      ),
      'conversation.difference': await handlers['conversation.difference'](
        { ...ofChat, from: -1, direction: 'next' },
        task,
      ),
      'conversation.lost': await handlers['conversation.lost']({ ...ofChat, from: 0, to: 99 }, task),
      'conversation.find': await handlers['conversation.find'](
        { folderId, conversationId: opened.conversationId, event: '1' },
        task,
      ),
      'conversation.correct': await handlers['conversation.correct']({ folderId, fields }, task),
      'profile.save-fields': await handlers['profile.save-fields']({ folderId, fields }, task),
      'restore.plan': plan,
      'plan.rehearse': rehearsal,
      'plan.apply': receipt,
      'prune.plan': prune,
      'prune.apply': pruned,
      'folder.facts': await handlers['folder.facts'](ofFolder, task),
      'folder.in-use': await handlers['folder.in-use'](ofFolder, task),
      'folder.protection': await handlers['folder.protection'](ofFolder, task),
      'folder.timeline': await handlers['folder.timeline'](ofFolder, task),
      'folder.profile': await handlers['folder.profile'](ofFolder, task),
      'snapshots.list': await handlers['snapshots.list'](ofFolder, task),
      'folder.happened': await handlers['folder.happened'](ofFolder, task),
      'folder.waiting': await handlers['folder.waiting'](ofFolder, task),
      'folder.space': await handlers['folder.space'](ofFolder, task),
      'snapshot.keep': await handlers['snapshot.keep'](
        { folderId, snapshotId, label: { name: 'Mine', note: null } },
        task,
      ),
      'snapshot.hold': await handlers['snapshot.hold']({ folderId, snapshotId }, task),
      'snapshot.release': await handlers['snapshot.release'](
        { folderId, snapshotId: snapshotId.replace('rewind', '@kept') },
        task,
      ),
      'snapshot.let-go': await handlers['snapshot.let-go']({ folderId, snapshotId }, task),
      'snapshot.salvageable': await handlers['snapshot.salvageable']({ folderId, snapshotId }, task),
      'snapshot.diff': await handlers['snapshot.diff']({ folderId, snapshotId }, task),
      'snapshot.take': await handlers['snapshot.take']({ folderId, kind: 'rewind' }, task),
      'search.run': await handlers['search.run'](
        { ...ofFolder, phrase: 'keeper', kind: null, words: false },
        task,
      ),
      'row.history': await handlers['row.history']({ ...ofFolder, table: 'bots', key: ['mara'] }, task),
      'folder.history': await handlers['folder.history'](ofFolder, task),
      'undo.plan': await handlers['undo.plan']({ folderId, of: null, ...NO_CONSENTS }, task),
      'plan.outcome': await handlers['plan.outcome']({ folderId, planId: plan.planId }, task),
      'prune.only-copies': await handlers['prune.only-copies']({ folderId, ids: [snapshotId] }, task),
      'trash.view': await handlers['trash.view'](ofFolder, task),
      'trash.only-copies': await handlers['trash.only-copies'](
        { folderId, planId: (await handlers['trash.view'](ofFolder, task)).planId },
        task,
      ),
      'trash.put-back': await handlers['trash.put-back'](
        { folderId, choices: [{ trashName, ids: null }] },
        task,
      ),
      'restore.newer': await handlers['restore.newer']({ folderId, snapshotId }, task),
      'rows.open': rows,
      'rows.shape': await handlers['rows.shape']({ rowsId, request }, task),
      'rows.page': await handlers['rows.page']({ rowsId, request, window }, task),
      'rows.changed-columns': await handlers['rows.changed-columns']({ rowsId, table: 'memories' }, task),
      'rows.key': await handlers['rows.key']({ rowsId, table: 'memories', line: 1 }, task),
      'rows.named': await handlers['rows.named']({ rowsId, request, range: { offset: 0, limit: 10 } }, task),
      'rows.place': await handlers['rows.place']({ rowsId, request, key: [1n] }, task),
      'rows.cell': await handlers['rows.cell'](cell, task),
      'rows.picture': await handlers['rows.picture']({ ...cell, side: 'after' }, task),
      'rows.close': await handlers['rows.close']({ rowsId }, task),
    };
    const telling = Object.entries(said).filter(([, answer]) => asText(answer).includes(home));
    expect(telling).toEqual([]);
    expect(asText(events)).not.toContain(home);
  });

  test('of the comparisons that the window opens only the newest two are kept', async () => {
    const snapshotId = await newestRewind();
    const open = async () =>
      (await handlers['rows.open']({ folderId, snapshotId, otherId: null }, task)).rowsId;
    const request = { table: 'chats', change: null, filter: null, sort: null };
    const ask = (rowsId: string) => handlers['rows.shape']({ rowsId, request }, task);
    const [first, second, third] = [await open(), await open(), await open()];
    await expect(ask(first)).rejects.toMatchObject({ code: 'core-stopped' });
    expect(await ask(second)).toEqual(await ask(third));
    await handlers['rows.close']({ rowsId: second }, task);
    await expect(ask(second)).rejects.toMatchObject({ code: 'core-stopped' });
  });

  test('clearing the cache says how much it freed, and a snapshot looks the same afterwards', async () => {
    const ofSnapshot = { folderId, snapshotId: await newestRewind() };
    const before = await handlers['snapshot.diff'](ofSnapshot, task);
    const { freedBytes } = await handlers['private.clear-cache']({ cacheDir: join(home, 'cache') }, task);
    expect(freedBytes).toBeGreaterThan(10_000);
    expect(await handlers['snapshot.diff'](ofSnapshot, task)).toEqual(before);
  });

  test('the last two conversations of a folder stay open, and an older one says so', async () => {
    const ofSnapshot = { folderId, snapshotId: await newestRewind() };
    const opened = [];
    for (let time = 0; time < 3; time += 1)
      opened.push(await handlers['conversation.open'](ofSnapshot, task));
    const [oldest, ...others] = opened.map(({ conversationId, chats }) => ({
      folderId,
      conversationId,
      chat: chats[0]?.no ?? 0,
    }));
    for (const chat of others)
      expect(await handlers['conversation.layout'](chat, task)).toMatchObject({ places: expect.any(Number) });
    await expect(
      handlers['conversation.layout'](oldest ?? { folderId, conversationId: '', chat: 0 }, task),
    ).rejects.toMatchObject({ code: 'plan-stale' });
  });

  test('what a person says of the fields holds for the folder, and is written into its profile only on request', async () => {
    const ofSnapshot = { folderId, snapshotId: await newestRewind() };
    const profile = join(dir, 'snapback-profile.json');
    const fields = { chat: null, speaker: null, text: 'memory', time: null };
    await handlers['conversation.correct']({ folderId, fields }, task);
    const { fields: chosen } = await handlers['conversation.open'](ofSnapshot, task);
    expect(chosen).toContainEqual({ meaning: 'text', fields: ['memory'], because: 'person' });
    expect(existsSync(profile)).toBe(false);
    writeFileSync(profile, JSON.stringify({ periodic: { keep: 7 }, chat: { payloadSpeaker: ['bot_id'] } }));
    await handlers['profile.save-fields']({ folderId, fields }, task);
    expect(JSON.parse(readFileSync(profile, 'utf8'))).toEqual({
      periodic: { keep: 7 },
      chat: { payloadSpeaker: ['bot_id'], payloadText: ['memory'] },
    });
    writeFileSync(profile, 'not JSON');
    await expect(handlers['profile.save-fields']({ folderId, fields }, task)).rejects.toMatchObject({
      code: 'profile-invalid',
    });
    expect(readFileSync(profile, 'utf8')).toBe('not JSON');
  });

  test('a plan is applied once, and only by the id of an existing plan', async () => {
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

  test('a copy is made of exactly the plan that was shown, overwrites nothing, and leaves that plan to apply', async () => {
    const snapshotId = await newestRewind();
    const options: RestoreOptions = {
      ...defaultRestoreOptions,
      selection: { by: 'chat', chat: 'lighthouse', withGuessed: false },
    };
    const { planId } = await handlers['restore.plan']({ folderId, snapshotId, options }, task);
    const copy = { folderId, snapshotId, options, planId, to: join(home, 'copy.db') };
    const stale = { ...copy, planId: 'f'.repeat(64) };
    await expect(handlers['private.copy-restore'](stale, task)).rejects.toMatchObject({ code: 'plan-stale' });
    expect(existsSync(copy.to)).toBe(false);
    expect(await handlers['private.copy-restore'](copy, task)).toMatchObject({ planId, isPart: true });
    const bytes = readFileSync(copy.to);
    await expect(handlers['private.copy-restore'](copy, task)).rejects.toMatchObject({
      code: 'target-exists',
    });
    expect(readFileSync(copy.to)).toEqual(bytes);
    const inside = { ...copy, to: join(dir, 'second.db') };
    await expect(handlers['private.copy-restore'](inside, task)).rejects.toMatchObject({ code: 'usage' });
    const apply = { folderId, planId, whileOpen: false, ...NO_CONSENTS };
    expect(await handlers['plan.apply'](apply, task)).toMatchObject({ planId, isPart: true });
  });

  test('a plan whose request was cancelled does not take the place of the one that is shown', async () => {
    const plan = (keep: number, signal = new AbortController().signal) =>
      handlers['prune.plan'](
        { folderId, policy: { by: 'count', kind: 'periodic', keep } },
        { ...task, signal },
      );
    const shown = await plan(2);
    await expect(plan(1, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    const options = defaultRestoreOptions;
    const snapshotId = await newestRewind();
    const late = handlers['restore.plan'](
      { folderId, snapshotId, options },
      { ...task, signal: AbortSignal.abort() },
    );
    await expect(late).rejects.toMatchObject({ code: 'cancelled' });
    const { moved } = await handlers['prune.apply']({ folderId, planId: shown.planId }, task);
    expect(moved).toHaveLength(shown.goes.length);
  });

  test('what was held because the host would take it is let go once a person moves it to the trash', async () => {
    await handlers['folder.happened']({ folderId }, task);
    const list = () => handlers['snapshots.list']({ folderId }, task);
    await vi.waitFor(
      async () => expect((await list()).some(({ heldAs }) => heldAs !== null)).toBe(true),
      20_000,
    );
    const ids = (await list()).flatMap(({ id, heldAs }) => (heldAs === null ? [] : [id]));
    const { planId } = await handlers['prune.plan']({ folderId, policy: { by: 'choice', ids } }, task);
    expect((await handlers['prune.apply']({ folderId, planId }, task)).moved).toEqual(ids);
    expect((await list()).filter(({ kept }) => kept !== null)).toEqual([]);
    const { freesBytes, bytes } = await handlers['trash.view']({ folderId }, task);
    expect(freesBytes).toBe(bytes);
  });

  test('a plan to prune can’t be applied as a restore, nor a restore as a prune', async () => {
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

  test('a folder that was closed is no longer known', async () => {
    await handlers['private.close']({ folderId }, task);
    await expect(handlers['snapshot.diff']({ folderId, snapshotId: 'rewind/x' }, task)).rejects.toMatchObject(
      { code: 'data-folder-missing' },
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

test.skipIf(process.platform === 'win32').each([0, 0o444, 0o111])(
  'a folder in which one kind of snapshots is unreadable (mode %i) opens; the others are shown, restored and pruned',
  async (mode) => {
    const kind = join(dir, 'snapshots/periodic');
    const snapshotId = await newestRewind();
    for (const path of [home, dir]) chmodSync(path, 0o755);
    chmodSync(kind, mode);
    const told = JSON.parse(await runToEnd('open-in-window.ts', { args: [dir, snapshotId] }));
    chmodSync(kind, 0o755);
    expect(told).toMatchObject({ planned: snapshotId, goes: expect.arrayContaining([snapshotId]) });
    expect(told.listed).toEqual(
      expect.arrayContaining(['periodic/* unreadable', expect.stringContaining(snapshotId)]),
    );
  },
);
