import * as v from 'valibot';
import type { DataFolder } from '../host/data-folder.ts';
import { findFileObstacle, findObstacle, OWN } from '../host/folders.ts';
import type { SnapbackError } from '../model/errors.ts';
import { ownMark } from '../system/process-mark.ts';
import { type JournalEntry, journalEntry } from './entry.ts';
import { appendLine, readLines } from './line-file.ts';

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

/**
 * Appends an entry and returns once it is on the disk. A last line that a crash has torn stays, and is ended first.
 * @throws `disk-full`, `folder-read-only`, `io-failed`, `snapshot-unsafe`; the entry may be on the disk all the same
 */
export async function appendJournal(folder: DataFolder, entry: NewJournalEntry): Promise<void> {
  const signed = entry.type === 'prepared' ? { ...entry, by: ownMark() } : entry;
  const line = JSON.stringify(signed, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  await appendLine(folder, JOURNAL, line);
}

/** Why nothing can be appended to the journal; null where it can, as far as permissions tell. Writes nothing. */
export async function findJournalObstacle(folder: DataFolder): Promise<SnapbackError | null> {
  return (await findObstacle(folder, OWN)) ?? (await findFileObstacle(folder, OWN, JOURNAL));
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
  const lines = await readLines(folder, JOURNAL);
  if (lines === null) return null;
  return lines.flatMap((line) => {
    const entry = parseLine(line);
    return entry === null ? [] : [entry];
  });
}

const journalLine = v.pipe(v.string(), v.parseJson(), journalEntry);

function parseLine(line: string): JournalEntry | null {
  // Every version writes the type first. Anything else is skipped quickly, however many lines there are.
  if (!line.startsWith('{"type":"') || !line.endsWith('}')) return null;
  const { success, output } = v.safeParse(journalLine, line);
  return success ? output : null;
}
