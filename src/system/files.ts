import fs, { type BigIntStats } from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { FileError, isSystemError, type SnapbackError } from '../model/errors.ts';
import { explainReadError, explainWriteError } from './refusals.ts';

/*
 * The only door to the file system. Each function is Node's own of that name. Invariant: a refusal of the system always
 * becomes a `FileError` with a code of ours and the path, also from the methods of a handle that `open` returns.
 */

export type { BigIntStats, Dirent } from 'node:fs';
export type { FileHandle } from 'node:fs/promises';
export const { constants } = fs;

export const access = reading(promises.access);
export const lstat = reading(promises.lstat);
export const readdir = reading(promises.readdir);
export const readFile = reading(promises.readFile);
export const realpath = reading(promises.realpath);
export const stat = reading(promises.stat);
export const statfs = reading(promises.statfs);
export const watch = reading(fs.watch);

/* `openSync` is for reading only. */
export const lstatSync = reading(fs.lstatSync);
export const openSync = reading(fs.openSync);
export const readdirSync = reading(fs.readdirSync);
export const readFileSync = reading(fs.readFileSync);
export const readlinkSync = reading(fs.readlinkSync);
export const statSync = reading(fs.statSync);
export const closeSync = reading(fs.closeSync);

export const chmod = writing(promises.chmod);
export const chown = writing(promises.chown);
export const copyFile = writing(promises.copyFile, 1);
export const link = writing(promises.link, 1);
export const mkdir = writing(promises.mkdir);
export const mkdtemp = writing(promises.mkdtemp);
export const rename = writing(promises.rename, 1);
export const rm = writing(promises.rm);
export const rmdir = writing(promises.rmdir);
export const truncate = writing(promises.truncate);
export const unlink = writing(promises.unlink);
export const utimes = writing(promises.utimes);
export const writeFile = writing(promises.writeFile);

/** Node's `open`. The handle's methods throw `FileError` too. */
export const open: typeof promises.open = async (path, flags, mode) => {
  const explain = isForWriting(flags) ? explainWriteError : explainReadError;
  try {
    return guardHandle(await promises.open(path, flags, mode), String(path), explain);
  } catch (error) {
    throw refused(error, String(path), explain);
  }
};

type Descriptor = { readonly fd: number; readonly path: string };

/** What `openSync` opened, or what a handle stands for. */
export function statDescriptor({ fd, path }: Descriptor): BigIntStats {
  try {
    return fs.fstatSync(fd, { bigint: true });
  } catch (error) {
    throw refused(error, path, explainReadError);
  }
}

const readFromDescriptor = promisify(fs.read);

/** Reads from a position of what `openSync` opened into `buffer`. Returns the number of bytes read, 0 at the end. */
export async function readDescriptor(
  { fd, path }: Descriptor,
  buffer: Buffer,
  position: number,
): Promise<number> {
  try {
    return (await readFromDescriptor(fd, buffer, 0, buffer.length, position)).bytesRead;
  } catch (error) {
    throw refused(error, path, explainReadError);
  }
}

type Explain = (error: unknown, path: string) => SnapbackError;
type FileCall = (...args: never[]) => unknown;

function reading<F extends FileCall>(call: F): F {
  return guard(call, explainReadError, 0);
}

/** `named`: which argument is the path that is written. */
function writing<F extends FileCall>(call: F, named = 0): F {
  return guard(call, explainWriteError, named);
}

/** The same function with all its overloads, throwing `FileError`. */
function guard<F extends FileCall>(call: F, explain: Explain, named: number): F {
  return new Proxy(call, {
    apply: (target, self, args: readonly unknown[]): unknown =>
      attempt(() => Reflect.apply(target, self, args), String(args[named]), explain),
  });
}

/** What a method of a handle does, however the file was opened. */
const HANDLE_CALLS: ReadonlyMap<string | symbol, Explain> = new Map([
  ...['sync', 'datasync'].map((name) => [name, explainWriteError] as const),
  ...['read', 'readv', 'readFile', 'stat'].map((name) => [name, explainReadError] as const),
]);

function guardHandle(handle: FileHandle, path: string, explain: Explain): FileHandle {
  return new Proxy(handle, {
    get(target, key): unknown {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      const explainThis = HANDLE_CALLS.get(key) ?? explain;
      return (...args: readonly unknown[]): unknown =>
        attempt(() => Reflect.apply(member, target, args), path, explainThis);
    },
  });
}

function attempt(call: () => unknown, path: string, explain: Explain): unknown {
  try {
    const result = call();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw refused(error, path, explain);
    });
  } catch (error) {
    throw refused(error, path, explain);
  }
}

/** Anything but a refusal of the system is a bug, and is passed on as it is. */
function refused(error: unknown, path: string, explain: Explain): unknown {
  if (!isSystemError(error) || error instanceof FileError) return error;
  const { code, message, detail } = explain(error, path);
  return new FileError(code, message, detail, error);
}

function isForWriting(flags: string | number | undefined): boolean {
  if (typeof flags !== 'number') return flags !== undefined && flags !== 'r';
  return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT)) !== 0;
}
