import { createHash, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { DataFolder } from '../host/data-folder.ts';
import type { ReadMark } from '../log/log-questions.ts';
import { isSystemError } from '../model/errors.ts';
import { mkdir } from '../system/files.ts';
import { readSmallFile } from '../system/plain-file.ts';
import { replaceFile } from '../system/replace-file.ts';
import type { SnapshotFacts } from './facts.ts';

/** Facts of a file that was read whole, and the verdict on its lineage when the live log ended at `live`. */
export type Remembered = SnapshotFacts & {
  readonly lineage: { readonly verdict: 'same' | 'other'; readonly live: ReadMark } | null;
};

/** Facts by a file's key: a file that changed has another key. */
export type Memory = ReadonlyMap<string, Remembered>;

/** To be raised when the same file would be judged differently than before. */
const VERSION = 3;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** JSON has no 64-bit integers: they are kept as text. */
export const integer = v.pipe(v.string(), v.regex(/^-?\d{1,19}$/), v.toBigint());
const extent = v.object({ events: count, chain: v.string() });
const mark = v.object({ events: count, lastId: integer, last: v.string(), chain: v.string() });

/** Parts that are not understood count as unknown, where the rest is useful without them. */
const remembered = v.object({
  health: v.picklist(['good', 'damaged']),
  healthDetail: v.nullable(v.string()),
  lastEventId: v.fallback(v.nullable(integer), null),
  tables: v.nullable(v.array(v.object({ name: v.string(), rows: count }))),
  undoes: v.fallback(
    v.nullable(v.object({ snapshotId: v.string(), action: v.picklist(['restore', 'undo']) })),
    null,
  ),
  log: v.fallback(v.nullable(extent), null),
  prefix: v.fallback(v.nullable(extent), null),
  lineage: v.fallback(v.nullable(v.object({ verdict: v.picklist(['same', 'other']), live: mark })), null),
}) satisfies v.GenericSchema<unknown, Remembered>;

const memoryFile = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    version: v.literal(VERSION),
    dir: v.string(),
    profile: v.string(),
    snapshots: v.array(v.fallback(v.nullable(v.tuple([v.string(), remembered])), null)),
  }),
);

/**
 * What was learnt about a data folder's snapshots. It is kept outside the folder, so that files are not read twice, and
 * may be lost or forged without harm: what cannot be understood counts as never seen.
 */
export async function recall(folder: DataFolder): Promise<Memory> {
  const path = cacheFile(folder);
  const text = path === null ? null : await readSmallFile(path);
  if (text === null) return new Map();
  const { success, output } = v.safeParse(memoryFile, text);
  const fits = success && output.dir === folder.dir && output.profile === hashProfile(folder);
  return new Map(fits ? output.snapshots.filter((entry) => entry !== null) : []);
}

/** Replaces what is kept in one step, readable only for its owner. False where it could not be kept, which loses nothing. */
export async function remember(folder: DataFolder, memory: Memory): Promise<boolean> {
  return keepText(cacheFile(folder), {
    version: VERSION,
    dir: folder.dir,
    profile: hashProfile(folder),
    snapshots: [...memory],
  });
}

/** Replaces a file of the cache in one step, readable only for its owner. False where it could not be kept. */
export async function keepText(target: string | null, contents: object): Promise<boolean> {
  if (target === null) return false;
  const draft = `${target}.${process.pid}-${randomBytes(6).toString('hex')}`;
  const text = JSON.stringify(contents, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await replaceFile(target, draft, text);
    return true;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

/** Covers which tables are read and which columns identify an event: facts from another profile say nothing. */
export function hashProfile({ profile: { log, tables } }: DataFolder): string {
  return createHash('sha256')
    .update(JSON.stringify([log, tables]))
    .digest('hex');
}

/** The file that keeps something about a data folder; null where nothing can be kept. */
export function cacheFile({ cacheDir, dir }: DataFolder, purpose = ''): string | null {
  const name = createHash('sha256').update(dir).digest('hex').slice(0, 32);
  return cacheDir === null ? null : join(cacheDir, `${name}${purpose === '' ? '' : `.${purpose}`}.json`);
}
