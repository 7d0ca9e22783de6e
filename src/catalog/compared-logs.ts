import * as v from 'valibot';
import type { DataFolder } from '../host/data-folder.ts';
import { readSmallFile } from '../system/plain-file.ts';
import { cacheFile, hashProfile, integer, keepText } from './memory.ts';

/**
 * What was found when all events of a checkpoint were compared with the live log, and were the first ones there: how many
 * they are, and the id and the hash of the last one.
 */
export type ComparedLog = { readonly events: number; readonly lastId: bigint; readonly last: string };

/** To be raised when the same logs would be compared otherwise than before. */
const VERSION = 1;

const compared = v.object({ events: v.number(), lastId: integer, last: v.string() });
const file = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    version: v.literal(VERSION),
    dir: v.string(),
    profile: v.string(),
    compared: v.array(v.tuple([v.string(), compared])),
  }),
);

/** The comparisons that are remembered, by the key of the checkpoint's file. What cannot be understood was never compared. */
export async function recallComparedLogs(folder: DataFolder): Promise<ReadonlyMap<string, ComparedLog>> {
  const path = cacheFile(folder, PURPOSE);
  const text = path === null ? null : await readSmallFile(path);
  if (text === null) return new Map();
  const { success, output } = v.safeParse(file, text);
  const fits = success && output.dir === folder.dir && output.profile === hashProfile(folder);
  return new Map(fits ? output.compared : []);
}

/** Replaces what is remembered by this one. False where it could not be kept, which loses nothing but time. */
export async function rememberComparedLog(
  folder: DataFolder,
  key: string,
  found: ComparedLog,
): Promise<boolean> {
  return keepText(cacheFile(folder, PURPOSE), {
    version: VERSION,
    dir: folder.dir,
    profile: hashProfile(folder),
    compared: [[key, found]],
  });
}

const PURPOSE = 'compared';
