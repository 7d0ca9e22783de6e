import { join } from 'node:path';
import * as v from 'valibot';
import type { DataFolder } from '../host/data-folder.ts';
import { findFolder } from '../host/folders.ts';
import { orNull, SnapbackError } from '../model/errors.ts';
import type { Kept } from '../model/snapshots.ts';
import { readSmallFile } from '../system/plain-file.ts';
import { type ProcessMark, processMark } from '../system/process-mark.ts';
import { folderOfKind, isSnapshotId, KEPT_KIND } from './names.ts';

/*
 * What is known of a snapshot that somebody keeps stands beside it, in DATA/snapback/kept/<name>.note. A note without a
 * snapshot means nothing: its snapshot is in the trash, or was never kept because the process was killed.
 */

const FORMAT_VERSION = 1;
const ENDING = '.note';
const LONGEST_NAME = 200;
const LONGEST_NOTE = 4000;

/** `held`: the process that keeps it only while it needs it; null: a person wanted it. */
export type KeptNote = Kept & { readonly held: ProcessMark | null };

const label = v.nullable(v.pipe(v.string(), v.maxLength(LONGEST_NOTE)));
const noteFile = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    format: v.literal(FORMAT_VERSION),
    name: label,
    note: label,
    from: v.pipe(v.string(), v.check(isSnapshotId)),
    keptAt: v.pipe(v.string(), v.isoTimestamp()),
    held: v.nullable(processMark),
    byItself: v.optional(v.literal(true)),
  }),
);

/** The file name of the note of a kept snapshot. */
export function noteNameOf(name: string): string {
  return name + ENDING;
}

/** A note as it is written. */
export function noteText(note: KeptNote): string {
  return `${JSON.stringify({ format: FORMAT_VERSION, ...note }, null, 2)}\n`;
}

/** The note of a kept snapshot in that folder. Null where there is none, or none that can be understood. */
export async function readKeptNote(place: string, name: string): Promise<KeptNote | null> {
  const { success, output } = v.safeParse(noteFile, await readSmallFile(join(place, noteNameOf(name))));
  if (!success) return null;
  const { format: _, ...note } = output;
  return note;
}

/** The folder of kept snapshots; null where there is none that can be reached. */
export async function findKeptFolder(folder: DataFolder): Promise<string | null> {
  return findFolder(folder, ...folderOfKind(KEPT_KIND)).catch(orNull());
}

/** The name or the note that somebody gives, without blanks around it; null for an empty one. @throws `usage` */
export function toLabel(what: 'name' | 'note', text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  const longest = what === 'name' ? LONGEST_NAME : LONGEST_NOTE;
  if (trimmed.length > longest)
    throw new SnapbackError('usage', `The ${what} is too long. Give at most ${longest} characters.`);
  // A name stands on one line. Half a surrogate pair is no text.
  const controls = what === 'name' ? /\p{Cc}/u : /[^\P{Cc}\n\t]/u;
  if (controls.test(trimmed) || !trimmed.isWellFormed())
    throw new SnapbackError('usage', `The ${what} has characters that cannot be shown. Leave them out.`);
  return trimmed === '' ? null : trimmed;
}
