import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, makeDemo, newest, root } from '../support/cli.ts';
import { ownMounts } from '../support/mounts.ts';

/* Files that a person asks for, on a disk that is too small for them. */

test.skipIf(ownMounts === undefined).each([
  ['export', 'json'],
  ['export', 'csv'],
  ['export', 'sqlite'],
  ['salvage', 'json'],
  ['salvage', 'sqlite'],
] as const)(
  '%s as %s says that the disk is full and leaves nothing there, or makes the whole file',
  async (command, format) => {
    const dir = await makeDemo();
    const id = command === 'export' ? await newest(dir, 'rewind') : 'old/20260101T000000Z';
    if (command === 'salvage') {
      await mkdir(join(dir, 'snapshots/old'));
      const text = await readFile(join(dir, `snapshots/${await newest(dir, 'rewind')}.json`), 'utf8');
      await writeFile(join(dir, `snapshots/${id}.json`), text.slice(0, text.length - 10));
    }
    const table = format === 'csv' ? ['--table', 'event_log'] : [];
    const codes = new Set<string>();
    for (const size of ['8k', '256k', '768k', '4m']) {
      const args = [command, id, '--format', format, ...table, '--data', dir, '--json', '--to'];
      const { answer, left } = await runOnDisk(size, args);
      codes.add(answer.error?.code ?? 'done');
      expect(left).toEqual(answer.error === undefined ? ['file'] : []);
    }
    expect([...codes].toSorted()).toEqual(['disk-full', 'done']);
  },
);

type Answer = { readonly error?: { readonly code: string } };

/** Runs a command that writes a file on a disk of its own; what it answered, and what is on that disk afterwards. */
async function runOnDisk(
  size: string,
  args: readonly string[],
): Promise<{ readonly answer: Answer; readonly left: readonly string[] }> {
  const place = join(root, `disk-${size}`);
  await mkdir(place, { recursive: true });
  const script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && at="$2" && shift 2 && "$@"; ls -A "$at" >&2';
  const [command = '', ...rest] = ownMounts ?? [];
  const child = spawn(
    command,
    [...rest, 'sh', '-c', script, 'sh', size, place, process.execPath, cli, ...args, join(place, 'file')],
    { env: { ...process.env, XDG_CACHE_HOME: join(root, 'cache'), npm_lifecycle_event: '' } },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(await readdir(place)).toEqual([]);
  return { answer: JSON.parse(stdout) as Answer, left: stderr.split('\n').filter(Boolean) };
}
