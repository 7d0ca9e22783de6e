import { isSystemError, SnapbackError } from '../model/errors.ts';
import type { SnapshotForm } from '../model/snapshots.ts';
import type { FileHandle } from '../system/files.ts';
import { explainReadError } from '../system/refusals.ts';

/** An open snapshot file. Its opener has checked that it is a regular file in the right place. */
export type SnapshotBytes = {
  readonly handle: FileHandle;
  readonly path: string;
  readonly sizeBytes: number;
  /** JSON, unless this says something else. */
  readonly form?: SnapshotForm;
  /** Where SQLite is loaded from to read a database; by default from where it is installed. */
  readonly nativeBinding?: string | undefined;
};

/** Reads `want` bytes from a position, or as many as there are before the end of the file. @throws `snapshot-unreadable` */
export async function readAt(file: SnapshotBytes, position: number, want: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(want);
  return buffer.subarray(0, await readInto(file, position, buffer));
}

/** As `readAt`, into a buffer. Returns how many bytes were read. @throws `snapshot-unreadable` */
export async function readInto(file: SnapshotBytes, position: number, buffer: Buffer): Promise<number> {
  let filled = 0;
  try {
    while (filled < buffer.length) {
      const { bytesRead } = await file.handle.read(buffer, filled, buffer.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new SnapbackError(
      'snapshot-unreadable',
      explainReadError(error, file.path).message,
      { path: file.path, position },
      error,
    );
  }
  return filled;
}
