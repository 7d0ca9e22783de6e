import { SnapbackError } from './errors.ts';
import type { SqlValue } from './row-hash.ts';
import { readAt, type SnapshotBytes } from './snapshot-bytes.ts';
import { scanHead } from './snapshot-ends.ts';
import { foldName, placeOfName } from './sql.ts';

/**
 * The first events of a snapshot, as many as its first 64 KB hold whole, each with its values in the order of
 * `columns`. Empty where the log does not follow `last_event_id`, as the host writes it, or has not these columns.
 */
export async function readFirstEvents(
  file: SnapshotBytes,
  logTable: string,
  columns: readonly string[],
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
    let places: readonly number[] | null = null;
    let found: readonly string[] = [];
    while ((await scanner.peek()) === '{') {
      const row = await scanner.readRow(found);
      if (row.columns !== found) places = columns.map((column) => placeOfName(row.columns, column));
      if (places === null || places.includes(-1)) return [];
      found = row.columns;
      events.push(places.map((place) => row.values[place] ?? null));
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
