import fs from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';
import { doAsync, doSync, type PointKind } from './inject.ts';

/* Node's own functions for files become points, as far as the core calls them: see `src/system/files.ts`. */

type AnyCall = (...args: readonly unknown[]) => unknown;

/** The calls, which argument is the path, and whether they change anything. */
const CALLS: readonly (readonly [kind: PointKind, path: number, names: readonly string[]])[] = [
  ['read', 0, ['access', 'lstat', 'readdir', 'readFile', 'realpath', 'stat', 'statfs']],
  ['name', 0, ['chmod', 'chown', 'mkdir', 'mkdtemp', 'rm', 'rmdir', 'truncate', 'unlink', 'utimes']],
  ['name', 1, ['copyFile', 'link', 'rename']],
];
const SYNC_CALLS = ['lstatSync', 'readdirSync', 'readFileSync', 'readlinkSync', 'statSync', 'fstatSync'];

const paths = new WeakMap<FileHandle, string>();
/** What was last opened under each descriptor. */
const descriptors = new Map<unknown, string>();

export function pathOfDescriptor(fd: number): string {
  return descriptors.get(fd) ?? '';
}

function wrapPromise(owner: object, name: string, kind: PointKind, pathAt: number): void {
  const work = Reflect.get(owner, name) as (...args: readonly unknown[]) => Promise<unknown>;
  Object.assign(owner, {
    [name]: (...args: readonly unknown[]) =>
      doAsync({ call: name, kind, target: String(args[pathAt]), changes: kind === 'name' }, () =>
        work(...args),
      ),
  });
}

function wrapOpen(): void {
  const { open, writeFile, appendFile } = promises;
  promises.open = (path, flags, mode) => {
    const bits =
      typeof flags === 'number' ? flags : flags === undefined || flags === 'r' ? 0 : fs.constants.O_CREAT;
    const changes = (bits & (fs.constants.O_CREAT | fs.constants.O_TRUNC)) !== 0;
    const isForWriting = (bits & (fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT)) !== 0;
    return doAsync({ call: 'open', kind: 'open', target: String(path), changes }, async () => {
      const handle = await open(path, flags, mode);
      paths.set(handle, String(path));
      descriptors.set(handle.fd, String(path));
      // To close what was only read does not fail.
      if (!isForWriting) return handle;
      const { close } = handle;
      handle.close = () =>
        doAsync({ call: 'handle.close', kind: 'close', target: String(path), changes: false }, close);
      return handle;
    });
  };
  promises.writeFile = (path, data, options) =>
    doAsync(
      { call: 'writeFile', kind: 'write', target: String(path), changes: true },
      () => writeFile(path, data, options),
      async (between) => {
        const bytes = Buffer.from(data as Buffer);
        await writeFile(path, bytes.subarray(0, bytes.length / 2), options);
        between();
        await appendFile(path as string, bytes.subarray(bytes.length / 2));
      },
    );
}

const HANDLE_CALLS: readonly (readonly [kind: PointKind, changes: boolean, names: readonly string[]])[] = [
  ['read', false, ['read', 'readv', 'readFile', 'stat']],
  ['write', true, ['write', 'writeFile', 'appendFile']],
  ['name', true, ['truncate', 'chmod', 'chown', 'utimes']],
  ['sync', true, ['sync', 'datasync']],
];

/** The methods of what `open` returns. Half of a write is written by the same method. */
function wrapHandles(prototype: object): void {
  for (const [kind, changes, names] of HANDLE_CALLS)
    for (const name of names) {
      const work = Reflect.get(prototype, name) as AnyCall;
      Object.assign(prototype, {
        [name](this: FileHandle, ...args: readonly unknown[]) {
          const call = { call: `handle.${name}`, kind, target: paths.get(this) ?? '', changes };
          // Only a loss of power would show whether it was waited for the disk.
          const all = async () => (kind === 'sync' ? undefined : await work.apply(this, [...args]));
          if (kind !== 'write') return doAsync(call, all);
          return doAsync(call, all, (between) => inHalves(this, work, args, between));
        },
      });
    }
}

/** `write(buffer, offset, length, position)` or `writeFile(data)`. */
async function inHalves(
  handle: FileHandle,
  work: AnyCall,
  [data, offset = 0, length, position = null]: readonly unknown[],
  between: () => void,
): Promise<unknown> {
  const bytes = Buffer.from(data as Buffer);
  const end = typeof length === 'number' ? Number(offset) + length : bytes.length;
  const start = typeof offset === 'number' ? offset : 0;
  const middle = start + Math.floor((end - start) / 2);
  const put = async (from: number, to: number) => {
    const at = typeof position === 'number' ? position + from - start : null;
    for (let done = from; done < to; )
      done += (await (write.call(handle, bytes, done, to - done, at) as ReturnType<FileHandle['write']>))
        .bytesWritten;
  };
  await put(start, middle);
  between();
  await put(middle, end);
  return work === write ? { bytesWritten: end - start, buffer: data } : undefined;
}

function wrapSync(): void {
  for (const name of SYNC_CALLS) {
    const work = Reflect.get(fs, name) as AnyCall;
    Object.assign(fs, {
      [name]: (...args: readonly unknown[]) =>
        doSync(
          { call: name, kind: 'read', target: descriptors.get(args[0]) ?? String(args[0]), changes: false },
          () => work(...args),
        ),
    });
  }
  // Asking all processes of a busy machine which files they have open would take most of the time. Nobody else has any here.
  const { readdirSync } = fs;
  Object.assign(fs, {
    readdirSync: (...args: readonly unknown[]) =>
      args[0] === '/proc' ? [] : (readdirSync as AnyCall)(...args),
  });
  const { openSync, read } = fs;
  fs.openSync = (path, flags, mode) => {
    const fd = doSync({ call: 'openSync', kind: 'open', target: String(path), changes: false }, () =>
      openSync(path, flags, mode),
    );
    descriptors.set(fd, String(path));
    return fd;
  };
  const readWhole = promisify(read) as unknown as (...args: readonly unknown[]) => Promise<unknown>;
  Object.assign(fs, {
    read: Object.assign((...args: Parameters<typeof read>) => read(...args), {
      [promisify.custom]: (...args: readonly unknown[]) =>
        doAsync({ call: 'read', kind: 'read', target: descriptors.get(args[0]) ?? '', changes: false }, () =>
          readWhole(...args),
        ),
    }),
  });
}

const probe = await promises.open(import.meta.filename);
const handles: object = Object.getPrototypeOf(probe);
const write = Reflect.get(handles, 'write') as AnyCall;
await probe.close();
for (const [kind, pathAt, names] of CALLS)
  for (const name of names) wrapPromise(promises, name, kind, pathAt);
wrapOpen();
wrapHandles(handles);
wrapSync();
syncBuiltinESMExports();
