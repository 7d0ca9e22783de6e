import { hash } from 'node:crypto';
import { mkdtemp, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { type DataFolder, openDataFolder } from '../../src/host/data-folder.ts';
import { SnapbackError } from '../../src/model/errors.ts';
import { type ReadingOptions, readSnapshot, type SnapshotPart } from '../../src/snapshot-file/reader.ts';
import type { SqlValue } from '../../src/sqlite/row-hash.ts';
import { LOG } from '../support/place.ts';
import { dump } from './apply-directly.ts';

/** Words that appear only in rows: no message may repeat them. */
export const SECRET = 'words-of-a-person';

/** A folder with few rows, whose values need every part of the format. */
export async function makeSmallFolder(parent: string): Promise<DataFolder> {
  const dir = await mkdtemp(join(parent, 'small-'));
  const db = new Database(join(dir, 'app.db'));
  db.exec(`${LOG} CREATE TABLE bots (id TEXT PRIMARY KEY, face BLOB, mood REAL); CREATE TABLE chats (id INTEGER PRIMARY KEY, title TEXT);
    INSERT INTO event_log VALUES (1, 'main', 't', 'said', '{"text": "${SECRET}"}', NULL, 0), (2, 'main', 't', 'said', '${SECRET}', 1, 1);
    INSERT INTO bots VALUES ('ada', x'0027ff', 0.5), ('bo', CAST(x'ff61' AS TEXT), -0.0), ('cy', '${SECRET}', 9e999);
    INSERT INTO chats VALUES (9007199254740993, 'Caf\u00e9'), (-1, CAST(x'c328' AS TEXT));`);
  db.close();
  return openDataFolder(dir);
}

/** Our own snapshot of that folder, as its bytes. */
export async function dumpSmall(folder: DataFolder, name = 'dump'): Promise<string> {
  return readFile(await dump(folder, name), 'latin1');
}

export const KNOWN: ReadonlySet<string> = new Set(['event_log', 'bots', 'chats', 'scenes']);

/** A part of a snapshot. All rows of a table that follow each other are one, however many batches they came in. */
export type ReadPart =
  | Exclude<SnapshotPart, { readonly type: 'rows' }>
  | {
      readonly type: 'rows';
      readonly table: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly SqlValue[])[];
    };

/** Reads a file to its end. */
export async function readParts(path: string, known = KNOWN): Promise<readonly ReadPart[]> {
  const handle = await open(path);
  try {
    return await collect({ handle, path, sizeBytes: (await handle.stat()).size }, known);
  } finally {
    await handle.close();
  }
}

export async function collect(
  file: Parameters<typeof readSnapshot>[0],
  known = KNOWN,
  options: ReadingOptions = {},
): Promise<readonly ReadPart[]> {
  const parts: ReadPart[] = [];
  for await (const part of readSnapshot(file, known, {}, options))
    if (part.type !== 'rows') parts.push(part);
    else {
      const { type, table, columns } = part;
      const last = parts.at(-1);
      if (last?.type !== 'rows') parts.push({ type, table, columns, rows: part.rows() });
      else parts.splice(-1, 1, { ...last, rows: [...last.rows, ...part.rows()] });
    }
  return parts;
}

export type Notes = { about: Record<string, unknown>; exact: unknown };

/** The file with other notes of ours at its end, their places right unless told otherwise. */
export function withNotes(
  text: string,
  edit: (notes: Notes) => void,
  move: { readonly exactAt?: number; readonly aboutAt?: number } = {},
): string {
  const at = text.indexOf(', "_snapback": ');
  const notes: Notes = JSON.parse(text.slice(at).replace(', "_snapback": ', '').slice(0, -1));
  edit(notes);
  let out = `${text.slice(0, at)}, "_snapback": {"exact": `;
  const exactAt = out.length + (move.exactAt ?? 0);
  out += `${JSON.stringify(notes.exact)}, "about": `;
  const aboutAt = out.length + (move.aboutAt ?? 0);
  const about = JSON.stringify(notes.about);
  return `${out}${about}, "aboutHash": "${hash('sha256', about)}", "exactAt": ${exactAt}, "aboutAt": ${aboutAt}}}`;
}

/** Makes the function that writes a text or bytes into a new file; a text has a character for each byte. */
export function createWriter(root: () => string): (text: string | Buffer) => Promise<string> {
  let files = 0;
  return async (text) => {
    files += 1;
    const path = join(root(), `file-${files}`);
    await writeFile(path, text, 'latin1');
    return path;
  };
}

/** The error that says where the file is damaged and why, without a word of what it holds. */
export async function damageOf(reading: Promise<unknown>): Promise<SnapbackError> {
  const error = await reading.then(
    () => new Error('It was read as if it were good.'),
    (caught: unknown) => caught,
  );
  if (!(error instanceof SnapbackError) || error.code !== 'snapshot-damaged') throw error;
  expect(error.detail).toMatchObject({ offset: expect.any(Number), why: expect.any(String) });
  expect(error.message + JSON.stringify(error.detail)).not.toContain(SECRET);
  return error;
}
