import { createHash, type Hash } from 'node:crypto';
import type { Yielder } from '../system/yielder.ts';
import { readInto, type SnapshotBytes } from './bytes.ts';

/**
 * Moves over a file from its first byte to its last, with a part of it in memory. The careful scanner takes bytes out of
 * it piece by piece; the reader of plain rows looks at all of them at once.
 */
export type ByteWindow = {
  /** The bytes in memory that were not consumed: `bytes` from `at` to `end`. `bytes[end]` is a zero, and three more bytes follow it. */
  readonly view: () => { readonly bytes: Buffer; readonly at: number; readonly end: number };
  /** The place in the file of the first of them. */
  readonly offset: () => number;
  /** Reads on, about a megabyte or as much as is wanted, over the bytes that were consumed. False at the end of the file. */
  readonly more: (want?: number) => Promise<boolean>;
  readonly consume: (bytes: number) => void;
  /** Takes the next piece, at least one byte and about `want`, or null at the end of the file. */
  readonly take: (want: number) => Promise<Buffer | null>;
  /** Gives back the last bytes that were taken. */
  readonly giveBack: (bytes: number) => void;
  /**
   * Begins to hash at an offset that is still in memory. The function that it returns ends this, and returns the
   * SHA-256 up to another offset.
   */
  readonly hashFrom: (from: number) => (to: number) => string;
  /** The SHA-256 of all bytes that were read; null if it was not asked for. */
  readonly sha256: () => string | null;
};

/** Room for the zero, and for what a reader of whole words sees behind it. */
const SPARE_BYTES = 4;
export type WindowOptions = {
  /** Whether the hash of the whole file will be asked for. */
  readonly hashed?: boolean;
  /** How many bytes are read at once. */
  readonly chunkBytes?: number;
};

const CHUNK_BYTES = 1 << 20;
/** What the scanner takes first. Mostly it needs only the few bytes between two batches. */
const FIRST_PIECE_BYTES = 4096;

/** Opens a window at the start of the file. Reading @throws `snapshot-unreadable`, `cancelled` */
export function createByteWindow(
  file: SnapshotBytes,
  yielder: Yielder,
  { hashed = true, chunkBytes = CHUNK_BYTES }: WindowOptions,
): ByteWindow {
  const digest = hashed ? createHash('sha256') : null;
  let bytes = Buffer.alloc(SPARE_BYTES);
  let at = 0;
  let end = 0;
  /** The place in the file of `bytes[0]`. */
  let base = 0;
  let piece = FIRST_PIECE_BYTES;
  let hashing: { readonly list: Hash; from: number } | null = null;

  function hashUpTo(to: number): void {
    if (hashing === null || to <= hashing.from) return;
    hashing.list.update(bytes.subarray(hashing.from - base, to - base));
    hashing.from = to;
  }

  async function more(want = chunkBytes): Promise<boolean> {
    await yielder.step();
    hashUpTo(base + at);
    const rest = end - at;
    const next =
      rest + want + SPARE_BYTES <= bytes.length ? bytes : Buffer.allocUnsafeSlow(rest + want + SPARE_BYTES);
    bytes.copy(next, 0, at, end);
    base += at;
    const found = await readInto(file, base + rest, next.subarray(rest, rest + want));
    [bytes, at, end] = [next, 0, rest + found];
    bytes[end] = 0;
    if (found === 0) return false;
    digest?.update(bytes.subarray(rest, end));
    const total = file.sizeBytes;
    yielder.report({ phase: 'read-snapshot', done: base + end, total, unit: 'bytes', cancellable: true });
    return true;
  }

  return {
    view: () => ({ bytes, at, end }),
    offset: () => base + at,
    more,
    consume(count) {
      at += count;
      piece = FIRST_PIECE_BYTES;
    },
    async take(most) {
      const want = Math.min(most, piece);
      if (end - at < want) await more(Math.max(chunkBytes, want));
      const taken = bytes.subarray(at, Math.min(end, at + want));
      piece *= 4;
      at += taken.length;
      return taken.length === 0 ? null : taken;
    },
    giveBack(count) {
      if (count > at) throw new TypeError('More bytes were given back than the window has.');
      at -= count;
      piece = FIRST_PIECE_BYTES;
    },
    hashFrom(from) {
      const list = createHash('sha256');
      hashing = { list, from };
      return (to) => {
        hashUpTo(to);
        hashing = null;
        return list.digest('hex');
      };
    },
    sha256: () => digest?.copy().digest('hex') ?? null,
  };
}
