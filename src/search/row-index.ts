import * as v from 'valibot';
import type { WriteDatabase } from '../sqlite/database.ts';
import { createRowHasher } from '../sqlite/row-hash.ts';
import { textsOf } from './cell-texts.ts';
import { foldText } from './fold.ts';
import { countIn, joinRanges, type Range, type Ranges } from './ranges.ts';
import type { SearchedRow } from './searched-rows.ts';
import type { IndexedEvent } from './second-rows.ts';
import { toStored, type WrittenValue, writeValue } from './stored-key.ts';

/*
 * Every distinct row of all snapshots once, by number, with its texts folded, and which snapshot holds which numbers. Rows
 * get their numbers in the order in which they are met, so what a snapshot holds is mostly one long range. It is a private
 * file that can be made again at any time.
 */

const SCHEMA = `
  CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, notes TEXT NOT NULL);
  CREATE TABLE held (source INTEGER, first INTEGER, last INTEGER, PRIMARY KEY (source, first)) WITHOUT ROWID;
  CREATE TABLE version (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE);
  CREATE TABLE block (id INTEGER PRIMARY KEY, first INTEGER, last INTEGER, folded BLOB, entries TEXT)`;
/** To be raised when the same rows would be kept in another way than before. */
export const INDEX_FORMAT = 4;

const BLOCK_UNITS = 32 * 1024;
/** So many rows may be kept that no source holds. */
const MOST_UNUSED = 10_000;
const HASH_BYTES = 16;
const LOOK_AHEAD = 512;
/** A longer text is searched in parts of this length. */
const PART_UNITS = 1 << 20;
/** Neighbouring parts overlap by more than a phrase takes, even with many marks on its letters. */
const OVERLAP_UNITS = 16 * 1024;

/** The texts of a column, and what in it only refers to something. `isPart`: it is a part of a long text. */
type Cell = readonly [
  column: string,
  isPart: boolean,
  texts: readonly string[],
  references: readonly string[],
];

/** A distinct row: its number, table and key, and its texts. A large row has several entries. */
export type Entry = readonly [
  version: number,
  table: string,
  key: readonly WrittenValue[],
  event: IndexedEvent | null,
  cells: readonly Cell[],
];

/** Some distinct rows that follow each other. */
export type Block = { readonly id: number; readonly rows: Range };

/** What a source holds, and what of it could not be searched. */
export type KnownSource = { readonly name: string; readonly rows: Ranges; readonly notes: readonly string[] };

export type RowIndex = {
  /** Null if it was never added, or is forgotten. */
  readonly find: (name: string) => KnownSource | null;
  readonly names: () => readonly string[];
  /** Begins to add the rows of a source. Nothing of it is kept until `finish`. */
  readonly begin: (name: string) => {
    readonly add: (row: SearchedRow) => void;
    readonly finish: (notes: readonly string[]) => void;
    readonly abandon: () => void;
  };
  readonly forget: (name: string) => void;
  readonly blocks: () => readonly Block[];
  /** The folded texts of a block, each ended by a line feed. */
  readonly readFolded: (block: Block) => Buffer;
  readonly readEntries: (block: Block) => readonly Entry[];
  /** Forgets all sources but these, and everything if most of the rows were only theirs. */
  readonly keepOnly: (names: ReadonlySet<string>) => void;
};

const notesText = v.pipe(v.string(), v.parseJson(), v.array(v.string()));

