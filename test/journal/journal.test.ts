import { execFileSync } from 'node:child_process';
import {
  appendFile,
  mkdir,
  readFile,
  rename,
  rmdir,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { listSnapshots } from '../../src/catalog/catalog.ts';
import { describeFolder } from '../../src/folder-facts.ts';
import type { DataFolder } from '../../src/host/data-folder.ts';
import type { JournalEntry } from '../../src/journal/entry.ts';
import { appendJournal, readJournal } from '../../src/journal/journal.ts';
import type { CheckResult } from '../../src/model/receipt.ts';
import { sweepDrafts } from '../../src/recovery/sweep-drafts.ts';
import { ownMark } from '../../src/system/process-mark.ts';
import { codeOf, makeChat, makeDir, makeRoot, putSnapshot } from '../support/place.ts';

const root = makeRoot();

const at = '2026-01-01T00:00:00.000Z';

const prepared: JournalEntry = {
  type: 'prepared',
  planId: 'plan',
  action: 'restore',
  snapshotId: 'rewind/20260101T000000Z',
  safetyCopyId: 'restore/20260101T000001Z',
  checkpointDraft: '.snapback-1-0123456789abcdef.part',
  by: ownMark(),
  at,
};

const committed: Extract<JournalEntry, { readonly type: 'committed' }> = {
  type: 'committed',
  at,
  receipt: {
    planId: 'plan',
    action: 'restore',
    snapshotId: 'rewind/20260101T000000Z',
    mode: 'full',
    finishedAt: at,
    safetyCopyId: 'restore/20260101T000001Z',
    checkpointId: null,
    tables: [{ name: 'chats', rows: 2, beforeHash: 'a', afterHash: 'b', added: 1, removed: 0, changed: 3 }],
    notRestored: [{ name: 'scenes', rows: 4, choice: true }],
    returned: null,
    leftOut: ['memories'],
    checks: [
      { check: 'content-hash', subject: 'chats', result: 'ok', detail: null },
      { check: 'integrity', subject: null, result: 'not-run', detail: 'why' },
    ],
    lastEventId: 9_007_199_254_740_993n,
    replay: { fromEvent: 4n, toEvent: 9_007_199_254_740_993n },
    writeLockMs: 12.5,
    whileOpen: true,
    inUse: { state: 'yes', by: [{ pid: 7, name: 'host' }] },
  },
};

function keysOf<K extends string>(record: { readonly [key in K]: null }): readonly K[] {
  return Object.keys(record).filter((key): key is K => key in record);
}

const aborted: JournalEntry = { type: 'aborted', planId: 'plan', code: 'plan-stale', at };
const published: JournalEntry = {
  type: 'checkpoint-published',
  planId: 'plan',
  checkpointId: 'periodic/20260101T000002Z',
  at,
};

function journalOf(folder: DataFolder): string {
  return join(folder.dir, 'snapback/journal.jsonl');
}

test('entries are read back exactly and in order, including 64-bit integers', async () => {
  const folder = await makeChat(root());
  expect(await readJournal(folder)).toEqual([]);
  const entries = [prepared, committed, published, { ...prepared, checkpointDraft: null }, aborted];
  for (const entry of entries) await appendJournal(folder, entry);
  expect(await readJournal(folder)).toEqual(entries);
});

test('a receipt is read back whatever its checks found', async () => {
  const folder = await makeChat(root());
  const checks: { readonly [check in CheckResult['check']]: null } = {
    'content-hash': null,
    bystanders: null,
    'foreign-keys': null,
    integrity: null,
    'search-index': null,
    derived: null,
    schema: null,
    checkpoint: null,
  };
  const results: { readonly [result in CheckResult['result']]: null } = {
    ok: null,
    'unchanged-damage': null,
    'came-back': null,
    rebuilt: null,
    left: null,
    'not-run': null,
    'not-brought-back': null,
  };
  const { receipt } = committed;
  // A check may name every trigger of a large schema.
  const detail = 'x'.repeat(20_000);
  const found = keysOf(checks).flatMap((check) =>
    keysOf(results).map((result): CheckResult => ({ check, subject: 'chats', result, detail })),
  );
  const entry: JournalEntry = { ...committed, receipt: { ...receipt, checks: found } };
  await appendJournal(folder, entry);
  expect(await readJournal(folder)).toEqual([entry]);
  for (const one of found) {
    const alone: JournalEntry = { ...committed, receipt: { ...receipt, checks: [one] } };
    await appendJournal(folder, alone);
    expect((await readJournal(folder)).at(-1), `${one.check}: ${one.result}`).toEqual(alone);
  }
});

test('only the owner of the database can read the journal', async () => {
  const folder = await makeChat(root());
  await appendJournal(folder, aborted);
  expect((await stat(journalOf(folder))).mode & 0o777).toBe(0o600);
});

test('a journal cut at any byte yields the entries before the cut, and takes the next entry whole', async () => {
  const folder = await makeChat(root());
  await appendJournal(folder, aborted);
  const { size: first } = await stat(journalOf(folder));
  await appendJournal(folder, published);
  const whole = await readFile(journalOf(folder));
  for (let length = first; length < whole.length - 1; length += 1) {
    await writeFile(journalOf(folder), whole.subarray(0, length));
    expect(await readJournal(folder)).toEqual([aborted]);
    await appendJournal(folder, prepared);
    expect(await readJournal(folder)).toEqual([aborted, prepared]);
  }
  await writeFile(journalOf(folder), whole.subarray(0, whole.length - 1));
  expect(await readJournal(folder)).toEqual([aborted, published]);
});

test('lines that are not exactly an entry are skipped', async () => {
  const folder = await makeChat(root());
  await appendJournal(folder, aborted);
  const receipt = JSON.parse(
    JSON.stringify(committed, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
  );
  const hostile: unknown[] = [
    null,
    7,
    [],
    {},
    { ...aborted, code: 'made-up' },
    { ...aborted, planId: 7 },
    { ...aborted, at: undefined },
    { ...published, checkpointId: '../../etc/passwd' },
    { ...prepared, safetyCopyId: 'restore/../../x' },
    { ...prepared, snapshotId: 'x'.repeat(2000) },
    { ...prepared, action: 'delete' },
    { ...prepared, checkpointDraft: 7 },
    { ...prepared, by: 7 },
    { ...prepared, by: { pid: -1, started: null } },
    { ...prepared, by: { pid: 1.5, started: null } },
    { ...prepared, by: { pid: 2 ** 40, started: null } },
    { ...prepared, by: { pid: 1, started: 7 } },
    { ...prepared, by: { pid: 1 } },
    { ...receipt, receipt: null },
    { ...receipt, receipt: { ...receipt.receipt, lastEventId: 7 } },
    { ...receipt, receipt: { ...receipt.receipt, lastEventId: '9'.repeat(5000) } },
    { ...receipt, receipt: { ...receipt.receipt, tables: [{}] } },
    { ...receipt, receipt: { ...receipt.receipt, safetyCopyId: '/x' } },
    { type: '__proto__', at, planId: 'p' },
  ];
  const lines = hostile.map((value) => JSON.stringify(value));
  await appendFile(journalOf(folder), [...lines, '{"type":', '\0\0', '['.repeat(200_000), ''].join('\n'));
  await appendFile(journalOf(folder), Buffer.from([0xff, 0xfe, 0x0a]));
  await appendJournal(folder, published);
  expect(await readJournal(folder)).toEqual([aborted, published]);
});

test('a line of a version that did not record the process is still an entry', async () => {
  const folder = await makeChat(root());
  await appendJournal(folder, aborted);
  const { by: _, ...line } = { ...prepared };
  await appendFile(journalOf(folder), `${JSON.stringify(line)}\n`);
  expect(await readJournal(folder)).toEqual([aborted, { ...prepared, by: null }]);
});

test('lines of the first versions, which named a safety copy differently, are still entries', async () => {
  const folder = await makeChat(root());
  await appendJournal(folder, prepared);
  await appendJournal(folder, committed);
  const then = (await readFile(journalOf(folder), 'utf8')).replaceAll('"safetyCopyId"', '"safetySnapshotId"');
  expect(then.match(/safetySnapshotId/g)).toHaveLength(2);
  await writeFile(journalOf(folder), then);
  expect(await readJournal(folder)).toEqual([prepared, committed]);
});

test('of a journal beyond its size limit the newest entries count', async () => {
  const folder = await makeChat(root());
  await appendJournal(folder, aborted);
  await truncate(journalOf(folder), 40 * 1024 * 1024);
  await appendJournal(folder, published);
  expect(await readJournal(folder)).toEqual([published]);
});

test('a journal in a folder that links out of its place is neither read nor written, and listing still works', async () => {
  const folder = await makeChat(root());
  const id = 'rewind/20260101T000000Z';
  await putSnapshot(folder, id);
  const elsewhere = await makeDir(root());
  await writeFile(join(elsewhere, 'journal.jsonl'), `${JSON.stringify(aborted)}\n`);
  await symlink(elsewhere, join(folder.dir, 'snapback'));
  expect(await readJournal(folder)).toEqual([]);
  expect((await listSnapshots(folder)).map((one) => one.id)).toEqual([id]);
  expect(await describeFolder(folder)).toMatchObject({ restored: null });
  expect(await codeOf(appendJournal(folder, published))).toBe('snapshot-unsafe');
  expect(await readFile(join(elsewhere, 'journal.jsonl'), 'utf8')).toBe(`${JSON.stringify(aborted)}\n`);
});

test('if the journal is unreadable, no draft is considered unneeded', async () => {
  const folder = await makeChat(root());
  const draft = await putSnapshot(folder, 'periodic/x');
  const part = join(draft, '..', '.snapback-999999999-0123456789abcdef.part');
  await rename(draft, part);
  await mkdir(journalOf(folder), { recursive: true });
  expect(await sweepDrafts(folder)).toEqual([]);
  await rmdir(journalOf(folder));
  expect(await sweepDrafts(folder)).toEqual([basename(part)]);
});

test('a link or a FIFO in its place is neither read nor written through', async () => {
  const folder = await makeChat(root());
  const elsewhere = join(await makeDir(root()), 'target');
  await writeFile(elsewhere, `${JSON.stringify(aborted)}\n`);
  await mkdir(join(folder.dir, 'snapback'));
  await symlink(elsewhere, journalOf(folder));
  expect(await readJournal(folder)).toEqual([]);
  expect(await codeOf(appendJournal(folder, published))).toBe('io-failed');
  expect(await readFile(elsewhere, 'utf8')).toBe(`${JSON.stringify(aborted)}\n`);

  const second = await makeChat(root());
  await mkdir(join(second.dir, 'snapback'));
  execFileSync('mkfifo', [journalOf(second)]);
  expect(await readJournal(second)).toEqual([]);
  expect(await codeOf(appendJournal(second, published))).toBe('io-failed');
});
