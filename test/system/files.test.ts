import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileError, hasSystemCode, isSystemError, SnapbackError } from '../../src/model/errors.ts';
import * as files from '../../src/system/files.ts';

let folder = '';
const at = (...names: readonly string[]) => join(folder, ...names);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapback-files-'));
  writeFileSync(at('file'), 'text');
  symlinkSync('loop', at('loop'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the system refuses, by call: its own code, and what leaves the door. */
const refusals: readonly (readonly [call: string, system: string, code: string, run: () => unknown])[] = [
  ['access', 'ENOENT', 'io-failed', () => files.access(at('none'))],
  ['lstat', 'ENOENT', 'io-failed', () => files.lstat(at('none'))],
  ['readdir', 'ENOTDIR', 'io-failed', () => files.readdir(at('file'))],
  ['readFile', 'EISDIR', 'io-failed', () => files.readFile(folder)],
  ['realpath', 'ELOOP', 'io-failed', () => files.realpath(at('loop'))],
  ['stat', 'ELOOP', 'io-failed', () => files.stat(at('loop'))],
  ['statfs', 'ENOENT', 'io-failed', () => files.statfs(at('none'))],
  ['open to read', 'ENOENT', 'io-failed', () => files.open(at('none'), 'r')],
  ['open to write', 'EISDIR', 'io-failed', () => files.open(folder, 'w')],
  ['openSync', 'ENOENT', 'io-failed', () => files.openSync(at('none'), 'r')],
  ['closeSync', 'EBADF', 'io-failed', () => files.closeSync(1_000_000)],
  ['statDescriptor', 'EBADF', 'io-failed', () => files.statDescriptor({ fd: 1_000_000, path: at('file') })],
  ['lstatSync', 'ENOTDIR', 'io-failed', () => files.lstatSync(at('file', 'none'))],
  ['statSync', 'ELOOP', 'io-failed', () => files.statSync(at('loop'))],
  ['readdirSync', 'ENOENT', 'io-failed', () => files.readdirSync(at('none'))],
  ['watch', 'ENOENT', 'io-failed', () => files.watch(at('none'))],
  ['readFileSync', 'ENOENT', 'io-failed', () => files.readFileSync(at('none'))],
  ['readlinkSync', 'EINVAL', 'io-failed', () => files.readlinkSync(at('file'))],
  [
    'readDescriptor',
    'EBADF',
    'io-failed',
    () => files.readDescriptor({ fd: 1_000_000, path: at('file') }, Buffer.alloc(1), 0),
  ],
  ['chmod', 'ENOENT', 'io-failed', () => files.chmod(at('none'), 0o600)],
  ['chown', 'ENOENT', 'io-failed', () => files.chown(at('none'), 1, 1)],
  ['copyFile', 'EISDIR', 'io-failed', () => files.copyFile(at('file'), folder)],
  ['link', 'EEXIST', 'io-failed', () => files.link(at('file'), at('loop'))],
  ['mkdir', 'EEXIST', 'io-failed', () => files.mkdir(folder)],
  ['mkdtemp', 'ENOENT', 'io-failed', () => files.mkdtemp(at('none', 'x'))],
  ['rename', 'ENOENT', 'io-failed', () => files.rename(at('none'), at('other'))],
  ['rm', 'ENOENT', 'io-failed', () => files.rm(at('none'))],
  ['rmdir', 'ENOENT', 'io-failed', () => files.rmdir(at('none'))],
  ['truncate', 'ENOENT', 'io-failed', () => files.truncate(at('none'))],
  ['unlink', 'ENOENT', 'io-failed', () => files.unlink(at('none'))],
  ['utimes', 'ENOENT', 'io-failed', () => files.utimes(at('none'), 1, 1)],
  ['writeFile', 'EISDIR', 'io-failed', () => files.writeFile(folder, 'x')],
  ['a full disk', 'ENOSPC', 'disk-full', () => files.writeFile('/dev/full', 'x')],
  ['a handle on a full disk', 'ENOSPC', 'disk-full', () => withHandle((handle) => handle.write('x'))],
  ['sync of a handle', 'EINVAL', 'io-failed', () => withHandle((handle) => handle.sync())],
];

async function withHandle(use: (handle: files.FileHandle) => Promise<unknown>): Promise<void> {
  const handle = await files.open('/dev/full', 'r+');
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}

describe.skipIf(process.platform !== 'linux')('access to the file system', () => {
  test.each(refusals)(
    '%s: a refusal is one of our errors, in words without a path, and its %s can be read',
    async (...[, system, code, run]) => {
      const error = await Promise.resolve()
        .then(run)
        .then(
          () => null,
          (reason: unknown) => reason,
        );
      expect(error).toBeInstanceOf(SnapbackError);
      expect(error).toMatchObject({ code, detail: { path: expect.any(String) } });
      expect(hasSystemCode(error, system)).toBe(true);
      expect(isSystemError(error)).toBe(true);
      expect(String(error)).not.toContain('/');
      expect(String(error)).not.toMatch(/E[A-Z]{4}/);
    },
  );

  test('that table lists every function of the module', () => {
    const calls = refusals.map(([call]) => call.split(' ')[0]);
    const functions = Object.entries(files).flatMap(([name, value]) =>
      typeof value === 'function' ? [name] : [],
    );
    expect(functions.filter((name) => !calls.includes(name))).toEqual([]);
  });

  test('a handle works as usual, and a bug remains a bug', async () => {
    const handle = await files.open(at('new'), 'wx+', 0o600);
    await handle.write('hello');
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(9), 0, 9, 0);
    expect(buffer.toString('utf8', 0, bytesRead)).toBe('hello');
    expect((await handle.stat({ bigint: true })).size).toBe(5n);
    await handle.close();
    expect(handle.fd).toBe(-1);
    const noPath: unknown = null;
    const bug: unknown = await files.stat(noPath as string).catch((error: unknown) => error);
    expect(bug).toBeInstanceOf(TypeError);
  });

  test('an error that was put into other words no longer counts as a refusal of the system', () => {
    const cause = Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open' });
    expect(hasSystemCode(new SnapbackError('snapshot-missing', 'Gone.', {}, cause), 'ENOENT')).toBe(false);
    expect(hasSystemCode(new FileError('io-failed', 'Gone.', {}, cause), 'ENOENT')).toBe(true);
  });
});
