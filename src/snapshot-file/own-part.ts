import { hash } from 'node:crypto';
import { jsonText } from '../host/python-text.ts';
import { SnapbackError } from '../model/errors.ts';
import type { FileHandle } from '../system/files.ts';
import type { TextSink } from '../system/text-sink.ts';
import { OWN_KEY, type SnapshotAbout } from './notes.ts';
import { aboutText } from './parse-notes.ts';

const COPY_BYTES = 256 * 1024;

/** The text of the exact values, which are collected in a file of their own while the tables are written. */
export type CollectedExact = { readonly handle: FileHandle; readonly bytes: number };

/**
 * Writes our own part and the last brace of a snapshot. All of the exact values must be in their file.
 * @throws `io-failed`, as `createTextSink`
 */
export async function writeOwnPart(
  main: TextSink,
  exact: CollectedExact,
  about: SnapshotAbout,
): Promise<void> {
  await main.text(`, ${jsonText(OWN_KEY)}: {"exact": `);
  const exactAt = main.written();
  await main.text('{');
  for (let position = 0; position < exact.bytes; ) {
    const { buffer, bytesRead } = await exact.handle.read(Buffer.alloc(COPY_BYTES), 0, COPY_BYTES, position);
    if (bytesRead === 0) throw new SnapbackError('io-failed', 'A temporary file of Snapback was cut short.');
    await main.text(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  await main.text('}, "about": ');
  const aboutAt = main.written();
  const text = aboutText(about);
  await main.text(
    `${text}, "aboutHash": "${hash('sha256', text)}", "exactAt": ${exactAt}, "aboutAt": ${aboutAt}}}`,
  );
  await main.flush();
}
