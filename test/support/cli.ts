import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect } from 'vitest';
import { defaultProfile } from '../../src/host/profile.ts';
import type { SnapshotSummary } from '../../src/model/snapshots.ts';

/*
 * Runs the command line as real processes. The data folder is the demo. What the commands did to it is judged by
 * reading its files and through an independent connection.
 */

/** The script of the command line. */
export const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

export const root = mkdtempSync(join(tmpdir(), 'snapback-test-cli-'));
/** A demo for tests that only look. */
export const pristine = join(root, 'pristine');
beforeAll(async () => {
  await run(['demo', pristine]);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

export type Outcome = { readonly status: number | null; readonly stdout: string; readonly stderr: string };
type Running = { readonly child: ChildProcess; readonly outcome: Promise<Outcome> };
type RunOptions = { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> };

export function start(args: readonly string[], { cwd = root, env = {} }: RunOptions = {}): Running {
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

export function run(args: readonly string[], options?: RunOptions): Promise<Outcome> {
  return start(args, options).outcome;
}

/** Runs a command that must succeed silently, and returns its JSON document. */
export async function ask<T>(dir: string, ...args: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await run([...args, '--data', dir, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

export type Listed = Omit<SnapshotSummary, 'tables'> & {
  readonly tables: Readonly<Record<string, number>> | null;
};
export type Tables = Readonly<Record<string, readonly unknown[]>>;

/** A demo of its own for a test that writes. */
export async function makeDemo(): Promise<string> {
  const dir = join(await mkdtemp(join(root, 'demo-')), 'demo');
  await cp(pristine, dir, { recursive: true, preserveTimestamps: true });
  return dir;
}

export async function newest(dir: string, kind: string): Promise<string> {
  const names = (await readdir(join(dir, 'snapshots', kind))).sort();
  return `${kind}/${names.at(-1)?.replace(/\.json$/, '')}`;
}

/** The content of log and projected tables, read by an independent connection. */
export function readTables(dir: string): Tables {
  const db = new Database(join(dir, 'chat.db'), { readonly: true });
  try {
    const names = ['event_log', ...defaultProfile.tables];
    return Object.fromEntries(names.map((name) => [name, sorted(db.prepare(`SELECT * FROM ${name}`).all())]));
  } finally {
    db.close();
  }
}

/** The same of a snapshot of the host, which in the demo JSON.parse reads without loss. */
export async function readDump(dir: string, id: string): Promise<Tables> {
  const dump: Tables = JSON.parse(await readFile(join(dir, 'snapshots', `${id}.json`), 'utf8'));
  return Object.fromEntries(
    ['event_log', ...defaultProfile.tables].map((name) => [name, sorted(dump[name] ?? [])]),
  );
}

function sorted(rows: readonly unknown[]): readonly unknown[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** Hashes of all files but those that SQLite makes to read: an empty WAL and its index. */
export async function fingerprint(dir: string): Promise<Readonly<Record<string, string>>> {
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
export function refusal(status: 1 | 2, code: string): Outcome {
  return { status, stdout: '', stderr: expect.stringMatching(new RegExp(`^${code}: [^\\n]+\\n$`)) };
}

export async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 2000; attempt += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('waited in vain');
}
