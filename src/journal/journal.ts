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
import { explainWriteError } from '../system/refusals.ts';
import { type JournalEntry, journalEntry } from './entry.ts';

/*
 * DATA/snapback/journal.jsonl: what was about to happen and what happened, one JSON document a line. Invariant: lines
 * are only ever appended, each durable before the next step. Nothing depends on it alone: whether a restore was
 * committed is judged by the database.
 */

type Prepared = Extract<JournalEntry, { readonly type: 'prepared' }>;

/** What is appended: that a restore is about to be committed always says by whom, and that is this process. */
export type NewJournalEntry = Exclude<JournalEntry, Prepared> | Omit<Prepared, 'by'>;

/** Its name in Snapback's own folder. */
export const JOURNAL = 'journal.jsonl';
/** Of a longer journal, the newest part counts. A line is some kilobytes. */
const READ_BYTES = 8 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Appends an entry and returns when it is on the disk. A torn last line, left by a crash, is closed first and stays.
 * Throws `disk-full`, `folder-read-only`, `io-failed`, `snapshot-unsafe`.
 */
export async function appendJournal(folder: DataFolder, entry: NewJournalEntry): Promise<void> {
  const place = await ensureFolder(folder, OWN);
  const path = join(place, JOURNAL);
  const signed = entry.type === 'prepared' ? { ...entry, by: ownMark() } : entry;
  const line = JSON.stringify(signed, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  try {
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
  } catch (error) {
    throw explainWriteError(error, path);
  }
}

/** Why the journal could not be appended to; null where it could, as far as permissions tell. Writes nothing. */
export async function findJournalObstacle(folder: DataFolder): Promise<SnapbackError | null> {
  return (await findObstacle(folder, OWN)) ?? (await findFileObstacle(folder, OWN, JOURNAL));
}

/** The journal names what was restored: it belongs to the database's owner and to nobody else. */
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
 * Reads the entries, oldest first. Hostile input: lines that are torn, too old for the bound on size, or not exactly an
 * entry are passed over; ids that could reach another place make a line no entry. Empty where there is no journal, or
 * none that may be read: then what only it knows is not known. Throws `io-failed` only where reading itself fails.
 */
export async function readJournal(folder: DataFolder): Promise<readonly JournalEntry[]> {
  return (await readJournalIfAllowed(folder)) ?? [];
}

/** The same, but null where something is in the journal's place that may not be read: what is recorded is not known then. */
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
    // Its folder is a link out of its place, or one that nobody may look into.
    if (error instanceof SnapbackError && !isSystemError(error)) return null;
    throw new SnapbackError('io-failed', 'The journal could not be read.', { folder: folder.dir }, error);
  }
}

const journalLine = v.pipe(v.string(), v.parseJson(), journalEntry);

function parseLine(line: string): JournalEntry | null {
  // Every version wrote the type first. Whatever else is there is passed over quickly, however many lines it has.
  if (!line.startsWith('{"type":"') || !line.endsWith('}')) return null;
  const { success, output } = v.safeParse(journalLine, line);
  return success ? output : null;
}
