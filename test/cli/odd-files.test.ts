import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDemo, newest, type Outcome, start } from '../support/cli.ts';

/** What an attacker may put in place of a file to make a program wait for ever, run out of memory, or follow a link. */
const oddities: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  'a FIFO': async (path) => execFileSync('mkfifo', [path]),
  'a link to itself': (path) => symlink(basename(path), path),
  'a link to /dev/zero': (path) => symlink('/dev/zero', path),
  'a folder': (path) => mkdir(path),
};
const places = ['', '-wal', '-journal'];

/** Killed where it does not answer in time. */
async function answer(dir: string, ...args: readonly string[]): Promise<Outcome> {
  const { child, outcome } = start([...args, '--data', dir, '--db', 'chat.db']);
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  try {
    return await outcome;
  } finally {
    clearTimeout(timer);
  }
}

describe.skipIf(process.platform !== 'linux')('in place of a file of the database', () => {
  describe.each(Object.entries(oddities))('%s', (name, make) => {
    test.each(places)('chat.db%s is reported, and neither waited for nor read', async (place) => {
      const dir = await makeDemo();
      const path = join(dir, `chat.db${place}`);
      const id = await newest(dir, 'rewind');
      await rm(path, { force: true });
      await make(path);
      const others = name === 'a FIFO' ? [['take'], ['restore', id]] : [];
      for (const args of [['diff', id], ...others]) {
        const { status, stdout, stderr } = await answer(dir, ...args);
        expect({ args, status, stdout }).toEqual({ args, status: 1, stdout: '' });
        expect(stderr).toMatch(/^database-(unreadable|missing): /);
        expect(stderr).toContain(`chat.db${place}`);
      }
    });
  });
});
