import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Command, run } from './measure.ts';
import type { Place } from './place.ts';
import { alignRows } from './report.ts';
import type { Step } from './steps.ts';
import { worldDatabase } from './world.ts';

/** Bytes that a command read and wrote, as Linux saw it, by what the files are. */
type Traffic = {
  /** From published snapshots of any kind. */
  readonly snapshot: number;
  /** From the database and its write-ahead log. */
  readonly database: number;
  /** From anything else in the folders of data, cache and temporary files: drafts, stages, copies. */
  readonly other: number;
  readonly written: number;
};

type Sizes = { readonly snapshot: number; readonly database: number };

const READS = ['read', 'pread64', 'readv', 'preadv', 'copy_file_range', 'sendfile'];
const WRITES = ['write', 'pwrite64', 'writev', 'pwritev', 'copy_file_range', 'sendfile'];
/** A call, its files in their order, and how many bytes it moved. */
const CALL = /^(\w+)\((.*)\) += (\d+)$/;
const PUBLISHED = /\/snapshots\/[^/]+\/\d{8}T\d{6}Z[^/]*$/;

/** Counts how often each step's command reads the snapshot and the database. Needs strace; memory that is mapped is not seen. */
export async function countPasses(
  steps: readonly Step[],
  { scratch, tidy }: Place,
  sizes: Sizes,
): Promise<string> {
  const rows = [['step', 'snapshot read', 'database read', 'other files read, MB', 'written, MB']];
  for (const { title, ours } of steps) {
    const traffic = await watch(await ours.prepare(), scratch);
    await tidy();
    rows.push([
      title,
      `${(traffic.snapshot / sizes.snapshot).toFixed(2)}x`,
      `${(traffic.database / sizes.database).toFixed(2)}x`,
      (traffic.other / 1e6).toFixed(1),
      (traffic.written / 1e6).toFixed(1),
    ]);
  }
  return alignRows(rows);
}

async function watch({ line, env }: Command, folder: string): Promise<Traffic> {
  const logs = await mkdtemp(join(folder, 'calls-'));
  const calls = [...new Set([...READS, ...WRITES])].join(',');
  // One file for each thread, so that no call is split over two lines.
  const strace = ['-ff', '-y', '-s', '0', '-e', `trace=${calls}`, '-o', join(logs, 'calls')];
  await run({ line: ['strace', ...strace, ...line], env: env ?? {} });
  const sum = { snapshot: 0, database: 0, other: 0, written: 0 };
  for (const name of await readdir(logs))
    for await (const call of createInterface({ input: createReadStream(join(logs, name)) })) {
      const [, kind = '', rest = '', bytes = '0'] = CALL.exec(call) ?? [];
      const files = [...rest.matchAll(/\d+<([^>]*)>/g)].map(([, file = '']) => file);
      // Of the calls that copy, only this one names its target first.
      const [from = '', to = from] = kind === 'sendfile' ? files.toReversed() : files;
      if (READS.includes(kind) && isFile(from)) sum[judge(from)] += Number(bytes);
      if (WRITES.includes(kind) && isFile(to)) sum.written += Number(bytes);
    }
  await rm(logs, { recursive: true });
  return sum;
}

/** A file of ours: not the program's own, no pipe and nothing of the system. */
function isFile(path: string): boolean {
  return path.startsWith('/') && !/^\/(proc|sys|dev|usr|lib|etc)\/|\/node_modules\//.test(path);
}

function judge(file: string): 'snapshot' | 'database' | 'other' {
  if (file.endsWith(`/${worldDatabase}`) || file.endsWith(`/${worldDatabase}-wal`)) return 'database';
  return PUBLISHED.test(file) ? 'snapshot' : 'other';
}
