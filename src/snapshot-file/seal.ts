import { isAscii } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import type { TaskOptions } from '../model/task.ts';
import { createYielder } from '../system/yielder.ts';
import { readAt, type SnapshotBytes } from './bytes.ts';

/*
 * The seal of a database file that we wrote: a text in the file with the SHA-256 of all its bytes, the digits of that hash
 * taken for zeros. It shows every changed bit, also in pages that no query reads.
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

/** What a whole file hashes to. */
export type HashedFile = {
  /** SHA-256 of its bytes. */
  readonly sha256: string;
  /** Whether no byte is above 127. */
  readonly ascii: boolean;
  /** Where the digits of the seal are, what they are, and what they should be; null where the file has no such seal. */
  readonly seal: { readonly at: number; readonly digits: string; readonly expected: string } | null;
};

/**
 * Reads a file from its first byte to its last. `prefix`: the beginning of its seal, as the file itself names it; null if
 * it names none. @throws `snapshot-unreadable`, `cancelled`
 */
export async function hashFile(
  file: SnapshotBytes,
  prefix: string | null,
  task: TaskOptions,
): Promise<HashedFile> {
  const at = prefix !== null && PREFIX.test(prefix) ? await findDigits(file, prefix, task) : null;
  const whole = createHash('sha256');
  const sealed = createHash('sha256');
  let digits = '';
  let ascii = true;
  for await (const { piece, position } of pieces(file, task)) {
    whole.update(piece);
    ascii &&= isAscii(piece);
    if (at === null) continue;
    const [from, to] = [at - position, at + DIGITS - position].map((edge) =>
      Math.max(0, Math.min(piece.length, edge)),
    );
    digits += piece.toString('latin1', from, to);
    sealed.update(piece.fill('0', from, to));
  }
  const seal = at === null ? null : { at, digits, expected: sealed.digest('hex') };
  return { sha256: whole.digest('hex'), ascii, seal };
}

/** Closes the seal of a file. The caller syncs it. False where the file has no open seal of this beginning. @throws as `hashFile` and `files.ts` */
export async function closeSeal(file: SnapshotBytes, prefix: string, task: TaskOptions): Promise<boolean> {
  const { seal } = await hashFile(file, prefix, task);
  if (seal === null || /[^0]/.test(seal.digits)) return false;
  await file.handle.write(Buffer.from(seal.expected), 0, DIGITS, seal.at);
  return true;
}

/** Where the digits after the prefix are; null unless it occurs exactly once, with all of its digits. */
async function findDigits(file: SnapshotBytes, prefix: string, task: TaskOptions): Promise<number | null> {
  const sought = Buffer.from(prefix);
  let found: number | null = null;
  let tail = Buffer.alloc(0);
  for await (const { piece, position } of pieces(file, task)) {
    const window = Buffer.concat([tail, piece]);
    for (let at = window.indexOf(sought); at !== -1; at = window.indexOf(sought, at + 1)) {
      if (found !== null) return null;
      found = position - tail.length + at + sought.length;
    }
    tail = Buffer.from(window.subarray(Math.max(0, window.length - sought.length + 1)));
  }
  return found === null || found + DIGITS > file.sizeBytes ? null : found;
}

async function* pieces(file: SnapshotBytes, task: TaskOptions) {
  const yielder = createYielder(task);
  for (let position = 0; ; ) {
    await yielder.step();
    const piece = await readAt(file, position, PIECE_BYTES);
    if (piece.length === 0) return;
    yield { piece, position };
    position += piece.length;
    const { sizeBytes: total } = file;
    yielder.report({ phase: 'read-snapshot', done: position, total, unit: 'bytes', cancellable: true });
  }
}
