import { isAscii } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { openPlainFile } from '../system/plain-file.ts';
import { createYielder } from '../system/yielder.ts';
import { readAt, readInto, type SnapshotBytes } from './bytes.ts';

/*
 * The seal of a database file that we wrote: a text in the file with the SHA-256 of all its bytes, with the digits of
 * that hash taken as zeros. It shows every changed bit, also in pages that no query reads.
 */

const DIGITS = 64;
const PREFIX = /^snapback-seal:[0-9a-f]{32}:$/;
const PIECE_BYTES = 1 << 20;

/** Random, so that it occurs only once in the file, whatever the database holds. */
export function createSealPrefix(): string {
  return `snapback-seal:${randomBytes(16).toString('hex')}:`;
}

/** A seal that is still open: what `closeSeal` looks for. */
export function openSeal(prefix: string): string {
  return prefix + '0'.repeat(DIGITS);
}

/** A part of a file, in bytes. */
export type FilePart = { readonly from: number; readonly to: number };

/** What a seal begins with, and the page that mostly has it. */
export type SoughtSeal = { readonly prefix: string; readonly page: FilePart };

/** Where the digits of the last seal of this beginning are; null where the file has none. @throws as `hashFile` */
export async function findSeal(
  file: SnapshotBytes,
  { prefix, page }: SoughtSeal,
  task: TaskOptions,
): Promise<number | null> {
  if (!PREFIX.test(prefix)) return null;
  const yielder = createYielder(task);
  const sought = prefix.length + DIGITS;
  for (const { from, to } of [page, ...fromTheEnd(file.sizeBytes, sought)]) {
    await yielder.step();
    const at = (await readAt(file, from, to - from)).lastIndexOf(prefix);
    if (at !== -1 && from + at + sought <= file.sizeBytes) return from + at + prefix.length;
  }
  return null;
}

/** The parts of a file from the last to the first. Each has so many bytes of the next one too. */
function fromTheEnd(bytes: number, shared: number): readonly FilePart[] {
  const parts: FilePart[] = [];
  for (let to = bytes; to >= shared; to -= PIECE_BYTES)
    parts.push({ from: Math.max(0, to - PIECE_BYTES - shared), to });
  return parts;
}

/** What a whole file hashes to. */
export type HashedFile = {
  /** SHA-256 of its bytes. */
  readonly sha256: string;
  /** Whether no byte is above 127. */
  readonly ascii: boolean;
};

/** Gets a piece of a file and where it begins. It may change the piece, and cannot keep it. */
export type SeePiece = (piece: Buffer, position: number) => void | Promise<void>;

/** Reads a file from its first byte to its last. `see` gets each piece of it. @throws `snapshot-unreadable`, `cancelled` */
export async function hashFile(file: SnapshotBytes, task: TaskOptions, see?: SeePiece): Promise<HashedFile> {
  const whole = createHash('sha256');
  let ascii = true;
  for await (const { piece, position } of pieces(file, task)) {
    whole.update(piece);
    ascii &&= isAscii(piece);
    await see?.(piece, position);
  }
  return { sha256: whole.digest('hex'), ascii };
}

/** As `hashFile`, for a file by its path. It reports no progress. @throws `io-failed` for anything but a regular file, and as `hashFile` */
export async function hashPath(path: string, { signal }: TaskOptions): Promise<HashedFile> {
  const { handle, facts, problem } = await openPlainFile(path);
  if (handle === null) throw new SnapbackError('io-failed', problem, { path });
  try {
    return await hashFile({ handle, path, sizeBytes: Number(facts.size) }, { signal });
  } finally {
    await handle.close();
  }
}

/**
 * Takes the pieces of a file one after the other, and compares them with its seal, whose digits are at `at`. `sealed`: the
 * hash of the pieces before the one with the digits, if these are left out.
 */
function createSealCheck(at: number, sealed = createHash('sha256')) {
  let digits = '';
  return {
    add(piece: Buffer, position: number): void {
      const [from = 0, to = 0] = [at - position, at + DIGITS - position].map((edge) =>
        Math.max(0, Math.min(piece.length, edge)),
      );
      digits += piece.toString('latin1', from, to);
      sealed.update(piece.fill('0', from, to));
    },
    finish: () => ({ digits, expected: sealed.digest('hex') }),
  };
}

/** SHA-256 of a file, and whether its seal, whose digits are at `at`, fits to the last bit. @throws as `hashFile` */
export async function hashSealed(file: SnapshotBytes, at: number | null, task: TaskOptions, see?: SeePiece) {
  const whole = createHash('sha256');
  let check: ReturnType<typeof createSealCheck> | null = null;
  for await (const { piece, position } of pieces(file, task)) {
    await see?.(piece, position);
    // Until the digits, both hashes are the same.
    if (at !== null && position + piece.length > at) check ??= createSealCheck(at, whole.copy());
    whole.update(piece);
    check?.add(piece, position);
  }
  const found = check?.finish();
  return { sha256: whole.digest('hex'), sealed: found !== undefined && found.digits === found.expected };
}

/**
 * Closes the open seal whose digits are at `at`, syncs the file and reads it again. False where it did not read back as it
 * was sealed. @throws as `hashFile` and `files.ts`
 */
export async function closeSeal(file: SnapshotBytes, at: number, task: TaskOptions): Promise<boolean> {
  const read = async () => {
    const check = createSealCheck(at);
    for await (const { piece, position } of pieces(file, task)) check.add(piece, position);
    return check.finish();
  };
  const { expected } = await read();
  await file.handle.write(Buffer.from(expected), 0, DIGITS, at);
  await file.handle.sync();
  const again = await read();
  return again.digits === expected && again.expected === expected;
}

/** The pieces of a file. Each one holds only until the next is asked for: they share one buffer. */
async function* pieces(file: SnapshotBytes, task: TaskOptions) {
  const yielder = createYielder(task);
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (let position = 0; ; ) {
    await yielder.step();
    const piece = buffer.subarray(0, await readInto(file, position, buffer));
    if (piece.length === 0) return;
    yield { piece, position };
    position += piece.length;
    const { sizeBytes: total } = file;
    yielder.report({ phase: 'read-snapshot', done: position, total, unit: 'bytes', cancellable: true });
  }
}
