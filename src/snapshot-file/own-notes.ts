import { hash } from 'node:crypto';
import { SnapbackError } from '../model/errors.ts';
import { readAt, readInto, type SnapshotBytes } from './bytes.ts';
import { createJsonScanner, damagedAt, type JsonScanner } from './json-scanner.ts';
import { OWN_KEY, type SnapshotAbout } from './notes.ts';
import { aboutText, LARGEST_ABOUT_BYTES, parseAbout, parseJson } from './parse-notes.ts';

/** Whether no snapshot can have this key: it is too long, or too many others come `before` it. */
export function isBeyondAll(key: string, before: number): boolean {
  return key.length > LONGEST_KEY || before >= MOST_KEYS;
}

/** Our own notes in a snapshot file. */
export type OwnNotes = {
  readonly about: SnapshotAbout;
  /**
   * Byte offsets of the exact values. `at`: the file is as we write it, with the exact values from there on in the order
   * of the tables, and `about` at `aboutAt`. `byTable`: somebody reformatted the file, so each table has its own offset.
   */
  readonly exact:
    | { readonly at: number; readonly aboutAt: number }
    | { readonly byTable: ReadonlyMap<string, number> };
};

const TAIL_BYTES = 4096;
const SEARCH_BYTES = 1 << 20;
const TAIL = /, "aboutHash": "([0-9a-f]{64})", "exactAt": (\d{1,15}), "aboutAt": (\d{1,15})\}\}\s*$/;
const MOST_KEYS = 10_000;
const LONGEST_KEY = 1000;
/** What is wrong with a file for whose keys `isBeyondAll` is true. */
export const BEYOND_ALL = 'it has keys that no snapshot has';
const QUOTED_KEY = `"${OWN_KEY}"`;

/**
 * Finds our notes. In a file as we write it, only the last bytes are read. If its first or last bytes show that somebody
 * reformatted it, the file is read up to the notes. Null if there are none that this version understands.
 */
export async function findOwnNotes(file: SnapshotBytes): Promise<OwnNotes | null> {
  const from = Math.max(0, file.sizeBytes - TAIL_BYTES);
  const end = (await readAt(file, from, file.sizeBytes - from)).toString('latin1');
  const found = await readTail(file, from, end);
  if (found !== null) return found;
  const start = (await readAt(file, 0, Math.min(TAIL_BYTES, file.sizeBytes))).toString('latin1');
  return end.includes('"aboutHash"') || start.includes(QUOTED_KEY) ? scanForNotes(file) : null;
}

/** Notes of ours were found where nobody had looked for them: the file has to be read again, with them. */
class NotesWithin extends Error {}

/** Where a reader looks for our notes before it reads the rows: where `findOwnNotes` does, or in all of the file. */
export type NotesPlace = 'ends' | 'anywhere';

/**
 * Lets `read` read a file with the notes that its ends show, and once more if there are others in the middle. Few files are
 * like that, and to search each of them first would mean to read it twice. @throws what `read` throws
 */
export async function readWithNotes<T>(read: (notesIn: NotesPlace) => Promise<T>): Promise<T> {
  try {
    return await read('ends');
  } catch (error) {
    if (!(error instanceof NotesWithin)) throw error;
    return read('anywhere');
  }
}

/** To be called where our key was met without known notes. @throws the error that `readWithNotes` waits for, if there are notes */
export async function refuseNotesWithin(file: SnapshotBytes): Promise<void> {
  if ((await searchOwnNotes(file)) !== null) throw new NotesWithin();
}

/** Finds our notes wherever they are in the file, reading all of it if necessary. */
export async function searchOwnNotes(file: SnapshotBytes): Promise<OwnNotes | null> {
  return (await findOwnNotes(file)) ?? ((await mentionsNotes(file)) ? scanForNotes(file) : null);
}

