import { hash } from 'node:crypto';
import { SnapbackError } from '../model/errors.ts';
import { readAt, type SnapshotBytes } from './bytes.ts';
import { createJsonScanner, type JsonScanner } from './json-scanner.ts';
import { FORMAT_VERSION, parseAbout, type SnapshotAbout } from './notes.ts';

export type SnapshotTail = {
  readonly about: SnapshotAbout;
  readonly exactAt: number;
  readonly aboutAt: number;
};

const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 4096;
const LARGEST_ABOUT_BYTES = 8 << 20;
const TAIL = /, "aboutHash": "([0-9a-f]{64})", "exactAt": (\d{1,15}), "aboutAt": (\d{1,15})\}\}\s*$/;

/** Our own notes at the end of a snapshot, read from its last bytes only; null where the file has none that this version understands. */
export async function readSnapshotTail(file: SnapshotBytes): Promise<SnapshotTail | null> {
  const from = Math.max(0, file.sizeBytes - TAIL_BYTES);
  const end = (await readAt(file, from, file.sizeBytes - from)).toString('latin1');
  const found = TAIL.exec(end);
  if (found === null) return null;
  const [exactAt, aboutAt] = [Number(found[2]), Number(found[3])];
  const aboutBytes = from + found.index - aboutAt;
  if (aboutBytes <= 0 || aboutBytes > LARGEST_ABOUT_BYTES || exactAt >= aboutAt) return null;
  const bytes = await readAt(file, aboutAt, aboutBytes);
  if (hash('sha256', bytes) !== found[1]) return null;
  const about = parseAbout(parseJson(bytes.toString('latin1')));
  return about === null || about.format !== FORMAT_VERSION ? null : { about, exactAt, aboutAt };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** What the first and last bytes of a snapshot tell. `complete` is false where the file does not end as JSON must. */
export type SnapshotEnds = {
  readonly lastEventId: bigint | null;
  readonly complete: boolean;
  readonly about: SnapshotAbout | null;
};

/**
 * Reads head and tail of a snapshot, never all of it. The host writes `last_event_id` first, so it is found in the
 * head; null where it is not. Nothing here proves that the file is whole.
 */
export async function readSnapshotEnds(file: SnapshotBytes): Promise<SnapshotEnds> {
  const tail = await readSnapshotTail(file);
  const last = await readAt(file, Math.max(0, file.sizeBytes - 64), Math.min(64, file.sizeBytes));
  return {
    lastEventId: await readLeadingId(file),
    complete: /\}\s*$/.test(last.toString('latin1')),
    about: tail?.about ?? null,
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

/** Whether a file ends as a dump does: with the end of a table or of Snapback's notes, and that of the whole. */
export async function endsAsDump(file: SnapshotBytes): Promise<boolean> {
  const last = Math.min(64, file.sizeBytes);
  return /[\]}]\s*\}\s*$/.test((await readAt(file, file.sizeBytes - last, last)).toString('latin1'));
}
