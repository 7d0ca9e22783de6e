import { SnapbackError } from '../model/errors.ts';
import { readAt, type SnapshotBytes } from './bytes.ts';
import { describeForeign, nameForeign } from './foreign.ts';
import { createJsonScanner, type JsonScanner } from './json-scanner.ts';
import type { SnapshotAbout } from './notes.ts';
import { findOwnNotes } from './own-notes.ts';

const HEAD_BYTES = 64 * 1024;

/** The message about a file that is cut off. */
export const INCOMPLETE = 'Incomplete: the end of the file is missing.';

/** The end of a table, of Snapback's notes or, where somebody has changed the order, of the id; and that of the whole. */
const WHOLE_END = /(?:[\]}]|"last_event_id"\s*:\s*-?\d+)\s*\}\s*$/;

/**
 * What the first and last bytes of a snapshot tell. `complete`: it ends as a dump does. No
 * other rule says “cut off” without reading the whole file.
 */
export type SnapshotEnds = {
  readonly lastEventId: bigint | null;
  readonly complete: boolean;
  readonly about: SnapshotAbout | null;
  /** A sentence that says what the file is instead of a snapshot; null where it begins like one. */
  readonly foreign: string | null;
};

/**
 * Reads head and tail of a snapshot, and more only of one of ours that somebody reformatted. The host writes `last_event_id` first, so it is found in the
 * head; null where it is not. Nothing here proves that the file is whole.
 */
export async function readSnapshotEnds(file: SnapshotBytes): Promise<SnapshotEnds> {
  const foreign = await nameForeign(file);
  if (foreign !== null)
    return { lastEventId: null, complete: false, about: null, foreign: describeForeign(foreign) };
  const notes = await findOwnNotes(file);
  const last = await readAt(file, Math.max(0, file.sizeBytes - 64), Math.min(64, file.sizeBytes));
  return {
    lastEventId: await readLeadingId(file),
    complete: WHOLE_END.test(last.toString('latin1')),
    about: notes?.about ?? null,
    foreign: null,
  };
}

/** A scanner over the first 64 KB, which may end in the middle of a value. */
export async function scanHead(file: SnapshotBytes): Promise<JsonScanner> {
  let head: Buffer | null = await readAt(file, 0, Math.min(HEAD_BYTES, file.sizeBytes));
  return createJsonScanner(async () => {
    const once = head;
    head = null;
    return once;
  }, 0);
}

async function readLeadingId(file: SnapshotBytes): Promise<bigint | null> {
  const scanner = await scanHead(file);
  try {
    await scanner.expect('{');
    if ((await scanner.readString()) !== 'last_event_id') return null;
    await scanner.expect(':');
    const value = await scanner.readScalar();
    return typeof value === 'bigint' ? value : null;
  } catch (error) {
    if (error instanceof SnapbackError && error.code === 'snapshot-damaged') return null;
    throw error;
  }
}
