import { textOfBytes } from '../host/python-text.ts';
import { SnapbackError } from '../model/errors.ts';
import type { RawText, SqlValue } from '../sqlite/row-hash.ts';
import { readAt, type SnapshotBytes } from './bytes.ts';
import type { JsonRow } from './json-row.ts';
import { createJsonScanner, type JsonScanner } from './json-scanner.ts';
import type { OwnNotes } from './own-notes.ts';

/**
 * Reads `_snapback.exact` alongside the rows that it belongs to. It comes last in the file and may be as large as all
 * BLOBs together, so it has a read position of its own. In a file as we write it, that position moves forward with the
 * tables, because both are in the order of the dump. In a reformatted file it jumps to the values of each table.
 */
export type ExactCursor = {
  /** Moves to the entries of the table that is read next. */
  readonly enterTable: (name: string) => Promise<void>;
  /** Skips the entries of a table that is not read. */
  readonly passTable: (name: string) => Promise<void>;
  /** The ordinal of the next row that has an entry; null if no other row of the table has one. */
  readonly next: () => number | null;
  /** The row's values, with the exact value wherever the visible form could not carry it. */
  readonly apply: (ordinal: number, row: JsonRow) => Promise<readonly SqlValue[]>;
  /** Makes sure that no entry is left over. */
  readonly finish: () => Promise<void>;
};

type Entry = { readonly ordinal: number; readonly column: string; readonly value: Uint8Array | RawText };

const CHUNK_BYTES = 256 * 1024;

/** Opens the cursor. Its functions @throws `snapshot-damaged` for entries that are malformed or belong to no value. */
export function createExactCursor(file: SnapshotBytes, exact: OwnNotes['exact']): ExactCursor {
  const places = 'byTable' in exact ? new Map(exact.byTable) : null;
  let scanner = scanFrom(file, 'at' in exact ? exact.at : 0);
  let announced: string | null = null;
  let pending: Entry | null = null;
  let state: 'start' | 'between' | 'inside' | 'end' = 'start';

  const damaged = (why: string): SnapbackError =>
    new SnapbackError('snapshot-damaged', `The file is damaged at byte ${scanner.offset()}: ${why}.`, {
      offset: scanner.offset(),
      why,
    });

  async function announce(): Promise<void> {
    if (state === 'start') {
      await scanner.expect('{');
      state = (await scanner.peek()) === '}' ? 'end' : 'between';
    }
    if (state === 'end' || announced !== null) return;
    announced = await scanner.readString();
    await scanner.expect(':');
  }

  async function advance(): Promise<void> {
    pending = await readEntry(scanner, damaged);
    if ((await scanner.peek()) === ',') return scanner.expect(',');
    await scanner.expect(']');
    await leaveTable();
  }

  async function leaveTable(): Promise<void> {
    announced = null;
    if (places !== null) {
      state = 'end';
      return;
    }
    if ((await scanner.peek()) === ',') {
      await scanner.expect(',');
      state = 'between';
    } else state = 'end';
  }

  /** Moves to the entries of the table; false if it has none. */
  async function reach(name: string): Promise<boolean> {
    if (pending !== null) throw damaged('an exact value belongs to no row');
    if (places === null) {
      await announce();
      return announced === name;
    }
    const place = places.get(name);
    if (place === undefined) return false;
    places.delete(name);
    scanner = scanFrom(file, place);
    return true;
  }

  return {
    async enterTable(name) {
      if (!(await reach(name))) return;
      await scanner.expect('[');
      state = 'inside';
      await advance();
    },
    async passTable(name) {
      if (!(await reach(name))) return;
      await scanner.skipValue();
      await leaveTable();
    },
    async finish() {
      if (pending !== null) throw damaged('an exact value belongs to no row');
      if (places === null) await announce();
      if (announced !== null || (places !== null && places.size > 0))
        throw damaged('an exact value belongs to no table');
    },
    next: () => pending?.ordinal ?? null,
    async apply(ordinal, row) {
      if (pending === null || pending.ordinal !== ordinal) return row.values;
      const values = [...row.values];
      while (pending !== null && pending.ordinal === ordinal) {
        const index = row.columns.indexOf(pending.column);
        if (index === -1) throw damaged('an exact value belongs to no column');
        // The host reads only the visible form, so both must mean the same.
        if (row.values[index] !== textOfBytes(pending.value))
          throw damaged('an exact value differs from the visible one');
        values[index] = pending.value;
        pending = null;
        if (state === 'inside') await advance();
      }
      return values;
    },
  };
}

/** A scanner that reads a part of a file by itself, from a byte on. */
export function scanFrom(file: SnapshotBytes, start: number): JsonScanner {
  let position = start;
  return createJsonScanner(async (want) => {
    const chunk = await readAt(file, position, Math.max(CHUNK_BYTES, Math.min(want, file.sizeBytes)));
    position += chunk.length;
    return chunk.length === 0 ? null : chunk;
  }, start);
}

/** The members of an exact value as they are written, not checked yet. @throws `snapshot-damaged`, `snapshot-unreadable` */
export async function readExactMembers(scanner: JsonScanner) {
  await scanner.expect('[');
  const ordinal = await scanner.readScalar();
  await scanner.expect(',');
  const column = await scanner.readString();
  await scanner.expect(',');
  const storageClass = await scanner.readString();
  await scanner.expect(',');
  const encoded = await scanner.readString();
  await scanner.expect(']');
  return { ordinal, column, storageClass, encoded };
}

async function readEntry(scanner: JsonScanner, damaged: (why: string) => SnapbackError): Promise<Entry> {
  const { ordinal, column, storageClass, encoded } = await readExactMembers(scanner);
  const bytes = Uint8Array.from(Buffer.from(encoded, 'base64'));
  const known = storageClass === 'blob' || storageClass === 'text';
  // The decoder silently drops what is not base64, so compare the lengths.
  if (typeof ordinal !== 'bigint' || !known || Math.ceil(bytes.length / 3) * 4 !== encoded.length)
    throw damaged('an exact value is malformed');
  return { ordinal: Number(ordinal), column, value: storageClass === 'blob' ? bytes : { rawText: bytes } };
}