async function readTail(file: SnapshotBytes, from: number, end: string): Promise<OwnNotes | null> {
  const found = TAIL.exec(end);
  if (found === null) return null;
  const [at, aboutAt] = [Number(found[2]), Number(found[3])];
  const aboutBytes = from + found.index - aboutAt;
  if (aboutBytes <= 0 || aboutBytes > LARGEST_ABOUT_BYTES || at >= aboutAt) return null;
  const bytes = await readAt(file, aboutAt, aboutBytes);
  if (hash('sha256', bytes) !== found[1]) return null;
  const about = parseAbout(parseJson(bytes.toString('latin1')));
  return about === null ? null : { about, exact: { at, aboutAt } };
}

/** Whether the file has our key. Inside a JSON string every quotation mark is escaped, so this fast search finds keys only. */
export async function mentionsNotes(file: SnapshotBytes): Promise<boolean> {
  const buffer = Buffer.allocUnsafe(SEARCH_BYTES + QUOTED_KEY.length);
  for (let position = 0; position < file.sizeBytes; position += SEARCH_BYTES) {
    const found = await readInto(file, position, buffer);
    if (buffer.subarray(0, found).includes(QUOTED_KEY)) return true;
  }
  return false;
}

/** Null if the notes are incomplete or the file is damaged before their end. Reading the whole file then reports where. */
async function scanForNotes(file: SnapshotBytes): Promise<OwnNotes | null> {
  let position = 0;
  const scanner = createJsonScanner(async (want) => {
    const chunk = await readAt(file, position, want);
    position += chunk.length;
    return chunk.length === 0 ? null : chunk;
  }, 0);
  try {
    let notes: OwnNotes | null = null;
    await eachKey(scanner, async (key) => {
      if (key !== OWN_KEY) return pass(scanner);
      notes = await readNotes(file, scanner);
      return 'enough';
    });
    return notes;
  } catch (error) {
    if (error instanceof SnapbackError && error.code === 'snapshot-damaged') return null;
    throw error;
  }
}

async function readNotes(file: SnapshotBytes, scanner: JsonScanner): Promise<OwnNotes | null> {
  const byTable = new Map<string, number>();
  const seen = new Set<string>();
  let about: SnapshotAbout | null = null;
  let texts: readonly string[] = [];
  let aboutHash = '';
  await eachKey(scanner, async (key) => {
    seen.add(key);
    await scanner.peek();
    if (key === 'exact')
      await eachKey(scanner, async (table) => {
        await scanner.peek();
        byTable.set(table, scanner.offset());
        return pass(scanner);
      });
    else if (key === 'aboutHash') aboutHash = await scanner.readString();
    else if (key === 'about') {
      const from = scanner.offset();
      await scanner.skipValue();
      const bytes = scanner.offset() - from;
      const parsed =
        bytes > LARGEST_ABOUT_BYTES ? null : parseJson((await readAt(file, from, bytes)).toString());
      about = parseAbout(parsed);
      texts = about === null ? [] : [aboutText(parsed), aboutText(about)];
    } else await scanner.skipValue();
    return 'go on';
  });
  const isWhole = seen.has('exact') && texts.some((text) => hash('sha256', text) === aboutHash);
  const found: SnapshotAbout | null = about;
  return found === null || !isWhole ? null : { about: found, exact: { byTable } };
}

async function pass(scanner: JsonScanner): Promise<'go on'> {
  await scanner.skipValue();
  return 'go on';
}

/**
 * Goes through the keys of an object. `see` consumes each value and may stop the loop by answering `enough`.
 * @throws `snapshot-damaged` for keys that no snapshot has, so that they cannot fill the memory
 */
async function eachKey(
  scanner: JsonScanner,
  see: (key: string) => Promise<'enough' | 'go on'>,
): Promise<void> {
  await scanner.expect('{');
  if ((await scanner.peek()) === '}') return scanner.expect('}');
  for (let keys = 0; ; keys += 1) {
    const key = await scanner.readString();
    await scanner.expect(':');
    if (isBeyondAll(key, keys)) throw damagedAt(scanner.offset(), BEYOND_ALL);
    if ((await see(key)) === 'enough') return;
    if ((await scanner.peek()) !== ',') return scanner.expect('}');
    await scanner.expect(',');
  }
}
