import { SnapbackError } from '../model/errors.ts';
import { readAt, type SnapshotBytes } from './bytes.ts';

const LOOK_BYTES = 64;

/** The first bytes of files that are sometimes found in a snapshot's place, and what to do about each. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ['\x1f\x8b', 'it is compressed with gzip; unpack it first'],
  ['PK\x03\x04', 'it is a zip archive; unpack it first'],
  ['BZh', 'it is compressed with bzip2; unpack it first'],
  ['\xfd7zXZ', 'it is compressed with xz; unpack it first'],
  ['\x28\xb5\x2f\xfd', 'it is compressed with zstd; unpack it first'],
  ['\xff\xfe', 'it is written in UTF-16; save it as UTF-8 first'],
  ['\xfe\xff', 'it is written in UTF-16; save it as UTF-8 first'],
  ['{\0', 'it is written in UTF-16; save it as UTF-8 first'],
  ['\0{', 'it is written in UTF-16; save it as UTF-8 first'],
  [
    'version https://git-lfs.github.com/spec/',
    'it is only a Git LFS pointer; fetch the file itself with git lfs pull',
  ],
  [
    '\0\x05\x16\x07',
    'it is a companion file that macOS made when a file was copied (AppleDouble); it holds nothing of yours and can be pruned',
  ],
  ['SQLite format 3\0', 'it is an SQLite database'],
];

/** Says what a file is whose first bytes rule out a snapshot; null if it may be one. @throws `snapshot-unreadable` */
export async function nameForeign(file: SnapshotBytes): Promise<string | null> {
  if (file.sizeBytes === 0) return 'it is empty';
  const head = (await readAt(file, 0, Math.min(LOOK_BYTES, file.sizeBytes))).toString('latin1');
  const found = BEGINNINGS.find(([beginning]) => head.startsWith(beginning));
  if (found !== undefined) return found[1];
  return /^\0+$/.test(head) ? 'it begins with nothing but zeros, as a file may after a power failure' : null;
}

/** The message about a file that is cut off. */
export const INCOMPLETE = 'Incomplete: the end of the file is missing.';

/** Puts what `nameForeign` found into a sentence. */
export function describeForeign(what: string): string {
  return `This is not a snapshot: ${what}.`;
}

/** Refuses a file whose first bytes rule out a snapshot. @throws `snapshot-damaged`, saying what it is; `snapshot-unreadable` */
export async function refuseForeign(file: SnapshotBytes): Promise<void> {
  const what = await nameForeign(file);
  if (what !== null)
    throw new SnapbackError('snapshot-damaged', describeForeign(what), { offset: 0, why: what });
}
