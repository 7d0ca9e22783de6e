import { createHash, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { DataFolder } from '../host/data-folder.ts';
import { isSystemError } from '../model/errors.ts';
import { mkdir } from '../system/files.ts';
import { readSmallFile } from '../system/plain-file.ts';
import { replaceFile } from '../system/replace-file.ts';

/*
 * What was learnt about the files of a data folder, so that they are not read twice. It is kept outside the folder, and may
 * be lost or forged without harm: what cannot be understood was never learnt.
 */

type Purpose<T> = {
  /** What stands in the name of the file; empty for the oldest purpose. */
  readonly name: string;
  /** To be raised when the same file would be judged in another way than before. */
  readonly version: number;
  readonly entry: v.GenericSchema<unknown, T>;
};

/** Entries by a file's key: a file that changed has another key. */
export type Entries<T> = ReadonlyMap<string, T>;

export type FolderCache<T> = {
  readonly recall: (folder: DataFolder) => Promise<Entries<T>>;
  /** Replaces all that is kept, in one step, readable only for its owner. False where it cannot be kept, which loses nothing. */
  readonly remember: (folder: DataFolder, entries: Entries<T>) => Promise<boolean>;
};

/** JSON has no 64-bit integers: they are kept as text. */
export const integer = v.pipe(v.string(), v.regex(/^-?\d{1,19}$/), v.toBigint());

export function createFolderCache<T>({ name, version, entry }: Purpose<T>): FolderCache<T> {
  const contents = v.pipe(
    v.string(),
    v.parseJson(),
    v.object({
      version: v.literal(version),
      dir: v.string(),
      profile: v.string(),
      entries: v.array(v.fallback(v.nullable(v.tuple([v.string(), entry])), null)),
    }),
  );
  const fileOf = ({ cacheDir, dir }: DataFolder) => {
    const folder = createHash('sha256').update(dir).digest('hex').slice(0, 32);
    return cacheDir === null ? null : join(cacheDir, `${folder}${name === '' ? '' : `.${name}`}.json`);
  };
  return {
    async recall(folder) {
      const path = fileOf(folder);
      const text = path === null ? null : await readSmallFile(path);
      if (text === null) return new Map();
      const { success, output } = v.safeParse(contents, text);
      const fits = success && output.dir === folder.dir && output.profile === hashProfile(folder);
      return new Map(fits ? output.entries.filter((one) => one !== null) : []);
    },
    remember: (folder, entries) =>
      keepText(fileOf(folder), {
        version,
        dir: folder.dir,
        profile: hashProfile(folder),
        entries: [...entries],
      }),
  };
}

async function keepText(target: string | null, contents: object): Promise<boolean> {
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
function hashProfile({ profile: { log, tables } }: DataFolder): string {
  return createHash('sha256')
    .update(JSON.stringify([log, tables]))
    .digest('hex');
}
