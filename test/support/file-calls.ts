import { AsyncLocalStorage } from 'node:async_hooks';
import promises, { type FileHandle } from 'node:fs/promises';

/*
 * Shows each call by which the core changes something on the disk, before it is made: to count it, to refuse it, or to end
 * the process there. Import it before anything of the core, which takes Node's functions as they are when it is loaded.
 */

/** A call that is about to be made, of a path or of the file that was opened by it. `to`: the second path, where there is one. */
export type FileCall = {
  readonly name: string;
  readonly path: string;
  readonly to: string | null;
};

/** Throws to refuse the call. What it returns is called once the call has succeeded. */
type Watcher = (call: FileCall) => undefined | (() => void);

const watching = new AsyncLocalStorage<Watcher>();

const CALLS = [
  'chmod',
  'chown',
  'copyFile',
  'link',
  'mkdir',
  'mkdtemp',
  'rename',
  'rm',
  'rmdir',
  'truncate',
  'unlink',
  'utimes',
  'writeFile',
] as const;
const TWO_PATHS = new Set(['copyFile', 'link', 'rename']);
const HANDLE_CALLS = new Set([
  'appendFile',
  'chmod',
  'chown',
  'datasync',
  'sync',
  'truncate',
  'utimes',
  'write',
  'writeFile',
  'writev',
]);

type AnyCall = (...args: readonly unknown[]) => Promise<unknown>;

for (const name of CALLS) {
  const call = promises[name] as AnyCall;
  Object.assign(promises, {
    async [name](...args: readonly unknown[]) {
      const to = TWO_PATHS.has(name) ? String(args[1]) : null;
      return show({ name, path: String(args[0]), to }, () => call(...args));
    },
  });
}

const open = promises.open;
const forWriting = promises.constants.O_WRONLY | promises.constants.O_RDWR | promises.constants.O_CREAT;

Object.assign(promises, {
  async open(...args: Parameters<typeof open>) {
    const [path, flags] = args;
    const writes =
      typeof flags === 'number' ? (flags & forWriting) !== 0 : flags !== undefined && flags !== 'r';
    const call = { name: 'open', path: String(path), to: null };
    const handle = await (writes ? show(call, () => open(...args)) : open(...args));
    return watched(handle, String(path));
  },
});

async function show<T>(call: FileCall, make: () => Promise<T>): Promise<T> {
  const done = watching.getStore()?.(call);
  const result = await make();
  done?.();
  return result;
}

function watched(handle: FileHandle, path: string): FileHandle {
  return new Proxy(handle, {
    get(target, key): unknown {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown => {
        const make = () => Reflect.apply(member, target, args);
        return typeof key === 'string' && HANDLE_CALLS.has(key)
          ? show({ name: key, path, to: null }, make)
          : make();
      };
    },
  });
}

/** Does some work, and shows each of its calls to `watcher`. Work beside it is not watched. */
export function whileWatched<T>(watcher: Watcher, work: () => Promise<T>): Promise<T> {
  return watching.run(watcher, work);
}
