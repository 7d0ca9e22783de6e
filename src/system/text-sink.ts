import type { FileHandle } from './files.ts';
import type { Yielder } from './yielder.ts';

const FLUSH_CHARS = 256 * 1024;

/** Writes ASCII text to a file. `flush` writes what is pending; `written` includes what is pending. */
export type TextSink = {
  readonly written: () => number;
  readonly text: (text: string) => Promise<void>;
  readonly flush: () => Promise<void>;
};

/** Appends text to a file in large pieces and can be cancelled between them. @throws as `files.ts`, `cancelled` */
export function createTextSink(handle: FileHandle, yielder: Yielder): TextSink {
  let parts: string[] = [];
  let chars = 0;
  let written = 0;
  async function flush(): Promise<void> {
    if (chars > 0) {
      const bytes = Buffer.from(parts.join(''), 'latin1');
      parts = [];
      chars = 0;
      for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
    }
    await yielder.step();
  }
  return {
    /** Bytes so far, flushed or not. The text is ASCII, so one character is one byte. */
    written: () => written,
    flush,
    async text(text: string): Promise<void> {
      parts.push(text);
      chars += text.length;
      written += text.length;
      if (chars >= FLUSH_CHARS) await flush();
    },
  };
}
