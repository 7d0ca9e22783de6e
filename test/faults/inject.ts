/*
 * Makes each call that the core makes of the file system and of SQLite a numbered point, at which a test can look at the
 * disk, throw an error, or kill the process. The product knows nothing of it. To be imported before the core:
 *
 *   import { watchCalls } from './inject.ts';            // wraps Node's and better-sqlite3's own functions
 *   import './clock.ts';                                 // optional: waiting takes no time
 *   const core = await import('../../src/index.ts');
 *   await watchCalls(roots, (point) => reaction or null, () => core.takeSnapshot(…));
 *
 * `point.key` names a call by what it does to what, and by how often that has happened: random names, process ids and
 * times are left out of it, so that two runs of one action in two copies of one folder have the same keys. A reaction is
 * called `before` the call, `after` it (of a promise: once it is fulfilled), or where the call writes bytes, when `half` of
 * them are written; what it throws is what the call throws. Code of the reaction itself is not watched.
 */

export type PointKind =
  /** Of files. `name`: makes, removes or changes a name. */
  | 'open'
  | 'read'
  | 'write'
  | 'name'
  | 'sync'
  | 'close'
  /** Of SQLite. */
  | 'sql-open'
  | 'sql-read'
  | 'sql-write'
  | 'sql-begin'
  | 'sql-commit'
  | 'sql-close';

export type Call = {
  readonly call: string;
  readonly kind: PointKind;
  /** The path, or the database and the SQL. */
  readonly target: string;
  /** Whether it can change anything on the disk. */
  readonly changes: boolean;
};

/** One call. `key` is the same in every run. */
export type Point = Call & { readonly key: string };

export type Reaction = { readonly when: 'before' | 'half' | 'after'; readonly act: () => void };

type Watch = {
  readonly roots: readonly string[];
  readonly react: (point: Point) => Reaction | null;
  readonly seen: Map<string, number>;
};

let watch: Watch | null = null;

/** Runs some work and asks `react` at each of its calls. `roots`: folders of which only the rest of a path counts. */
export async function watchCalls<T>(
  roots: readonly string[],
  react: Watch['react'],
  work: () => Promise<T>,
): Promise<T> {
  if (watch !== null) throw new Error('One work at a time is watched.');
  watch = { roots, react, seen: new Map() };
  try {
    return await work();
  } finally {
    watch = null;
  }
}

/** Asks what to do at a call. Null: nothing, or nobody watches. */
function reactTo(call: Call): Reaction | null {
  // What the process looks up about other processes is not about the user's files.
  if (watch === null || call.target.startsWith('/proc/')) return null;
  const current = watch;
  const name = `${call.call} ${withoutChance(call.target, current.roots)}`;
  const times = (current.seen.get(name) ?? 0) + 1;
  current.seen.set(name, times);
  const reaction = unwatched(() => current.react({ ...call, key: `${name} #${times}` }));
  return reaction && { ...reaction, act: () => unwatched(reaction.act) };
}

/** Runs something of which no call counts. */
function unwatched<T>(work: () => T): T {
  const current = watch;
  watch = null;
  try {
    return work();
  } finally {
    watch = current;
  }
}

/** Does a call that is no promise, and whose own calls of other wrapped functions do not count. */
export function doSync<T>(call: Call, work: () => T): T {
  const reaction = reactTo(call);
  if (reaction !== null && reaction.when !== 'after') reaction.act();
  const result = unwatched(work);
  if (reaction?.when === 'after') reaction.act();
  return result;
}

/** Does a call that returns a promise. `inParts`: how to do it in two halves. */
export async function doAsync<T>(
  call: Call,
  work: () => Promise<T>,
  inParts?: (between: () => void) => Promise<T>,
): Promise<T> {
  const reaction = reactTo(call);
  if (reaction === null) return work();
  if (reaction.when === 'half' && inParts !== undefined) return inParts(reaction.act);
  if (reaction.when !== 'after') reaction.act();
  const result = await work();
  if (reaction.when === 'after') reaction.act();
  return result;
}

/** What is left of a path or an SQL text if everything is left out that differs from run to run. */
function withoutChance(text: string, roots: readonly string[]): string {
  return roots
    .reduce((left, root) => left.replaceAll(root, ''), text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\d{8}T\d{6}Z(?:_\d+)?|\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/[0-9a-f]{64}|[0-9a-f]{16}|[0-9a-f]{8}(?=\.db)/g, 'HEX')
    .replaceAll(/snapback-\d+-\w{6}/g, 'PRIVATE')
    .replaceAll(String(process.pid), 'PID')
    .slice(0, 300);
}
