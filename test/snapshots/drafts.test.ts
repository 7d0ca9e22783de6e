import { chmod, chown, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { DataFolder } from '../../src/host/data-folder.ts';
import { appendJournal } from '../../src/journal/journal.ts';
import { finishAndLook } from '../../src/recovery/interrupted.ts';
import { sweepDrafts } from '../../src/recovery/sweep-drafts.ts';
import { createDraft, discardDraft, publishDraft, reopenDraft } from '../../src/snapshots/drafts.ts';
import { listSnapshotFiles, lookAtSnapshots } from '../../src/snapshots/files.ts';
import { compareNames, formatSecond, parseSnapshotId, snapshotTime } from '../../src/snapshots/names.ts';
import { moveWithoutLinks } from '../../src/snapshots/publish.ts';
import { codeOf, makeChat, makeDir, makeRoot, putSnapshot } from '../support/place.ts';
import { runAsNobody, start } from '../support/process.ts';

const root = makeRoot();

async function publish(
  folder: DataFolder,
  kind: string,
  text: string,
  options: { after?: 'every-other' } = {},
) {
  const draft = await createDraft(folder, kind);
  await draft.handle.writeFile(text);
  return publishDraft(folder, draft, options);
}

async function namesIn(folder: DataFolder, kind: string) {
  return (await readdir(join(folder.dir, 'snapshots', kind))).sort();
}

/** What the seed's listing finds: Python's pathlib matches hidden names too. */
async function seenByHost(folder: DataFolder, kind: string) {
  return (await namesIn(folder, kind)).filter((name) => name.endsWith('.json'));
}

describe('a draft', () => {
  test('is not found by listing *.json, hidden files included', async () => {
    const folder = await makeChat(root());
    const draft = await createDraft(folder, 'periodic');
    expect(await seenByHost(folder, 'periodic')).toEqual([]);
    expect(basename(draft.path)).toMatch(/^\.snapback-\d+-[0-9a-f]{16}\.part$/);
    await discardDraft(draft);
    expect(await namesIn(folder, 'periodic')).toEqual([]);
    await discardDraft(draft);
  });

  test('and its folders take the mode of the database, so that the host can read and prune it', async () => {
    const folder = await makeChat(root());
    for (const [mode, fileMode, folderMode] of [
      [0o640, 0o640, 0o750],
      [0o600, 0o600, 0o700],
      [0o755, 0o644, 0o755],
    ] as const) {
      await chmod(folder.databaseFile, mode);
      await rm(join(folder.dir, 'snapshots'), { recursive: true, force: true });
      const draft = await createDraft(folder, 'rewind');
      expect((await stat(draft.path)).mode & 0o777).toBe(fileMode);
      expect((await stat(join(folder.dir, 'snapshots'))).mode & 0o777).toBe(folderMode);
      await discardDraft(draft);
    }
  });

  test.runIf(process.getuid?.() === 0)('belongs to the owner of the database', async () => {
    const folder = await makeChat(root());
    await chown(folder.databaseFile, 12345, 54321);
    const { file } = await publish(folder, 'rewind', '{}');
    for (const path of [file, join(file, '..'), join(file, '../..')])
      expect(await stat(path)).toMatchObject({ uid: 12345, gid: 54321 });
  });

  test('of an impossible kind, or in a folder that links out of the data folder, is refused', async () => {
    const folder = await makeChat(root());
    for (const kind of ['../x', '/etc', '.a', 'a/b', '', 'a\0b', 'k'.repeat(65)])
      expect(await codeOf(createDraft(folder, kind))).toBe('usage');
    const elsewhere = await makeDir(root());
    await mkdir(join(folder.dir, 'snapshots'));
    await symlink(elsewhere, join(folder.dir, 'snapshots/rewind'));
    expect(await codeOf(createDraft(folder, 'rewind'))).toBe('snapshot-unsafe');
    await writeFile(join(folder.dir, 'snapshots/periodic'), 'a file in the place of a folder');
    expect(await codeOf(createDraft(folder, 'periodic'))).toBe('io-failed');
    expect(await readdir(elsewhere)).toEqual([]);
  });
});

test('the sweep of drafts skips a kind that links out of the data folder, and continues', async () => {
  const folder = await makeChat(root());
  const elsewhere = await makeDir(root());
  await mkdir(join(folder.dir, 'snapshots'));
  await symlink(elsewhere, join(folder.dir, 'snapshots/archive'));
  await writeFile(join(elsewhere, '.snapback-999999999-0123456789abcdef.part'), '');
  expect(await sweepDrafts(folder)).toEqual([]);
  expect(await readdir(elsewhere)).toHaveLength(1);
});

test('the sweep of drafts removes what SQLite left beside one, and leaves what belongs to a living draft', async () => {
  const folder = await makeChat(root());
  const mine = await createDraft(folder, 'restore', 'database');
  const place = dirname(mine.path);
  const left = '.snapback-999999999-0123456789abcdef.part';
  for (const name of [left, `${left}-journal`, `${left}-wal`, `${basename(mine.path)}-journal`])
    await writeFile(join(place, name), '');
  expect([...(await sweepDrafts(folder))].sort()).toEqual([left, `${left}-journal`, `${left}-wal`]);
  expect(await namesIn(folder, 'restore')).toEqual([basename(mine.path), `${basename(mine.path)}-journal`]);
  await discardDraft(mine);
  expect(await sweepDrafts(folder)).toEqual([`${basename(mine.path)}-journal`]);
});

describe('publishing', () => {
  test('takes no name that the same snapshot has in the other form', async () => {
    const folder = await makeChat(root());
    const second = formatSecond(Math.floor(Date.now() / 1000));
    const names = [0, 1, 2, 3, 4].map((more) => formatSecond(Math.floor(Date.now() / 1000) + more));
    for (const name of names) await putSnapshot(folder, `restore/${name}`);
    const draft = await createDraft(folder, 'restore', 'database');
    const { id, file } = await publishDraft(folder, draft);
    expect(id > `restore/${second}`).toBe(true);
    expect(id).toMatch(/_001$/);
    expect(file).toMatch(/_001\.db$/);
    expect((await listSnapshotFiles(folder)).every(({ problem }) => problem === null)).toBe(true);
  });

  test('after all others takes a name that any of our readers accepts, even after the oddest existing one', async () => {
    const folder = await makeChat(root());
    await putSnapshot(folder, `periodic/${'\u{10ffff}'.repeat(62)}`);
    const { id } = await publish(folder, 'periodic', '{}', { after: 'every-other' });
    const files = await listSnapshotFiles(folder);
    expect(files.find((file) => file.id === id)?.problem).toBe(null);
    expect(
      (await namesIn(folder, 'periodic'))
        .map((name) => name.slice(0, -5))
        .sort(compareNames)
        .at(-1),
    ).toBe(parseSnapshotId(id).name);
  });

  test('names a snapshot by the second in which the work on it began, however long that took', async () => {
    const folder = await makeChat(root());
    const before = Math.floor(Date.now() / 1000);
    const draft = await createDraft(folder, 'rewind');
    const after = Math.floor(Date.now() / 1000);
    await sleep(2100);
    const { id } = await publishDraft(folder, draft);
    expect([formatSecond(before), formatSecond(after)]).toContain(parseSnapshotId(id).name);
  });

  test('names a snapshot by a second that has then passed', async () => {
    const folder = await makeChat(root());
    const before = Date.now();
    const { id, file } = await publish(folder, 'rewind', 'whole');
    const named = snapshotTime(parseSnapshotId(id).name)?.getTime() ?? 0;
    expect(named).toBeGreaterThan(before - 1000);
    expect(Date.now()).toBeGreaterThanOrEqual(named + 1000);
    expect(await readFile(file, 'utf8')).toBe('whole');
    expect(await namesIn(folder, 'rewind')).toEqual([basename(file)]);
  });

  test('never overwrites: if two processes publish in the same second, each file keeps its contents', async () => {
    const folder = await makeChat(root());
    const children = ['one', 'two'].map((text) => ({
      text,
      child: start('publish.ts', { args: [folder.dir, text, '6'] }),
    }));
    for (const { child } of children) expect(await child.line()).toBe('ready');
    for (const { child } of children) child.process.stdin?.write('go\n');
    const all = new Set<string>();
    for (const { text, child } of children) {
      const ids: unknown = JSON.parse(await child.line());
      if (!Array.isArray(ids)) throw new TypeError('The child printed no list.');
      for (const id of ids.map(String)) {
        all.add(id);
        expect(await readFile(join(folder.dir, 'snapshots', `${id}.json`), 'utf8')).toBe(text);
      }
    }
    expect(all.size).toBe(12);
    expect(await namesIn(folder, 'rewind')).toEqual([...all].map((id) => `${id.slice(7)}.json`).sort());
    expect([...all].some((id) => id.endsWith('_001'))).toBe(true);
  });

  test('after all others uses an ordinary name if nothing is in the future', async () => {
    const folder = await makeChat(root());
    await putSnapshot(folder, 'periodic/20200101T000000Z');
    await putSnapshot(folder, 'periodic/.hidden');
    const { id } = await publish(folder, 'periodic', '{}', { after: 'every-other' });
    expect(snapshotTime(parseSnapshotId(id).name)).not.toBeNull();
    const next = await publish(folder, 'periodic', '{}', { after: 'every-other' });
    expect(compareNames(parseSnapshotId(next.id).name, parseSnapshotId(id).name)).toBe(1);
  });

  test('leaves an existing folder, link or file of its name as it is', async () => {
    const folder = await makeChat(root());
    await mkdir(join(folder.dir, 'snapshots/periodic/20990101T000000Z.json'), { recursive: true });
    await symlink('nowhere', join(folder.dir, 'snapshots/periodic/20990101T000000Z_001.json'));
    const { id } = await publish(folder, 'periodic', '{}', { after: 'every-other' });
    expect(id).toBe('periodic/20990101T000000Z_002');
  });

  test('without hard links takes a free name whole, and refuses a taken one', async () => {
    const dir = await makeDir(root());
    await writeFile(join(dir, 'draft'), 'whole');
    await writeFile(join(dir, 'taken.json'), 'before');
    await symlink('nowhere', join(dir, 'link.json'));
    expect(await moveWithoutLinks(join(dir, 'draft'), join(dir, 'taken.json'))).toBe(false);
    expect(await moveWithoutLinks(join(dir, 'draft'), join(dir, 'link.json'))).toBe(false);
    expect(await moveWithoutLinks(join(dir, 'draft'), join(dir, 'free.json'))).toBe(true);
    expect(await readFile(join(dir, 'taken.json'), 'utf8')).toBe('before');
    expect(await readFile(join(dir, 'free.json'), 'utf8')).toBe('whole');
    await expect(moveWithoutLinks(join(dir, 'gone'), join(dir, 'next.json'))).rejects.toMatchObject({
      code: 'io-failed',
      cause: { code: 'ENOENT' },
    });
    expect((await readdir(dir)).sort()).toEqual(['free.json', 'link.json', 'taken.json']);
  });
});

describe('the sweep', () => {
  test('removes only drafts of dead processes', async () => {
    const folder = await makeChat(root());
    const killed = start('leave-draft.ts', { args: [folder.dir] });
    const alive = start('leave-draft.ts', { args: [folder.dir] });
    const [dead, living] = [await killed.line(), await alive.line()];
    await killed.kill();
    const own = await createDraft(folder, 'periodic');
    const reused = join(own.path, '..', `.snapback-${process.pid}-0123456789abcdef.part`);
    await writeFile(reused, 'of an earlier process with this id');
    await putSnapshot(folder, 'periodic/.snapback-1-0123456789abcdef.part', 'no draft of ours');
    expect([...(await sweepDrafts(folder))].sort()).toEqual([basename(dead), basename(reused)].sort());
    expect(await namesIn(folder, 'periodic')).toEqual(
      [basename(living), basename(own.path), '.snapback-1-0123456789abcdef.part.json'].sort(),
    );
    await discardDraft(own);
  });

  test.skipIf(process.platform === 'win32')(
    'leaves every draft where the journal may not be read, because it may name one',
    async () => {
      const folder = await makeChat(root());
      const killed = start('leave-draft.ts', { args: [folder.dir] });
      const name = basename(await killed.line());
      await killed.kill();
      await mkdir(join(folder.dir, 'snapback'), { recursive: true });
      const journal = join(folder.dir, 'snapback/journal.jsonl');
      await writeFile(journal, '', { mode: 0 });
      for (const place of ['.', 'snapshots', 'snapshots/periodic', 'snapback'])
        await chmod(join(folder.dir, place), 0o777);
      await runAsNobody('list', folder.dir);
      expect(await namesIn(folder, 'periodic')).toEqual([name]);
      await chmod(journal, 0o666);
      await runAsNobody('list', folder.dir);
      expect(await namesIn(folder, 'periodic')).toEqual([]);
    },
  );

  test('is over when a start looks at the snapshots, which then lists nothing that was removed', async () => {
    const folder = await makeChat(root());
    await putSnapshot(folder, 'periodic/20260101T000000Z');
    const killed = start('leave-draft.ts', { args: [folder.dir] });
    await killed.line();
    await killed.kill();
    const { look } = await finishAndLook(folder);
    expect(look).toMatchObject({ files: [{ id: 'periodic/20260101T000000Z' }], others: [] });
    expect(look).toEqual(await lookAtSnapshots(folder));
  });

  test('leaves the checkpoint of an unfinished restore, which can be resumed', async () => {
    const folder = await makeChat(root());
    const killed = start('leave-draft.ts', { args: [folder.dir] });
    const name = basename(await killed.line());
    await killed.kill();
    const at = new Date().toISOString();
    await appendJournal(folder, {
      type: 'prepared',
      planId: 'p',
      action: 'restore',
      snapshotId: 'rewind/20260101T000000Z',
      safetyCopyId: 'restore/20260101T000001Z',
      checkpointDraft: name,
      at,
    });
    expect(await sweepDrafts(folder)).toEqual([]);
    const draft = await reopenDraft(folder, 'periodic', name);
    if (draft === null) throw new TypeError('The draft is gone.');
    const { id, file } = await publishDraft(folder, draft, { after: 'every-other' });
    expect(await readFile(file, 'utf8')).toBe('half of a snap');
    await appendJournal(folder, { type: 'checkpoint-published', planId: 'p', checkpointId: id, at });
    expect(await reopenDraft(folder, 'periodic', name)).toBeNull();
    expect(await reopenDraft(folder, 'periodic', '../../chat.db')).toBeNull();
  });

  test('removes the checkpoint of a restore that a later full one has replaced', async () => {
    const folder = await makeChat(root());
    const killed = start('leave-draft.ts', { args: [folder.dir] });
    const name = basename(await killed.line());
    await killed.kill();
    const at = new Date().toISOString();
    const safetyCopyId = 'restore/20260101T000001Z';
    await appendJournal(folder, {
      type: 'prepared',
      planId: 'p',
      action: 'restore',
      snapshotId: 'rewind/20260101T000000Z',
      safetyCopyId,
      checkpointDraft: name,
      at,
    });
    await appendJournal(folder, { type: 'recovered', planId: 'later', safetyCopyId, at });
    // It may have been one of the tables alone, which leaves no checkpoint of its own.
    expect(await sweepDrafts(folder)).toEqual([]);
    await appendJournal(folder, { type: 'checkpoint-published', planId: 'later', checkpointId: null, at });
    expect(await sweepDrafts(folder)).toEqual([name]);
  });
});
