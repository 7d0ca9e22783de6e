import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  Diff,
  PrunePlan,
  PruneReceipt,
  RestorePlan,
  RestoreReceipt,
  SnapshotSummary,
} from '../../src/model.ts';
import { defaultProfile } from '../../src/profile.ts';

/*
 * The headless face as real processes. The demo is the data folder; what the commands did to it is judged by reading
 * its files and by an independent connection.
 */

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

let root = '';
let pristine = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'snapback-test-cli-'));
  pristine = join(root, 'pristine');
  await run(['demo', pristine]);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

type Outcome = { readonly status: number | null; readonly stdout: string; readonly stderr: string };
type Running = { readonly child: ChildProcess; readonly outcome: Promise<Outcome> };
type RunOptions = { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> };

function start(args: readonly string[], { cwd = root, env = {} }: RunOptions = {}): Running {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: { ...process.env, XDG_CACHE_HOME: join(root, 'cache'), npm_lifecycle_event: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const outcome = new Promise<Outcome>((resolve) => {
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
  return { child, outcome };
}

function run(args: readonly string[], options?: RunOptions): Promise<Outcome> {
  return start(args, options).outcome;
}

/** Runs a command that must succeed silently, and returns its JSON document. */
async function ask<T>(dir: string, ...args: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await run([...args, '--data', dir, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

type Listed = Omit<SnapshotSummary, 'tables'> & { readonly tables: Readonly<Record<string, number>> | null };
type Tables = Readonly<Record<string, readonly unknown[]>>;

/** A demo of its own for a test that writes. */
async function makeDemo(): Promise<string> {
  const dir = join(await mkdtemp(join(root, 'demo-')), 'demo');
  await cp(pristine, dir, { recursive: true, preserveTimestamps: true });
  return dir;
}

async function newest(dir: string, kind: string): Promise<string> {
  const names = (await readdir(join(dir, 'snapshots', kind))).sort();
  return `${kind}/${names.at(-1)?.replace(/\.json$/, '')}`;
}

/** The content of log and projected tables, read by an independent connection. */
function readTables(dir: string): Tables {
  const db = new Database(join(dir, 'chat.db'), { readonly: true });
  try {
    const names = ['event_log', ...defaultProfile.tables];
    return Object.fromEntries(names.map((name) => [name, sorted(db.prepare(`SELECT * FROM ${name}`).all())]));
  } finally {
    db.close();
  }
}

/** The same of a snapshot of the host, which in the demo JSON.parse reads without loss. */
async function readDump(dir: string, id: string): Promise<Tables> {
  const dump: Tables = JSON.parse(await readFile(join(dir, 'snapshots', `${id}.json`), 'utf8'));
  return Object.fromEntries(
    ['event_log', ...defaultProfile.tables].map((name) => [name, sorted(dump[name] ?? [])]),
  );
}

function sorted(rows: readonly unknown[]): readonly unknown[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** Hashes of all files but those that SQLite makes to read: an empty WAL and its index. */
async function fingerprint(dir: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const name of await readdir(dir, { recursive: true })) {
    const facts = await stat(join(dir, name));
    if (!facts.isFile() || name.endsWith('-shm') || (name.endsWith('-wal') && facts.size === 0)) continue;
    found[name] = createHash('sha256')
      .update(await readFile(join(dir, name)))
      .digest('hex');
  }
  return found;
}

/** What a refusal looks like: nothing on stdout, one line on stderr. */
function refusal(status: 1 | 2, code: string): unknown {
  return { status, stdout: '', stderr: expect.stringMatching(new RegExp(`^${code}: [^\\n]+\\n$`)) };
}

describe.concurrent('looking', () => {
  test('lists snapshots by kind, newest first, at once and without reading them', async () => {
    const listed = await ask<readonly Listed[]>(pristine, 'list');
    expect(listed.map(({ kind }) => kind)).toEqual([
      ...Array(5).fill('periodic'),
      ...Array(4).fill('rewind'),
    ]);
    for (const kind of ['periodic', 'rewind']) {
      const names = listed.filter((one) => one.kind === kind).map(({ id }) => id);
      expect(names).toEqual([...names].sort().reverse());
    }
    for (const one of listed) {
      expect(Object.keys(one)).toEqual(
        expect.arrayContaining([
          'id',
          'kind',
          'file',
          'takenAt',
          'sizeBytes',
          'lastEventId',
          'health',
          'healthDetail',
          'tables',
          'retention',
        ]),
      );
      expect(one.sizeBytes).toBe((await stat(one.file)).size);
    }
  });

  test('waits for the health and the counts of every snapshot if asked to', async () => {
    const listed = await ask<readonly Listed[]>(pristine, 'list', '--check');
    const damaged = listed.filter(({ health }) => health !== 'good');
    expect(damaged).toMatchObject([
      { kind: 'rewind', health: 'damaged', healthDetail: expect.stringContaining('memories') },
    ]);
    const id = await newest(pristine, 'rewind');
    const rows = Object.fromEntries(
      Object.entries(await readDump(pristine, id)).map(([name, all]) => [name, all.length]),
    );
    expect(listed.find((one) => one.id === id)?.tables).toMatchObject(rows);
  });

  test('shows one snapshot, and verifies some: one that is damaged is an answer and a failure', async () => {
    const [whole, damaged] = [
      await newest(pristine, 'rewind'),
      (await readdir(join(pristine, 'snapshots', 'rewind'))).sort()[2],
    ];
    expect(await ask(pristine, 'show', whole)).toMatchObject({ id: whole, health: 'good' });
    expect(await ask(pristine, 'verify', whole)).toMatchObject([{ id: whole, health: 'good' }]);
    const cut = `rewind/${damaged?.replace('.json', '')}`;
    const { status, stdout, stderr } = await run(['verify', cut, whole, '--data', pristine, '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { id: cut, health: 'damaged' },
      { id: whole, health: 'good' },
    ]);
    expect(stderr).toMatch(/^snapshot-damaged: [^\n]+\n$/);
  });

  test('compares a snapshot with the database, in the direction of a restore', async () => {
    const diff = await ask<Diff>(pristine, 'diff', await newest(pristine, 'rewind'));
    const counted = Object.fromEntries(
      diff.tables.map(({ name, added, changed, removed }) => [name, [added, changed, removed]]),
    );
    expect(counted).toMatchObject({
      event_log: [0, 37, 4],
      memories: [11, 0, 0],
      bots: [0, 0, 0],
      edges: [0, 3, 0],
    });
    expect(diff.newerEvents.map(({ chat, events }) => [chat, events])).toEqual([
      ['lighthouse', 1],
      ['harbour', 3],
    ]);
    expect(diff.schemaDrift).toEqual([]);
  });

  test('changes no file, whatever is looked at or planned', async () => {
    const before = await fingerprint(pristine);
    const id = await newest(pristine, 'rewind');
    for (const args of [
      ['list', '--check'],
      ['show', id],
      ['diff', id],
      ['restore', id],
      ['restore', id, '--mode', 'projections'],
      ['prune', id],
    ])
      expect(await run([...args, '--data', pristine])).toMatchObject({ status: 0, stderr: '' });
    expect(await fingerprint(pristine)).toEqual(before);
  });

  test('speaks to people in aligned figures and plain words', async () => {
    const { stdout } = await run(['diff', await newest(pristine, 'rewind'), '--data', pristine]);
    expect(stdout).toMatch(/^Table +In snapshot +Now +Comes back +Changes +Goes$/m);
    expect(stdout).toMatch(/^event_log +[\d,]+ +[\d,]+ +0 +37 +4$/m);
    expect(stdout).toContain('37 events of Lighthouse');
    expect((await run(['list', '--data', pristine])).stdout).toMatch(
      /^Snapshot +Taken +Size +Last event +Health +Kept$/m,
    );
  });
});

describe.concurrent('restoring', () => {
  test('applies exactly the plan that was shown; undo takes it back, and undo of undo brings it again', async () => {
    const dir = await makeDemo();
    const [id, mistaken] = [await newest(dir, 'rewind'), readTables(dir)];
    const plan = await ask<RestorePlan>(dir, 'restore', id, '--mode', 'full');
    expect(plan).toMatchObject({ action: 'restore', newerEventsLost: 3, refusals: [] });
    const receipt = await ask<RestoreReceipt>(
      dir,
      'restore',
      id,
      '--mode',
      'full',
      '--yes',
      '--plan-id',
      plan.planId,
    );
    expect(receipt).toMatchObject({
      planId: plan.planId,
      snapshotId: id,
      lastEventId: plan.snapshot.lastEventId,
    });
    expect(readTables(dir)).toEqual(await readDump(dir, id));
    expect(await newest(dir, 'periodic')).toBe(receipt.checkpointId);

    expect(await ask<RestorePlan>(dir, 'undo')).toMatchObject({
      action: 'undo',
      snapshot: { id: receipt.safetySnapshotId },
    });
    await ask(dir, 'undo', '--yes');
    expect(readTables(dir)).toEqual(mistaken);
    await ask(dir, 'undo', '--yes');
    expect(readTables(dir)).toEqual(await readDump(dir, id));
  });

  test('brings back the projections alone, and the log stays', async () => {
    const dir = await makeDemo();
    const [id, mistaken] = [await newest(dir, 'rewind'), readTables(dir)];
    await ask(dir, 'restore', id, '--mode', 'projections', '--yes');
    expect(readTables(dir)).toEqual({ ...(await readDump(dir, id)), event_log: mistaken.event_log });
  });

  test('refuses a plan that is not true any more, and nothing changes', async () => {
    const dir = await makeDemo();
    const id = await newest(dir, 'rewind');
    const { planId } = await ask<RestorePlan>(dir, 'restore', id);
    const db = new Database(join(dir, 'chat.db'));
    db.exec(`UPDATE chats SET title = 'Elsewhere' WHERE id = 'orchard'`);
    db.close();
    const before = await fingerprint(dir);
    expect(await run(['restore', id, '--yes', '--plan-id', planId, '--data', dir, '--json'])).toEqual(
      refusal(1, 'plan-stale'),
    );
    expect(await fingerprint(dir)).toEqual(before);
  });

  test('refuses while another program has the database open, unless told otherwise', async () => {
    const dir = await makeDemo();
    const id = await newest(dir, 'rewind');
    const holder = await holdDatabase(dir, 'SELECT count(*) FROM event_log');
    try {
      expect(await run(['restore', id, '--yes', '--data', dir])).toEqual(refusal(1, 'database-in-use'));
      expect(await ask<RestorePlan>(dir, 'restore', id)).toMatchObject({
        refusals: [{ code: 'database-in-use' }],
      });
      expect(await ask<RestoreReceipt>(dir, 'restore', id, '--yes', '--while-open')).toMatchObject({
        whileOpen: true,
      });
    } finally {
      holder.kill('SIGKILL');
    }
  });

  test('stops at the first interrupt, and the database is as before', async () => {
    const dir = await makeDemo();
    const [id, mistaken] = [await newest(dir, 'rewind'), readTables(dir)];
    const holder = await holdDatabase(dir, 'BEGIN IMMEDIATE');
    try {
      const { child, outcome } = start(['restore', id, '--yes', '--while-open', '--data', dir]);
      await waitFor(async () => (await readdir(join(dir, 'snapshots'))).includes('restore'));
      child.kill('SIGINT');
      expect(await outcome).toEqual(refusal(1, 'cancelled'));
    } finally {
      holder.kill('SIGKILL');
    }
    expect(readTables(dir)).toEqual(mistaken);
    expect(await readdir(join(dir, 'snapshots', 'restore'))).toEqual([]);
  });

  test('says that there is nothing to undo, that a snapshot is damaged, missing, or not one', async () => {
    const damaged = (await readdir(join(pristine, 'snapshots', 'rewind'))).sort()[2]?.replace('.json', '');
    expect(await run(['undo', '--data', pristine])).toEqual(refusal(1, 'nothing-to-undo'));
    expect(await run(['restore', `rewind/${damaged}`, '--data', pristine])).toEqual(
      refusal(1, 'snapshot-damaged'),
    );
    expect(await run(['restore', 'rewind/20000101T000000Z', '--data', pristine])).toEqual(
      refusal(1, 'snapshot-missing'),
    );
    expect(await run(['restore', '../pristine/chat', '--data', pristine])).toEqual(
      refusal(1, 'snapshot-unsafe'),
    );
  });
});

describe.concurrent('taking and tidying up', () => {
  test('takes a snapshot of either kind, and a periodic one only when it is due', async () => {
    const dir = await makeDemo();
    const taken = await ask<{ id: string; file: string; lastEventId: number }>(dir, 'take');
    expect(taken.id).toMatch(/^rewind\//);
    expect(taken.file).toBe(join(dir, 'snapshots', `${taken.id}.json`));
    expect(await readDump(dir, taken.id)).toEqual(readTables(dir));
    expect(await ask(dir, 'take', '--if-due')).toEqual({ taken: false, reason: expect.any(String) });
    expect((await ask<{ id: string }>(dir, 'take', '--kind', 'periodic')).id).toMatch(/^periodic\//);
  });

  test('prunes into the trash by plan, and frees the space in a step of its own', async () => {
    const dir = await makeDemo();
    const kept = await newest(dir, 'periodic');
    const plan = await ask<PrunePlan>(dir, 'prune', '--kind', 'periodic', '--keep', '1');
    expect(plan.goes).toHaveLength(4);
    expect(await readdir(join(dir, 'snapshots', 'periodic'))).toHaveLength(5);
    const receipt = await ask<PruneReceipt>(
      dir,
      'prune',
      '--kind',
      'periodic',
      '--keep',
      '1',
      '--yes',
      '--plan-id',
      plan.planId,
    );
    expect([...receipt.moved].sort()).toEqual(plan.goes.map(({ id }) => id).sort());
    expect(await readdir(join(dir, 'snapshots', 'periodic'))).toEqual([`${kept.split('/')[1]}.json`]);
    expect(await ask(dir, 'empty-trash')).toMatchObject({ files: 4, bytes: plan.bytes });
    expect(await ask(dir, 'empty-trash', '--yes')).toMatchObject({ files: 4, bytes: plan.bytes });
    expect(await ask(dir, 'empty-trash')).toMatchObject({ files: 0, bytes: 0 });
    expect(await run(['prune', '--kind', 'periodic', '--keep', '1', '--yes', '--data', dir])).toEqual(
      refusal(1, 'nothing-to-prune'),
    );
  });

  test('prunes by age and by choice', async () => {
    const dir = await makeDemo();
    const old = (await ask<PrunePlan>(dir, 'prune', '--kind', 'rewind', '--older-than', '14')).goes;
    expect(old).toMatchObject([{ reason: 'older-than' }]);
    const chosen = await newest(dir, 'periodic');
    expect((await ask<PruneReceipt>(dir, 'prune', chosen, '--yes')).moved).toEqual([chosen]);
  });
});

describe.concurrent('as a process', () => {
  test('prints every digit of an id, and a table named __proto__ is a table', async () => {
    const dir = await mkdtemp(join(root, 'odd-'));
    await writeFile(join(dir, 'snapback-profile.json'), '{"tables": ["__proto__"]}');
    const db = new Database(join(dir, 'odd.db'));
    db.exec(`CREATE TABLE event_log (id INTEGER PRIMARY KEY, branch_id, ts, kind, payload_json, superseded_by, hidden);
      INSERT INTO event_log (id) VALUES (9223372036854775807);
      CREATE TABLE "__proto__" (a); INSERT INTO "__proto__" VALUES (1), (2)`);
    db.close();
    const { stdout } = await run(['take', '--data', dir, '--json']);
    expect(stdout).toMatch(/"lastEventId": 9223372036854775807,?$/m);
    expect((await run(['list', '--check', '--data', dir, '--json'])).stdout).toContain('"__proto__": 2');
  });

  test('names the database among several, and says which there are if none is named', async () => {
    const dir = await makeDemo();
    await cp(join(dir, 'chat.db'), join(dir, 'other.db'));
    expect(await run(['list', '--data', dir])).toEqual(refusal(1, 'database-ambiguous'));
    for (const db of ['other.db', join(dir, 'other.db'), join('.', 'other.db')])
      expect(await run(['list', '--data', dir, '--db', db], { cwd: dir })).toMatchObject({ status: 0 });
  });

  test('takes paths from where the person stands, also when npm runs it elsewhere', async () => {
    const path = relative(join(root, 'cache'), pristine);
    const npm = { npm_lifecycle_event: 'snapback', INIT_CWD: join(root, 'cache') };
    expect(await run(['list', '--data', 'pristine'])).toMatchObject({ status: 0 });
    expect(await run(['list', '--data', path], { env: npm })).toMatchObject({ status: 0 });
  });

  test('keeps what it remembers where the environment says, out of the data folder', async () => {
    const cache = await mkdtemp(join(root, 'xdg-'));
    await run(['list', '--check', '--data', pristine], { env: { XDG_CACHE_HOME: cache } });
    expect(await readdir(cache)).toEqual(['snapback']);
    expect((await stat(join(cache, 'snapback'))).mode & 0o077).toBe(0);
  });

  test('answers wrong usage with exit 2, every failure with exit 1, and never with a stack', async () => {
    const occupied = refusal(1, 'target-exists');
    expect(await run([])).toEqual(refusal(2, 'usage'));
    expect(await run(['list'])).toEqual(refusal(2, 'usage'));
    expect(await run(['frob', '--json'])).toEqual(refusal(2, 'usage'));
    expect(await run(['show', 'no-kind', '--data', pristine])).toEqual(refusal(2, 'usage'));
    expect(await run(['list', '--data', join(root, 'nowhere')])).toEqual(refusal(1, 'data-folder-missing'));
    expect(await run(['list', '--data', join(pristine, 'snapshots')])).toEqual(
      refusal(1, 'database-missing'),
    );
    expect(await run(['demo', pristine])).toEqual(occupied);
    expect(
      await run(['list', '--data', pristine], { env: { BETTER_SQLITE3_BINDING: '/nowhere.node' } }),
    ).toEqual(refusal(1, '[a-z-]+'));
  });

  test('helps, tells its version, and takes no offence at a reader who leaves', async () => {
    expect(await run(['help'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('restore ID'),
      stderr: '',
    });
    const manifest: { version: string } = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect((await run(['--version'])).stdout).toBe(`snapback ${manifest.version}\n`);
    const { child, outcome } = start(['help']);
    child.stdout?.destroy();
    expect(await outcome).toMatchObject({ stderr: '' });
  });
});

/** Another program that has the database open and does something in it; resolves when that is done. */
async function holdDatabase(dir: string, sql: string): Promise<ChildProcess> {
  const script = `const db = new (require('better-sqlite3'))(process.argv[1]); db.exec(process.argv[2]); console.log('held'); setInterval(() => db.open, 1000)`;
  const child = spawn(process.execPath, ['-e', script, join(dir, 'chat.db'), sql], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 2000; attempt += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('waited in vain');
}
