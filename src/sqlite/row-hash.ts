import { createHash, hash } from 'node:crypto';

/** TEXT whose bytes are not valid in the database's encoding. */
export type RawText = { readonly rawText: Uint8Array };

/** A value with its storage class: INTEGER is bigint, REAL number, TEXT string or `RawText`, BLOB bytes. */
export type SqlValue = null | bigint | number | string | Uint8Array | RawText;

export function isRawText(value: SqlValue): value is RawText {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

const TAG = { null: 0, integer: 1, real: 2, text: 3, blob: 4, rawText: 5 } as const;

/** Computes the content hash of a table row by row. */
export type TableHasher = {
  readonly add: (row: readonly SqlValue[]) => void;
  /** Adds rows that another hasher has counted. */
  readonly addTotal: (rows: RowTotal) => void;
  /** Takes such rows out again, so that the content of one table can be told by that of another and the rows in which they differ. */
  readonly removeTotal: (rows: RowTotal) => void;
  /** The hash in hex, and the number of rows. It is equal for the same multiset of rows in the same columns, and only then. */
  readonly finish: () => { readonly hash: string; readonly rows: number };
  /** What was added so far, for another hasher to continue from. */
  readonly total: () => RowTotal;
};

/** The rows of a table as a content hash counts them: the sum of their hashes modulo 2^256 in hex, and how many they are. */
export type RowTotal = { readonly sum: string; readonly rows: number };

/** SHA-256 of one row in an injective encoding: type tag, length and bytes of each value, reals by bit pattern. */
export type RowHasher = (row: readonly SqlValue[]) => Buffer;

/** Makes a row hasher. It uses one buffer for all rows. */
export function createRowHasher(): RowHasher {
  let [buffer, view] = allocate(4096);
  return (row) => {
    let length = 0;
    for (const value of row) {
      const need = length + 9 + byteLength(value);
      if (need > buffer.length) {
        const smaller = buffer;
        [buffer, view] = allocate(need * 2);
        smaller.copy(buffer, 0, 0, length);
      }
      length = encode(buffer, view, length, value);
    }
    // Node takes twice as long to make a buffer of its own for a hash.
    return Buffer.from(hash('sha256', buffer.subarray(0, length), 'hex'), 'hex');
  };
}

function allocate(bytes: number): [Buffer, DataView] {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  return [buffer, new DataView(buffer.buffer)];
}

/**
 * The only definition of a table's content hash: the sum of its rows' hashes modulo 2^256, hashed with the column names and
 * the number of rows. A sum does not depend on the order of the rows, so the same function serves a dump, a live table
 * and a table without a key.
 */
export function createTableHasher(columns: readonly string[], from: RowTotal | null = null): TableHasher {
  const sum = new Uint32Array(8);
  if (from !== null) Buffer.from(sum.buffer).write(from.sum, 'hex');
  const hashRow = createRowHasher();
  let rows = from?.rows ?? 0;
  return {
    add(row) {
      addInto(sum, hashRow(row));
      rows += 1;
    },
    addTotal(more) {
      addInto(sum, Buffer.from(more.sum, 'hex'));
      rows += more.rows;
    },
    removeTotal(fewer) {
      subtractFrom(sum, Buffer.from(fewer.sum, 'hex'));
      rows -= fewer.rows;
    },
    finish() {
      const total = createHash('sha256').update(JSON.stringify([columns, rows]));
      return { hash: total.update(Buffer.from(sum.buffer)).digest('hex'), rows };
    },
    total: () => ({ sum: Buffer.from(sum.buffer).toString('hex'), rows }),
  };
}

function byteLength(value: SqlValue): number {
  if (typeof value === 'string') return value.length * 3;
  if (value instanceof Uint8Array) return value.length;
  return value !== null && typeof value === 'object' ? value.rawText.length : 8;
}

function encode(buffer: Buffer, view: DataView, at: number, value: SqlValue): number {
  if (value === null) {
    buffer[at] = TAG.null;
    return at + 1;
  }
  if (typeof value === 'bigint') {
    buffer[at] = TAG.integer;
    view.setBigInt64(at + 1, value, true);
    return at + 9;
  }
  if (typeof value === 'number') {
    buffer[at] = TAG.real;
    view.setFloat64(at + 1, value, true);
    return at + 9;
  }
  const [tag, length] = writeBytes(buffer, at + 9, value);
  buffer[at] = tag;
  view.setUint32(at + 1, length, true);
  view.setUint32(at + 5, 0, true);
  return at + 9 + length;
}

/** Writes a text or bytes, and returns the tag and how many bytes they took. */
function writeBytes(
  buffer: Buffer,
  at: number,
  value: string | Uint8Array | RawText,
): readonly [number, number] {
  if (typeof value === 'string') return [TAG.text, buffer.write(value, at, 'utf8')];
  const [tag, bytes] = value instanceof Uint8Array ? [TAG.blob, value] : [TAG.rawText, value.rawText];
  buffer.set(bytes, at);
  return [tag, bytes.length];
}

function addInto(sum: Uint32Array, digest: Buffer): void {
  let carry = 0;
  for (let lane = 0; lane < 8; lane += 1) {
    const total = (sum[lane] ?? 0) + digest.readUInt32LE(lane * 4) + carry;
    sum[lane] = total >>> 0;
    carry = total > 0xffffffff ? 1 : 0;
  }
}

function subtractFrom(sum: Uint32Array, digest: Buffer): void {
  let borrow = 0;
  for (let lane = 0; lane < 8; lane += 1) {
    const left = (sum[lane] ?? 0) - digest.readUInt32LE(lane * 4) - borrow;
    sum[lane] = left >>> 0;
    borrow = left < 0 ? 1 : 0;
  }
}