/** Opens the index in a private database, which may be new. */
export function openRowIndex(db: WriteDatabase): RowIndex {
  if (db.pragma('user_version', { simple: true }) !== INDEX_FORMAT) {
    db.exec(SCHEMA);
    db.pragma(`user_version = ${INDEX_FORMAT}`);
  }
  const one = <T>(sql: string) => db.prepare<unknown[], T>(sql).pluck();
  const findId = one<number>('SELECT id FROM source WHERE name = ?');
  const findNotes = one<string>('SELECT notes FROM source WHERE id = ?');
  const findVersion = one<number>('SELECT id FROM version WHERE hash = ?');
  const nextHashes = one<Buffer>(`SELECT hash FROM version WHERE id >= ? ORDER BY id LIMIT ${LOOK_AHEAD}`);
  const addVersion = db.prepare('INSERT INTO version VALUES (?, ?)');
  const addBlock = db.prepare('INSERT INTO block (first, last, folded, entries) VALUES (?, ?, ?, ?)');
  const addHeld = db.prepare('INSERT INTO held VALUES (?, ?, ?)');
  const heldBy = db
    .prepare<[number], [number, number]>('SELECT first, last FROM held WHERE source = ? ORDER BY first')
    .raw();
  const size = () => one<number>('SELECT coalesce(max(id), 0) FROM version').get() ?? 0;
  const hashRow = createRowHasher();
  const forget = (name: string): void => {
    const id = findId.get(name);
    db.prepare('DELETE FROM held WHERE source = ?').run(id);
    db.prepare('DELETE FROM source WHERE id = ?').run(id);
  };

  /** Finds the number of a row that was added before. Rows mostly come in the same order as before. */
  function createFinder() {
    let ahead: readonly Buffer[] = [];
    let from = 0;
    let expected = 1;
    const known = size();
    return (hash: Buffer): number | null => {
      if (expected <= known && (expected < from || expected >= from + ahead.length)) {
        ahead = nextHashes.all(expected);
        from = expected;
      }
      const found = ahead[expected - from]?.equals(hash) ? expected : (findVersion.get(hash) ?? null);
      if (found !== null) expected = found + 1;
      return found;
    };
  }

  /** Collects distinct rows and writes them in blocks. */
  function createBlockWriter() {
    let entries: Entry[] = [];
    let folded: string[] = [];
    let units = 0;
    const flush = () => {
      const [first, last] = [entries[0]?.[0], entries.at(-1)?.[0]];
      if (first === undefined) return;
      addBlock.run(first, last, Buffer.from(`${folded.join('\n')}\n`), JSON.stringify(entries));
      entries = [];
      folded = [];
      units = 0;
    };
    return {
      flush,
      add(version: number, row: SearchedRow) {
        const key = row.key.map((value) => writeValue(toStored(value)));
        const event = row.describe();
        let cells: Cell[] = [];
        for (const cell of row.cells.flatMap((one) => cellsOf(...one))) {
          if (cells.length === 0) entries.push([version, row.table, key, event, cells]);
          cells.push(cell);
          for (const text of [...cell[2], ...cell[3]]) {
            folded.push(foldText(text));
            units += text.length;
          }
          if (units < BLOCK_UNITS) continue;
          flush();
          cells = [];
        }
      },
    };
  }

  return {
    find(name) {
      const id = findId.get(name);
      if (id === undefined) return null;
      return { name, rows: heldBy.all(id), notes: v.parse(notesText, findNotes.get(id)) };
    },
    names: () => one<string>('SELECT name FROM source').all(),
    begin(name) {
      db.exec('BEGIN');
      const find = createFinder();
      const writer = createBlockWriter();
      const held: [number, number][] = [];
      let last = size();
      return {
        add(row) {
          if (row.cells.length === 0) return;
          const hash = hashRow([
            row.table,
            BigInt(row.isHidden),
            BigInt(row.key.length),
            ...row.key,
            ...row.cells.flat(),
          ]).subarray(0, HASH_BYTES);
          const found = find(hash);
          const version = found ?? last + 1;
          if (found === null) {
            last = version;
            addVersion.run(version, hash);
            writer.add(version, row);
          }
          const open = held.at(-1);
          if (open !== undefined && version === open[1] + 1) open[1] = version;
          else if (open === undefined || version < open[0] || version > open[1])
            held.push([version, version]);
        },
        finish(notes) {
          writer.flush();
          const source = db.prepare('INSERT INTO source (name, notes) VALUES (?, ?)');
          const id = Number(source.run(name, JSON.stringify(notes)).lastInsertRowid);
          for (const [first, end] of joinRanges(held)) addHeld.run(id, first, end);
          db.exec('COMMIT');
        },
        abandon() {
          if (db.inTransaction) db.exec('ROLLBACK');
        },
      };
    },
    forget,
    keepOnly(names) {
      const all = one<string>('SELECT name FROM source').all();
      for (const name of all) if (!names.has(name)) forget(name);
      const held = joinRanges(db.prepare<[], [number, number]>('SELECT first, last FROM held').raw().all());
      if (size() < MOST_UNUSED + 2 * countIn(held)) return;
      for (const table of ['source', 'held', 'version', 'block']) db.exec(`DELETE FROM ${table}`);
    },
    blocks: () =>
      db
        .prepare<[], [number, number, number]>('SELECT id, first, last FROM block ORDER BY id')
        .raw()
        .all()
        .map(([id, first, last]) => ({ id, rows: [first, last] })),
    readFolded: ({ id }) => one<Buffer>('SELECT folded FROM block WHERE id = ?').get(id) ?? Buffer.alloc(0),
    readEntries: ({ id }) =>
      JSON.parse(one<string>('SELECT entries FROM block WHERE id = ?').get(id) ?? '[]') as readonly Entry[],
  };
}

/** The texts of a cell as they are kept: short ones together, and each long one in parts. */
function cellsOf(...[column, text, role]: SearchedRow['cells'][number]): readonly Cell[] {
  const { texts, references } = textsOf(text, role);
  const isShort = ({ length }: string) => length <= PART_UNITS;
  const short = [texts.filter(isShort), references.filter(isShort)] as const;
  return [
    ...(short.flat().length === 0 ? [] : [[column, false, ...short] as const]),
    ...texts
      .filter((one) => !isShort(one))
      .flatMap(cutInParts)
      .map((part) => [column, true, [part], []] as const),
    ...references
      .filter((one) => !isShort(one))
      .flatMap(cutInParts)
      .map((part) => [column, true, [], [part]] as const),
  ];
}

function cutInParts(text: string): readonly string[] {
  const parts: string[] = [];
  const step = PART_UNITS - OVERLAP_UNITS;
  for (let at = 0; at < text.length - OVERLAP_UNITS; at += step)
    parts.push(text.slice(at, at + PART_UNITS).toWellFormed());
  return parts;
}
