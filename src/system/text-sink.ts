import { createHash } from 'node:crypto';
import type { FileHandle } from './files.ts';
import type { Yielder } from './yielder.ts';

const BUFFER_BYTES = 256 * 1024;

/** A part of what was written. */
export type Segment = { readonly bytes: number; readonly sha256: string };

/** Writes ASCII text to a file. `written` includes what is not in the file yet. */
export type TextSink = {
  readonly written: () => number;
  /** Appends text. Bytes may be reused once this has returned. */
  readonly text: (text: string | Uint8Array) => Promise<void>;
  /** Writes what is pending. */
  readonly flush: () => Promise<void>;
  /** Ends a segment: all that was appended since the last one. */
  readonly endSegment: () => Segment;
};

/** Appends text to a file in large pieces and can be cancelled between them. @throws as `files.ts`, `cancelled` */
export function createTextSink(handle: FileHandle, yielder: Yielder): TextSink {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let digest = createHash('sha256');
  /** Bytes in the buffer, and how many of them are in the digest. */
  let [pending, digested] = [0, 0];
  let [written, segmentAt] = [0, 0];

  async function write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
    await yielder.step();
  }

  function digestPending(): void {
    digest.update(buffer.subarray(digested, pending));
    digested = pending;
  }

  async function flush(): Promise<void> {
    digestPending();
    const bytes = buffer.subarray(0, pending);
    [pending, digested] = [0, 0];
    if (bytes.length > 0) await write(bytes);
  }

  return {
    written: () => written,
    flush,
    async text(text) {
      written += text.length;
      if (pending + text.length > BUFFER_BYTES) await flush();
      if (text.length > BUFFER_BYTES) {
        const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
        digest.update(bytes);
        await write(bytes);
      } else if (typeof text === 'string') pending += buffer.write(text, pending, 'latin1');
      else {
        buffer.set(text, pending);
        pending += text.length;
      }
    },
    endSegment() {
      digestPending();
      const segment = { bytes: written - segmentAt, sha256: digest.digest('hex') };
      digest = createHash('sha256');
      segmentAt = written;
      return segment;
    },
  };
}
