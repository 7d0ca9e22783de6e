import { SnapbackError } from './errors.ts';
import { createIdentifier, type Identity } from './log-events.ts';
import type { SqlValue } from './row-hash.ts';
import { readAt, type SnapshotBytes } from './snapshot-bytes.ts';
import { scanHead } from './snapshot-ends.ts';
import { foldName } from './sql.ts';

/**
 * What identifies the first events of a snapshot, of as many as its first 64 KB hold whole. Empty where the log does
 * not follow `last_event_id`, as the host writes it, or has not the columns that do so in the live one.
 */
export async function readFirstEvents(
  file: SnapshotBytes,
  logTable: string,
  identity: Identity,
): Promise<readonly (readonly SqlValue[])[]> {
  const scanner = await scanHead(file);
  const events: (readonly SqlValue[])[] = [];
  try {
    await scanner.expect('{');
    await scanner.readString();
    await scanner.expect(':');
    await scanner.readScalar();
    await scanner.expect(',');
    if (foldName(await scanner.readString()) !== foldName(logTable)) return [];
    await scanner.expect(':');
    await scanner.expect('[');
    let event = createIdentifier(identity, []);
    let found: readonly string[] = [];
    while ((await scanner.peek()) === '{') {
      const row = await scanner.readRow(found);
      if (row.columns !== found) event = createIdentifier(identity, row.columns);
      if (!event.whole) return [];
      found = row.columns;
      events.push(event.pick(row.values));
      if ((await scanner.peek()) === ',') await scanner.expect(',');
    }
    return events;
  } catch (error) {
    // The head ends in the middle of an event.
    if (error instanceof SnapbackError && error.code === 'snapshot-damaged') return events;
    throw error;
  }
}

/** Whether a file ends as a dump does: with the end of a table or of Snapback's notes, and that of the whole. */
export async function endsAsDump(file: SnapshotBytes): Promise<boolean> {
  const last = Math.min(64, file.sizeBytes);
  return /[\]}]\s*\}\s*$/.test((await readAt(file, file.sizeBytes - last, last)).toString('latin1'));
}
