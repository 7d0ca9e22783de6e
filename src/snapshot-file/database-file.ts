import { isSystemError, SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import type { AnyDatabase, ReadDatabase } from '../sqlite/database.ts';
import { openUntrustedDatabase } from '../sqlite/descriptor-database.ts';
import { explainNeed } from '../sqlite/needs-host.ts';
import { isCompileError, sqliteCode } from '../sqlite/result-codes.ts';
import { readAt, type SnapshotBytes } from './bytes.ts';
import type { SnapshotAbout } from './notes.ts';
import { LARGEST_ABOUT_BYTES, parseAbout, parseJson } from './parse-notes.ts';
import { hasBoundedSchema } from './schema-pages.ts';
import { type FilePart, findSeal, hashSealed, type SeePiece, type SoughtSeal } from './seal.ts';

/*
 * A snapshot that is an SQLite database, as our safety copies are. It has our notes in a table of their own, in which part
 * 1 is `about` as in a JSON file, and part 2 the seal.
 */

/** No host has a table of this name. */
export const ABOUT_TABLE = 'snapback_about';
export const ABOUT_SQL = `CREATE TABLE ${ABOUT_TABLE} (part INTEGER PRIMARY KEY, value)`;
export const ABOUT_PART = 1;
export const SEAL_PART = 2;

const HEADER_BYTES = 100;
const LONGEST_SEAL = 256;
const PAGE_BYTES = new Set([512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]);
const MAGIC = 'SQLite format 3\0';

/** What the first bytes of a database file show. `problem`: why it cannot be read, to follow `this is not a snapshot:`. */
export type DatabaseHead = { readonly problem: string | null; readonly complete: boolean };

/** Looks at the header of a database file. @throws `snapshot-unreadable` */
export async function readDatabaseHead(file: SnapshotBytes): Promise<DatabaseHead> {
  const bytes = await readAt(file, 0, HEADER_BYTES);
  const not = (problem: string): DatabaseHead => ({ problem, complete: false });
  if (bytes.length === 0) return not('it is empty');
  if (bytes.every((byte) => byte === 0))
    return not('it begins with nothing but zeros, as a file may after a power failure');
  if (!bytes.toString('latin1').startsWith(MAGIC) || bytes.length < HEADER_BYTES)
    return not('it is no SQLite database, or an encrypted one');
  if (bytes[18] === 2 && bytes[19] === 2)
    return not(
      'its newest changes may be in another file; open it with SQLite and run “PRAGMA journal_mode = DELETE” first',
    );
  const raw = bytes.readUInt16BE(16);
  const pageBytes = raw === 1 ? 65536 : raw;
  if (!PAGE_BYTES.has(pageBytes)) return not('it is no SQLite database, or an encrypted one');
  const counted = bytes.readUInt32BE(24) === bytes.readUInt32BE(92) ? bytes.readUInt32BE(28) : 0;
  const { sizeBytes } = file;
  const whole = counted > 0 ? counted * pageBytes <= sizeBytes : sizeBytes % pageBytes === 0;
  if (whole && !(await hasBoundedSchema(file, pageBytes)))
    return not('its list of tables is larger than any, or refers to itself');
  return { problem: null, complete: whole };
}

/** Our notes in a database file. The seal is not looked for in the file yet. */
type DatabaseNotes = { readonly about: SnapshotAbout; readonly seal: SoughtSeal | null };

/** Our notes; null where there are none that this version understands. Expects a good header. @throws `snapshot-unreadable` */
export async function readDatabaseAbout(file: SnapshotBytes): Promise<SnapshotAbout | null> {
  try {
    const { db, close } = await openUntrustedDatabase(file);
    try {
      return findNotes(db)?.about ?? null;
    } finally {
      await close();
    }
  } catch (error) {
    const explained = explainReading(error, file);
    if (explained instanceof SnapbackError && explained.code === 'snapshot-damaged') return null;
    throw explained;
  }
}

/**
 * Our notes; null where the file has none. It is hostile: only a plain table that we would have made is read, and no more of
 * it than we would have written. @throws `snapshot-damaged` where there are notes that cannot be read, SQLite's errors
 */
export function findNotes(db: ReadDatabase): DatabaseNotes | null {
  const tables = db
    .prepare<[string], { type: string; sql: string | null }>(
      'SELECT type, sql FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE',
    )
    .all(ABOUT_TABLE);
  if (tables.length === 0) return null;
  const isOurs =
    tables.length === 1 && tables.every(({ type, sql }) => type === 'table' && sql === ABOUT_SQL);
  const notes = isOurs ? readNotes(db) : null;
  if (notes === null)
    throw damagedDatabase("Snapback's own notes cannot be read; a newer version may have written them", null);
  return notes;
}

function readNotes(db: ReadDatabase): DatabaseNotes | null {
  const read = db
    .prepare<[number, number], unknown>(
      `SELECT value FROM main.${ABOUT_TABLE} NOT INDEXED WHERE part = ? AND octet_length(value) <= ?`,
    )
    .pluck();
  const text = read.get(ABOUT_PART, LARGEST_ABOUT_BYTES);
  const about = typeof text === 'string' ? parseAbout(parseJson(text), 'database') : null;
  if (about === null) return null;
  const seal = read.get(SEAL_PART, LONGEST_SEAL);
  const sealText = seal instanceof Uint8Array ? Buffer.from(seal).toString('latin1') : '';
  const prefix = /^(.*:)[0-9a-f]{64}$/s.exec(sealText)?.[1];
  return { about, seal: prefix === undefined ? null : { prefix, page: findNotesPage(db) } };
}

/** The page at which the table of our notes begins. Unless pages are very small, it has the seal. */
export function findNotesPage(db: AnyDatabase): FilePart {
  const root = db.prepare<[string], unknown>('SELECT rootpage FROM main.sqlite_schema WHERE name = ?');
  const page = Math.max(1, Number(root.pluck().get(ABOUT_TABLE)) || 1);
  const bytes = Number(db.pragma('main.page_size', { simple: true }));
  return { from: (page - 1) * bytes, to: page * bytes };
}

/**
 * Hashes the file and checks every byte against its seal. `sealed`: it is to the last bit what we wrote. `see`: as in
 * `hashFile`. @throws `snapshot-unreadable`, `cancelled`, and what `see` throws
 */
export async function checkSeal(
  file: SnapshotBytes,
  notes: DatabaseNotes | null,
  task: TaskOptions,
  see?: SeePiece,
) {
  const seal = notes?.seal ?? null;
  return hashSealed(file, seal === null ? null : await findSeal(file, seal, task), task, see);
}

/** Says what reading failed with: the system's refusal, or damage. Errors of ours and bugs pass unchanged. */
export function explainReading(error: unknown, { path }: Pick<SnapshotBytes, 'path'>): unknown {
  const code = sqliteCode(error);
  if (code === null || isSystemError(error)) return error;
  if (/^SQLITE_(?:IOERR|CANTOPEN|BUSY|FULL|NOMEM)/.test(code))
    return new SnapbackError(
      'snapshot-unreadable',
      'The file cannot be read.',
      { path, sqlite: code },
      error,
    );
  if (isCompileError(error)) return explainNeed(error, null);
  const why = error instanceof Error ? error.message : code;
  return damagedDatabase(why, null, error);
}

/** The error for a database file whose contents are not a snapshot's. */
export function damagedDatabase(why: string, table: string | null, cause?: unknown): SnapbackError {
  const where = table === null ? '' : ` in “${table}”`;
  return new SnapbackError(
    'snapshot-damaged',
    `The file is damaged${where}: ${why}.`,
    { why, ...(table !== null && { table }) },
    cause,
  );
}
