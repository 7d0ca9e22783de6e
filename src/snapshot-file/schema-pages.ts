import { readAt, type SnapshotBytes } from './bytes.ts';

/*
 * SQLite reads the list of a database's tables, and its statistics about them, whole and in one step that nothing can
 * interrupt. In a hostile file their pages may refer to each other so that this step never ends. So these pages are looked
 * at before SQLite sees them: each may occur once, and together they are bounded.
 */

/** What both may take, in pages and in rows. Real ones take a small part of it. */
const MOST_BYTES = 16 << 20;
export const HEADER_BYTES = 100;
const RESERVED_AT = 20;
const STATISTICS = 'sqlite_stat';
/** “trigger”, in UTF-16. */
const LONGEST_TYPE = 14;

/** The kinds of pages: of a table with rowids or not, and with other pages below it or not. */
export const INTERIOR = new Set([2, 5]);
const LEAVES = new Set([10, 13]);
const TABLE_LEAF = 13;

/** Whether SQLite will come to an end when it opens the database. Expects a good header. @throws `snapshot-unreadable` */
export async function hasBoundedSchema(file: SnapshotBytes, pageBytes: number): Promise<boolean> {
  const seen = new Set<number>();
  const waiting = [{ page: 1, isSchema: true }];
  let usable = pageBytes;
  let bytes = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { page, isSchema } = next;
    if (seen.has(page)) return false;
    seen.add(page);
    const content = page < 1 ? Buffer.alloc(0) : await readAt(file, (page - 1) * pageBytes, pageBytes);
    // SQLite itself says what is wrong with a page that is not there.
    if (content.length < pageBytes) continue;
    if (page === 1) usable = pageBytes - (content[RESERVED_AT] ?? 0);
    const cells = listCells(content, page === 1 ? HEADER_BYTES : 0);
    bytes += pageBytes;
    for (const { below, payload, at, isTableLeaf } of cells) {
      bytes += payload;
      if (below !== null) waiting.push({ page: below, isSchema });
      if (!isSchema || !isTableLeaf) continue;
      const statistics = readEntry(content.subarray(at, at + localBytes(payload, usable)), payload);
      if (statistics === 'hidden') return false;
      if (statistics !== null) waiting.push({ page: statistics, isSchema: false });
    }
    if (bytes > MOST_BYTES) return false;
  }
  return true;
}

/** A cell of a page: the page below it, and the length and place of its row. */
type Cell = {
  readonly below: number | null;
  readonly payload: number;
  readonly at: number;
  readonly isTableLeaf: boolean;
};

/** What a page of a tree holds; nothing where it is no such page. `head`: where its header begins. */
export function listCells(content: Buffer, head: number): readonly Cell[] {
  const kind = content[head] ?? 0;
  const isInterior = INTERIOR.has(kind);
  if (!isInterior && !LEAVES.has(kind)) return [];
  const isTableLeaf = kind === TABLE_LEAF;
  const none = { payload: 0, at: 0, isTableLeaf };
  const cells: Cell[] = isInterior ? [{ ...none, below: content.readUInt32BE(head + 8) }] : [];
  const pointers = head + (isInterior ? 12 : 8);
  const count = content.readUInt16BE(head + 3);
  for (let index = 0; index < count; index += 1) {
    const pointer = pointers + index * 2;
    if (pointer + 2 > content.length) break;
    const cell = content.readUInt16BE(pointer);
    const below = isInterior && cell + 4 <= content.length ? content.readUInt32BE(cell) : null;
    if (kind === 5) {
      cells.push({ ...none, below });
      continue;
    }
    const [payload, behind] = readVarint(content, isInterior ? cell + 4 : cell);
    const at = isTableLeaf ? readVarint(content, behind)[1] : behind;
    cells.push({ below, payload, at, isTableLeaf });
  }
  return cells;
}

/** How much of a row stands in its page, by the rules of SQLite's file format. */
function localBytes(payload: number, usable: number): number {
  if (payload <= usable - 35) return payload;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const some = least + ((payload - least) % (usable - 4));
  return some <= usable - 35 ? some : least;
}

/**
 * The first page of the statistics that an entry of the schema is about; null if it is about something else. `hidden`: it
 * does not show where that page is, as no real entry does.
 */
function readEntry(row: Buffer, payload: number): number | 'hidden' | null {
  const [headerBytes, first] = readVarint(row, 0);
  const serials: number[] = [];
  for (let at = first; at < Math.min(headerBytes, row.length) && serials.length < 4; ) {
    const [serial, behind] = readVarint(row, at);
    serials.push(serial);
    at = behind;
  }
  const [type = 0, name = 0, table = 0, root = 0] = serials;
  if (lengthOf(type) > LONGEST_TYPE) return 'hidden';
  const nameAt = headerBytes + lengthOf(type);
  if (name < 12) return null;
  const visible = row.toString('latin1', nameAt, Math.min(row.length, nameAt + lengthOf(name)));
  const letters = visible.replaceAll('\0', '').slice(0, STATISTICS.length).toLowerCase();
  const isCut = nameAt + lengthOf(name) > row.length;
  if (letters !== STATISTICS && !(isCut && STATISTICS.startsWith(letters))) return null;
  const rootAt = nameAt + lengthOf(name) + lengthOf(table);
  const rootBytes = lengthOf(root);
  if (row.length < payload || rootAt + rootBytes > row.length || root > 6) return 'hidden';
  return rootBytes === 0 ? null : row.readUIntBE(rootAt, rootBytes);
}

/** The length of a value, by its serial type. */
function lengthOf(serial: number): number {
  if (serial >= 12) return Math.floor((serial - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0][serial] ?? 0;
}

/** A number of SQLite's variable length, and the place behind it. */
function readVarint(bytes: Buffer, from: number): readonly [number, number] {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes[from + index] ?? 0;
    value = value * 128 + (byte & 127);
    if (byte < 128) return [value, from + index + 1];
  }
  return [value * 256 + (bytes[from + 8] ?? 0), from + 9];
}
