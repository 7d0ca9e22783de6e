import { join } from 'node:path';
import * as v from 'valibot';
import type { DataFolder } from '../host/data-folder.ts';
import {
  ensureFolder,
  findFileObstacle,
  findFolder,
  findObstacle,
  OWN,
  ownAsDatabase,
} from '../host/folders.ts';
import { hasSystemCode, isSystemError, SnapbackError } from '../model/errors.ts';
import { syncFolder } from '../system/durable.ts';
import { constants, type FileHandle } from '../system/files.ts';
import { openPlainFile } from '../system/plain-file.ts';
import { ownMark } from '../system/process-mark.ts';
import { type JournalEntry, journalEntry } from './entry.ts';

/*
 * DATA/snapback/journal.jsonl records what was about to happen and what happened, as one JSON document per line.
 * Invariant: lines are only ever appended, and each is durable before the next step begins. Nothing depends on the
 * journal alone: whether a restore was committed is judged by what the database holds.
 */

type Prepared = Extract<JournalEntry, { readonly type: 'prepared' }>;

/** An entry to append. Who is about to commit need not be said: it is always this process. */
export type NewJournalEntry = Exclude<JournalEntry, Prepared> | Omit<Prepared, 'by'>;

/** The journal's name in Snapback's own folder. */
export const JOURNAL = 'journal.jsonl';
/** Only the newest part of a longer journal is read. A line takes a few kilobytes. */
const READ_BYTES = 8 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Appends an entry and returns once it is on the disk. A last line that a crash has torn stays, and is ended first.
 * @throws `disk-full`, `folder-read-only`, `io-failed`, `snapshot-unsafe`; the entry may be on the disk all the same
 */
export async function appendJournal(folder: DataFolder, entry: NewJournalEntry): Promise<void> {
  const place = await ensureFolder(folder, OWN);
  const path = join(place, JOURNAL);
  const signed = entry.type === 'prepared' ? { ...entry, by: ownMark() } : entry;
  const line = JSON.stringify(signed, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
  const { handle, facts } = await openPlainFile(path, flags, 0o600);
  if (handle === null) throw new SnapbackError('io-failed', 'The journal is not a regular file.', { path });
  try {
    const size = Number(facts.size);
    if (size === 0) await keepPrivate(folder, handle);
    const start = (await endsInMidLine(handle, size)) ? '\n' : '';
    await handle.appendFile(`${start}${line}\n`);
    await handle.sync();
    if (size === 0) await syncFolder(place);
  } finally {
    await handle.close();
  }
}

/** Why nothing can be appended to the journal; null where it can, as far as permissions tell. Writes nothing. */
export async function findJournalObstacle(folder: DataFolder): Promise<SnapbackError | null> {
  return (await findObstacle(folder, OWN)) ?? (await findFileObstacle(folder, OWN, JOURNAL));
}

/** The journal names what was restored, so only the owner of the database may read it. */
async function keepPrivate(folder: DataFolder, handle: FileHandle): Promise<void> {
  await ownAsDatabase(folder, handle);
  await handle.chmod(0o600);
}

async function endsInMidLine(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] !== NEWLINE;
}

/**
 * Reads the entries, oldest first. The journal is hostile input: a line is skipped if it is torn, is not exactly an entry,
 * lies before the part that is read, or has an id that could lead out of its folder. Empty where there is no journal or
 * it may not be read.
 * @throws `io-failed` only where reading itself fails
 */
export async function readJournal(folder: DataFolder): Promise<readonly JournalEntry[]> {
  return (await readJournalIfAllowed(folder)) ?? [];
}

/** As `readJournal`, but null where there is something in the journal's place that may not be read. */
export async function readJournalIfAllowed(folder: DataFolder): Promise<readonly JournalEntry[] | null> {
  const text = await readNewest(folder);
  if (text === null) return null;
  return text.split('\n').flatMap((line) => {
    const entry = parseLine(line);
    return entry === null ? [] : [entry];
  });
}

/** Null where it may not be read. */
async function readNewest(folder: DataFolder): Promise<string | null> {
  try {
    const place = await findFolder(folder, OWN);
    if (place === null) return '';
    const { handle, facts } = await openPlainFile(join(place, JOURNAL));
    if (handle === null) return null;
    try {
      const size = Number(facts.size);
      const start = Math.max(0, size - READ_BYTES);
      const bytes = Buffer.alloc(size - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      return bytes.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return '';
    if (hasSystemCode(error, 'EACCES', 'EPERM')) return null;
    // Its folder is a link that leads elsewhere, or may not be opened.
    if (error instanceof SnapbackError && !isSystemError(error)) return null;
    throw new SnapbackError('io-failed', 'The journal could not be read.', { folder: folder.dir }, error);
  }
}

const journalLine = v.pipe(v.string(), v.parseJson(), journalEntry);

function parseLine(line: string): JournalEntry | null {
  // Every version writes the type first. Anything else is skipped quickly, however many lines there are.
  if (!line.startsWith('{"type":"') || !line.endsWith('}')) return null;
  const { success, output } = v.safeParse(journalLine, line);
  return success ? output : null;
}
