import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { constants } from '../../src/system/files.ts';
import { openPlainFile, readSmallFile } from '../../src/system/plain-file.ts';

let folder = '';
const server = createServer();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'snapback-plain-'));
  writeFileSync(join(folder, 'file'), 'text');
  symlinkSync('file', join(folder, 'link'));
  symlinkSync('loop', join(folder, 'loop'));
  symlinkSync('/dev/zero', join(folder, 'zero'));
  mkdirSync(join(folder, 'folder'));
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  await new Promise<void>((done) => server.listen(join(folder, 'socket'), done));
});
afterAll(async () => {
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true });
});

const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND, O_CREAT } = constants;

describe.skipIf(process.platform === 'win32')('opening a plain file', () => {
  describe.each([
    ['to read', O_RDONLY],
    ['to read and write', O_RDWR],
    ['to write', O_WRONLY],
    ['to append or create', O_RDWR | O_APPEND | O_CREAT],
  ])('%s', (_, flags) => {
    test.each(['link', 'loop', 'zero', 'folder', 'fifo', 'socket'])(
      'a %s in its place is reported, at once, and not kept open',
      async (name) => {
        const before = readdirSync('/proc/self/fd').length;
        const { handle, problem } = await openPlainFile(join(folder, name), flags);
        expect(handle).toBeNull();
        expect(problem).toMatch(/^This is /);
        expect(readdirSync('/proc/self/fd').length).toBe(before);
      },
    );

    test('a regular file is opened with its facts', async () => {
      const { handle, facts } = await openPlainFile(join(folder, 'file'), flags);
      await handle?.close();
      expect(facts?.size).toBe(4n);
    });
  });

  test.each(['link', 'loop', 'zero', 'folder', 'fifo', 'socket', 'none'])(
    'a small file of ours that is a %s counts as missing',
    async (name) => {
      expect(await readSmallFile(join(folder, name))).toBeNull();
    },
  );
});
