import { createIdentifier, type Identity } from '../log/events.ts';
import { SnapbackError } from '../model/errors.ts';
import { foldName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import type { SnapshotBytes } from './bytes.ts';
import { scanHead } from './ends.ts';

/**
 * The identities of a snapshot's first events: all those that its first 64 KB hold completely. Empty if the log does not
 * follow `last_event_id`, as it does in the host's files, or lacks a column that identifies events in the live log.
 * @throws `snapshot-unreadable`
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
