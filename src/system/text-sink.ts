import { createHash } from 'node:crypto';
import type { FileHandle } from './files.ts';
import type { Yielder } from './yielder.ts';

const BUFFER_BYTES = 256 * 1024;

/** Writes ASCII text to a file. `written` includes what is not in the file yet. */
export type TextSink = {
  readonly written: () => number;
  /** Takes bytes over before it returns the first time, or has written them when it returns. */
  readonly text: (text: string | Uint8Array) => Promise<void>;
  /** Writes what is pending. */
  readonly flush: () => Promise<void>;
  /** SHA-256 of all that was flushed, in hex. To be asked once, at the end. */
  readonly sha256: () => string;
};

/** Appends text to a file in large pieces and can be cancelled between them. @throws as `files.ts`, `cancelled` */
export function createTextSink(handle: FileHandle, yielder: Yielder): TextSink {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  const digest = createHash('sha256');
  let pending = 0;
  let written = 0;

  async function write(bytes: Uint8Array): Promise<void> {
    digest.update(bytes);
    for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
    await yielder.step();
  }

  async function flush(): Promise<void> {
    const bytes = buffer.subarray(0, pending);
    pending = 0;
    if (bytes.length > 0) await write(bytes);
  }

  return {
    written: () => written,
    flush,
    async text(text) {
      written += text.length;
      if (pending + text.length > BUFFER_BYTES) await flush();
      if (text.length > BUFFER_BYTES)
        await write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
      else if (typeof text === 'string') pending += buffer.write(text, pending, 'latin1');
      else {
        buffer.set(text, pending);
        pending += text.length;
      }
    },
    sha256: () => digest.digest('hex'),
  };
}
