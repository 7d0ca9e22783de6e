import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileCall } from '../support/file-calls.ts';

/*
 * A disk that loses its power. Every change by the core is seen as it is made. What a file holds is safe once the file was
 * synced, a name once its folder was. Anything else may be lost at the next moment, or be there, each by itself: contents
 * also by half, names in any order. Only a rename is one step, wherever it leads: every file system with a journal keeps it so.
 *
 * SQLite's own writes are not seen. A file that it made counts as not synced. The database itself is another matter.
 */

/** A file or a folder, whatever its names are. `safe`: what the disk holds of it for sure; null for a folder. */
type Node = { safe: Buffer | null };
type Names = ReadonlyMap<string, Node>;
/** A change of names that is not safe yet. `folders`: any that is synced makes it so. */
type Pending = { readonly folders: readonly string[]; readonly apply: (names: Map<string, Node>) => void };

/** What may be on the disk, by path; null for a folder. Two names of one file have the same `node`. */
export type Tree = ReadonlyMap<string, { readonly node: object; readonly bytes: Buffer } | null>;

/** What was seen before one of the calls, or at the end. */
export type Moment = {
  readonly before: string;
  readonly safeNames: Names;
  readonly pending: readonly Pending[];
  readonly safe: ReadonlyMap<Node, Buffer | null>;
  readonly now: ReadonlyMap<Node, Buffer | null>;
};

export type Disk = {
  /** Sees a call; what it returns has to be called when the call was made. */
  readonly see: (call: FileCall) => () => void;
  readonly look: (before: string) => Moment;
};

/** Watches these folders, whose contents are safe so far. `ignored`: paths that are no part of it. */
export function watchDisk(roots: readonly string[], ignored: (path: string) => boolean): Disk {
  const names = new Map<string, Node>();
  let pending: readonly Pending[] = [];
  for (const root of roots)
    for (const path of walk(root)) if (!ignored(path)) names.set(path, safeNode(path));
  const safeNames = new Map(names);
  const isOurs = (path: string) =>
    roots.some((root) => path === root || path.startsWith(`${root}/`)) && !ignored(path);

  const add = (path: string, node: Node) => {
    names.set(path, node);
    const apply = (target: Map<string, Node>) => void target.set(path, node);
    pending = [...pending, { folders: [dirname(path)], apply }];
  };
  /** Finds what SQLite has made meanwhile, and what is gone. */
  const catchUp = () => {
    for (const root of roots)
      for (const path of walk(root))
        if (!ignored(path) && !names.has(path))
          add(path, { safe: lstatSync(path).isDirectory() ? null : Buffer.alloc(0) });
    for (const path of [...names.keys()]) if (!exists(path)) remove(path);
  };
  const remove = (path: string) => {
    if (!names.delete(path)) return;
    pending = [...pending, { folders: [dirname(path)], apply: (target) => void target.delete(path) }];
  };
  const contents = () =>
    new Map([...names].map(([path, node]) => [node, node.safe === null ? null : readFileSync(path)]));
  const sync = (path: string) => {
    const node = names.get(path);
    const isFolder = roots.includes(path) || node?.safe === null;
    if (!isFolder) {
      const bytes = readFileSync(path);
      return () => {
        if (node !== undefined) node.safe = bytes;
      };
    }
    const done = pending.filter(({ folders }) => folders.includes(path));
    return () => {
      for (const one of done) one.apply(safeNames);
      pending = pending.filter((one) => !done.includes(one));
    };
  };

  return {
    see({ name, path, to }) {
      if (!isOurs(path) && (to === null || !isOurs(to))) return () => undefined;
      catchUp();
      if (name === 'sync' || name === 'datasync') return sync(path);
      return () => {
        const node = names.get(path);
        if (name === 'link' && to !== null && node !== undefined) add(to, node);
        else if (name === 'rename' && to !== null && node !== undefined) {
          names.delete(path);
          names.set(to, node);
          const apply = (target: Map<string, Node>) => {
            target.delete(path);
            target.set(to, node);
          };
          pending = [...pending, { folders: [dirname(to)], apply }];
        } else catchUp();
      };
    },
    look(before) {
      catchUp();
      const safe = new Map([...names.values(), ...safeNames.values()].map((node) => [node, node.safe]));
      return { before, safeNames: new Map(safeNames), pending, safe, now: contents() };
    },
  };
}

function safeNode(path: string): Node {
  return { safe: lstatSync(path).isDirectory() ? null : readFileSync(path) };
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function walk(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true }).map(({ parentPath, name }) =>
    join(parentPath, name),
  );
}

type Contents = 'safe' | 'now' | 'torn';

/** What the disk may hold after its power was cut at that moment, each with a few words of what it is. */
export function statesAt(moment: Moment): readonly (readonly [string, Tree])[] {
  const { pending } = moment;
  const all = pending.map((_, index) => index);
  const choices: readonly (readonly number[])[] =
    pending.length <= 3
      ? Array.from({ length: 2 ** pending.length }, (_, bits) => all.filter((index) => (bits >> index) & 1))
      : [[], all, ...all.map((index) => [index]), ...all.map((index) => all.filter((one) => one !== index))];
  return choices.flatMap((kept) =>
    (['safe', 'now', 'torn'] as const).map((contents) => {
      const words = `names kept: ${kept.length === 0 ? 'none' : kept.join()} of ${pending.length}, contents: ${contents}`;
      return [words, build(moment, new Set(kept), contents)] as const;
    }),
  );
}

function build(
  { safeNames, pending, safe, now }: Moment,
  kept: ReadonlySet<number>,
  contents: Contents,
): Tree {
  const names = new Map(safeNames);
  for (const [index, one] of pending.entries()) if (kept.has(index)) one.apply(names);
  const tree = new Map<string, { readonly node: object; readonly bytes: Buffer } | null>();
  for (const [path, node] of [...names].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [then, later] = [safe.get(node) ?? null, now.get(node) ?? safe.get(node) ?? null];
    if (then === null || later === null) tree.set(path, null);
    else tree.set(path, { node, bytes: pick(contents, then, later) });
  }
  return tree;
}

function pick(contents: Contents, then: Buffer, later: Buffer): Buffer {
  if (contents === 'safe' || then.equals(later)) return then;
  return contents === 'now' ? later : later.subarray(0, later.length / 2);
}
