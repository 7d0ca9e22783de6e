import { jsonText } from '../host/python-text.ts';
import { SnapbackError } from '../model/errors.ts';
import type { SnapshotBytes } from '../snapshot-file/bytes.ts';
import { readExactMembers, scanFrom } from '../snapshot-file/exact-values.ts';
import type { OwnNotes } from '../snapshot-file/own-notes.ts';

/** Where the exact values of each table begin, as far as they can be read. @throws `snapshot-unreadable` */
export async function indexExact(
  file: SnapshotBytes,
  { exact }: OwnNotes,
): Promise<ReadonlyMap<string, number>> {
  if ('byTable' in exact) return exact.byTable;
  const places = new Map<string, number>();
  const scanner = scanFrom(file, exact.at);
  try {
    await scanner.expect('{');
    for (let more = (await scanner.peek()) !== '}'; more; more = (await scanner.peek()) === ',') {
      if (places.size > 0) await scanner.expect(',');
      const table = await scanner.readString();
      await scanner.expect(':');
      await scanner.peek();
      const at = scanner.offset();
      await scanner.skipValue();
      places.set(table, at);
    }
  } catch (error) {
    if (!(error instanceof SnapbackError) || error.code !== 'snapshot-damaged') throw error;
  }
  return places;
}

/** An exact value of a row, which is named by its place in the table. `at`: its entry, for a row in another place. */
export type ExactEntry = { readonly ordinal: number; readonly at: (ordinal: number) => string };

/** The exact values from a place on, up to the first that is damaged. @throws `snapshot-unreadable` */
export async function* readExact(file: SnapshotBytes, place: number): AsyncGenerator<ExactEntry> {
  const scanner = scanFrom(file, place);
  try {
    await scanner.expect('[');
    for (let more = (await scanner.peek()) !== ']'; more; more = (await scanner.peek()) === ',') {
      if ((await scanner.peek()) === ',') await scanner.expect(',');
      const { ordinal, column, storageClass, encoded } = await readExactMembers(scanner);
      if (typeof ordinal !== 'bigint') return;
      yield {
        ordinal: Number(ordinal),
        at: (place) => `[${place}, ${jsonText(column)}, ${jsonText(storageClass)}, ${jsonText(encoded)}]`,
      };
    }
  } catch (error) {
    if (!(error instanceof SnapbackError) || error.code !== 'snapshot-damaged') throw error;
  }
}
