import { SnapbackError } from '../model/errors.ts';
import { readAt, type SnapshotBytes } from './bytes.ts';
import { readDatabaseAbout, readDatabaseHead } from './database-file.ts';
import { describeForeign, nameForeign } from './foreign.ts';
import { createJsonScanner, type JsonScanner } from './json-scanner.ts';
import type { SnapshotAbout } from './notes.ts';
import { findOwnNotes } from './own-notes.ts';

const HEAD_BYTES = 64 * 1024;

/** How a whole file ends: a table, Snapback's notes or (where somebody changed the order) the id, then the last brace. */
const WHOLE_END = /(?:[\]}]|"last_event_id"\s*:\s*-?\d+)\s*\}\s*$/;

/**
 * What the first and last bytes of a snapshot show. `complete`: it ends as a dump does. This is the only rule by which a
 * file counts as cut off before all of it has been read.
 */
export type SnapshotEnds = {
  readonly lastEventId: bigint | null;
  readonly complete: boolean;
  readonly about: SnapshotAbout | null;
  /** A sentence that says what the file is instead of a snapshot; null if it begins like a snapshot. */
  readonly foreign: string | null;
};

/**
 * Reads the head and the tail of a snapshot, and more only if the file is ours and somebody reformatted it; of a database
 * its header and our notes. The host
 * writes `last_event_id` first, so it is looked for in the head alone; null if it is not there. None of this proves that
 * the file is whole. @throws `snapshot-unreadable`
 */
export async function readSnapshotEnds(file: SnapshotBytes): Promise<SnapshotEnds> {
  if (file.form === 'database') return readDatabaseEnds(file);
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

async function readDatabaseEnds(file: SnapshotBytes): Promise<SnapshotEnds> {
  const { problem, complete } = await readDatabaseHead(file);
  const about = complete ? await readDatabaseAbout(file) : null;
  const lastEventId = about === null ? null : BigInt(about.lastEventId);
  return { lastEventId, complete, about, foreign: problem === null ? null : describeForeign(problem) };
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
