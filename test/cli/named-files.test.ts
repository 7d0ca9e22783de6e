import { copyFile, cp, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { CopyReceipt, RestorePlan, RestoreReceipt, SearchResult } from '../../src/index.ts';
import {
  ask,
  fingerprint,
  type Listed,
  makeDemo,
  newest,
  pristine,
  readTables,
  refusal,
  run,
} from '../support/cli.ts';

/* Files from anywhere, named as file:PATH where a snapshot’s id is expected. */

/** A demo, and a backup that somebody made of its database before the rewind, outside of it. */
async function makeBackup(): Promise<{
  readonly dir: string;
  readonly backup: string;
  readonly rewind: string;
}> {
  const dir = await makeDemo();
  const rewind = await newest(dir, 'rewind');
  const backup = join(dir, '..', 'chat.db.bak');
  await ask<CopyReceipt>(dir, 'restore', rewind, '--to', backup, '--yes');
  return { dir, backup, rewind };
}

test('a backup is shown, compared, searched, exported and verified like a snapshot, with nothing written beside it or in the folder', async () => {
  const { dir, backup, rewind } = await makeBackup();
  const file = `file:${backup}`;
  const before = await fingerprint(join(dir, '..'));
  const shown = await ask<Listed>(dir, 'show', file);
  expect(shown).toMatchObject({
    id: '@file/chat.db.bak',
    health: 'good',
    lineage: 'same',
    opened: { state: 'unchanged' },
  });
  type Diff = { readonly tables: readonly { readonly name: string; readonly added: number }[] };
  const added = ({ tables }: Diff) => tables.map((table) => [table.name, table.added]);
  expect(added(await ask<Diff>(dir, 'diff', file))).toStrictEqual(
    added(await ask<Diff>(dir, 'diff', rewind)),
  );
  expect((await run(['diff', file, rewind, '--data', dir])).stdout).toContain('11 identical tables');
  expect((await run(['diff', rewind, file, '--data', dir])).stdout).toContain('11 identical tables');
  const rows = ['diff', file, '--table', 'memories', '--rows', '--limit', '1', '--data', dir];
  expect((await run(rows)).stdout).toMatch(/^memories: 11 differing rows/);
  expect((await run(['show', file, '--chat', 'Lighthouse', '--data', dir])).stdout).toMatch(/^lost/m);
  const { hits } = await ask<SearchResult>(dir, 'search', 'wonders before dawn', file);
  const found = await ask<SearchResult>(dir, 'search', 'I take the lantern from its hook', file);
  expect(hits).toStrictEqual([]);
  expect(found.hits[0]?.in).toContain('@file/chat.db.bak');
  expect((await run(['verify', file, rewind, '--data', dir])).status).toBe(0);
  expect(await fingerprint(join(dir, '..'))).toStrictEqual(before);
  const exported = join(dir, '..', 'out.db');
  await ask(dir, 'export', file, '--format', 'sqlite', '--to', exported);
  const db = new Database(exported, { readonly: true });
  const events = db.prepare('SELECT count(*) FROM event_log').pluck().get();
  db.close();
  expect(events).toBe(shown.tables?.event_log);
});

test('a backup is restored from as planned, with a safety copy, and the restore is undone although the backup is gone', async () => {
  const { dir, backup, rewind } = await makeBackup();
  const file = `file:${backup}`;
  const before = readTables(dir);
  const plan = await ask<RestorePlan>(dir, 'restore', file);
  expect(plan.refusals).toStrictEqual([]);
  expect(readTables(dir)).toStrictEqual(before);
  const receipt = await ask<RestoreReceipt>(dir, 'restore', file, '--yes', '--plan-id', plan.planId);
  expect(receipt).toMatchObject({ snapshotId: '@file/chat.db.bak' });
  const { stdout } = await run(['diff', rewind, '--data', dir]);
  expect(stdout).toContain('11 identical tables');
  await rm(backup);
  for (const command of ['status', 'history', 'list']) {
    const { status, stderr } = await run([command, '--data', dir]);
    expect({ command, status, stderr }).toStrictEqual({ command, status: 0, stderr: '' });
  }
  expect(JSON.stringify(await ask(dir, 'history'))).toContain('@file/chat.db.bak');
  await ask(dir, 'undo', '--yes');
  expect(readTables(dir)).toStrictEqual(before);
  await ask(dir, 'undo', '--yes');
  expect((await run(['diff', rewind, '--data', dir])).stdout).toContain('11 identical tables');
});

test('a part of a backup is restored, into the database or into a new file', async () => {
  const { dir, backup } = await makeBackup();
  const file = `file:${backup}`;
  const before = readTables(dir);
  const to = join(dir, '..', 'part.db');
  const copied = await ask<CopyReceipt>(dir, 'restore', file, '--tables', 'memories', '--to', to, '--yes');
  expect(copied.tables).toContainEqual({ name: 'memories', rows: 501 });
  expect(readTables(dir)).toStrictEqual(before);
  await ask(dir, 'restore', file, '--chat', 'lighthouse', '--yes');
  const after = readTables(dir);
  expect(after.memories).toHaveLength((before.memories?.length ?? 0) + 11);
  expect(after.bots).toStrictEqual(before.bots);
});

test('a plan is stale if the file has changed since, and nothing is changed', async () => {
  const { dir, backup } = await makeBackup();
  const plan = await ask<RestorePlan>(dir, 'restore', `file:${backup}`);
  const db = new Database(backup);
  db.exec("UPDATE memories SET text = text || '!'");
  db.close();
  const before = readTables(dir);
  const args = ['restore', `file:${backup}`, '--yes', '--plan-id', plan.planId, '--data', dir];
  expect(await run(args)).toEqual(refusal(1, 'plan-stale'));
  expect(readTables(dir)).toStrictEqual(before);
});

test('the database of another chat is shown and compared, and is not restored from without being told to', async () => {
  const { dir, backup } = await makeBackup();
  const db = new Database(backup);
  db.exec("UPDATE event_log SET payload_json = '{}', ts = 'long ago'");
  db.close();
  expect(await ask<Listed>(dir, 'show', `file:${backup}`)).toMatchObject({ lineage: 'other' });
  expect((await run(['diff', `file:${backup}`, '--data', dir])).status).toBe(0);
  const before = readTables(dir);
  expect(await run(['restore', `file:${backup}`, '--yes', '--data', dir])).toEqual(
    refusal(1, 'other-timeline'),
  );
  expect(readTables(dir)).toStrictEqual(before);
});

test('what is damaged of a backup is said, and what is whole can be saved', async () => {
  const { dir, backup } = await makeBackup();
  await truncate(backup, 700 * 1024);
  const file = `file:${backup}`;
  expect(await run(['restore', file, '--yes', '--data', dir])).toEqual(refusal(1, 'snapshot-damaged'));
  const verified = await run(['verify', file, '--data', dir]);
  expect(verified).toMatchObject({ status: 1, stdout: expect.stringContaining('Incomplete') });
  const to = join(dir, '..', 'saved.json');
  const { status, stdout } = await run(['salvage', file, '--to', to, '--data', dir]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Written') });
});

test('a copy of a database without its WAL says with every answer that its newest changes may be missing', async () => {
  const dir = await makeDemo();
  const backup = join(dir, '..', 'chat.db.bak');
  await copyFile(join(dir, 'chat.db'), backup);
  const header = new Database(backup);
  header.pragma('journal_mode = WAL');
  header.close();
  for (const command of ['show', 'diff', 'restore', 'verify']) {
    const { stdout } = await run([command, `file:${backup}`, '--data', dir]);
    expect({ command, stdout }).toEqual({
      command,
      stdout: expect.stringContaining('chat.db.bak: Its newest changes may be missing'),
    });
  }
});

test('where the database is gone, a backup is shown, exported and compared with a snapshot', async () => {
  const { dir, backup, rewind } = await makeBackup();
  for (const end of ['', '-wal', '-shm']) await rm(join(dir, `chat.db${end}`), { force: true });
  const file = `file:${backup}`;
  expect((await run(['show', file, '--data', dir])).stdout).toContain('restoring needs the database');
  expect((await run(['diff', file, rewind, '--data', dir])).stdout).toContain('11 identical tables');
});

const misused: readonly (readonly [readonly string[], 1 | 2, string])[] = [
  [['show', 'file:'], 2, 'usage'],
  [['show', 'file:no-such-file'], 1, 'backup-refused'],
  [['show', 'file:.'], 1, 'backup-refused'],
  [['show', '@file/chat.db.bak'], 1, 'snapshot-missing'],
  [['prune', 'file:chat.db.bak'], 2, 'usage'],
  [['prune', '--yes', '@file/chat.db.bak'], 1, 'snapshot-missing'],
  [['search', 'one', 'two'], 2, 'usage'],
  [['diff', `file:${join(pristine, 'chat.db')}`], 1, 'backup-refused'],
];

test.each(misused)('is refused in one line: %s', async (args, status, code) => {
  expect(await run([...args, '--data', pristine])).toEqual(refusal(status, code));
});

test('a relative path is looked for where the command was given', async () => {
  const { dir, backup } = await makeBackup();
  const elsewhere = join(dir, '..', 'work');
  await mkdir(elsewhere);
  await cp(backup, join(elsewhere, 'mine.db'));
  await writeFile(join(elsewhere, 'chat.db.bak'), '');
  const { status, stdout } = await run(['show', 'file:mine.db', '--data', dir], { cwd: elsewhere });
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('@file/mine.db') });
});
