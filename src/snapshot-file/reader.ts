import type { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName } from '../sqlite/names.ts';
import { createYielder } from '../system/yielder.ts';
import { createByteWindow, type WindowOptions } from './byte-window.ts';
import type { SnapshotBytes } from './bytes.ts';
import { readDatabaseSnapshot } from './database-reader.ts';
import { createExactCursor } from './exact-values.ts';
import { refuseForeign } from './foreign.ts';
import { createJsonScanner, damagedAt, type JsonScanner } from './json-scanner.ts';
import { OWN_KEY } from './notes.ts';
import {
  BEYOND_ALL,
  findOwnNotes,
  isBeyondAll,
  type NotesPlace,
  type OwnNotes,
  refuseNotesWithin,
  searchOwnNotes,
} from './own-notes.ts';
import type { SnapshotPart } from './parts.ts';
import { readTable } from './read-table.ts';
import type { RowCopier } from './stored-rows.ts';

export type { SnapshotPart };

export type ReadingOptions = WindowOptions & {
  /** Whether plain rows are found without making values. Without, verdict and values are the same, only slower. */
  readonly plain?: boolean;
  /** Takes rows of a database as they are. Without, they are handed over as values. */
  readonly copier?: RowCopier | null;
  /** Yields a table that cannot be read here as a part. Otherwise it is refused, so that no row is missing unseen. */
  readonly tellsUnreadable?: boolean;
  /** Where our notes are looked for; `ends` only inside `readWithNotes`. */
  readonly notesIn?: NotesPlace;
};

/**
 * Streams a snapshot with one chunk in memory. Each value has its storage class, and is exact if `_snapback.exact` has
 * it. The last part is `end` only if the whole file is well formed and, if we wrote it, every table still holds what its
 * notes say. `knownTables` are the folded names of the tables to read; of others only the elements are counted.
 * @throws `snapshot-damaged` (detail: `offset`, `why`, `table`, `row`), `snapshot-unreadable`, `schema-needs-host`, `cancelled`
 */
export async function* readSnapshot(
  file: SnapshotBytes,
  knownTables: ReadonlySet<string>,
  task: TaskOptions,
  {
    plain = true,
    copier = null,
    tellsUnreadable = false,
    notesIn = 'anywhere',
    ...options
  }: ReadingOptions = {},
): AsyncGenerator<SnapshotPart> {
  if (file.form === 'database')
    return yield* readDatabaseSnapshot(file, { knownTables, copier, tellsUnreadable }, task);
  const yielder = createYielder(task);
  await refuseForeign(file);
  const notes = await (notesIn === 'ends' ? findOwnNotes : searchOwnNotes)(file);
  const window = createByteWindow(file, yielder, options);
  const scanner = createJsonScanner(window.take, 0);
  const exact = notes === null ? null : createExactCursor(file, notes.exact);
  const source = { file, window, scanner, exact, notes, plain, yielder };
  const seen = new Set<string>();
  const damaged = (why: string): SnapbackError => damagedAt(scanner.offset(), why);

  yield { type: 'start', about: notes?.about ?? null };
  await scanner.expect('{');
  for (let more = (await scanner.peek()) !== '}'; more; more = (await scanner.peek()) === ',') {
    if (seen.size > 0) await scanner.expect(',');
    const key = await scanner.readString();
    await scanner.expect(':');
    if (isBeyondAll(key, seen.size)) throw damaged(BEYOND_ALL);
    const known = knownTables.has(foldName(key));
    // SQLite ignores the case of table names, so “A” and “a” are the same key.
    const name = known ? foldName(key) : key;
    if (seen.has(name)) throw damaged(`the key ${JSON.stringify(key)} occurs twice`);
    seen.add(name);
    if (key === OWN_KEY) {
      if (notes === null && notesIn === 'ends') await refuseNotesWithin(file);
      await skipOwnPart(scanner, notes);
    } else if (known) yield* readTable(source, key);
    else if (key === 'last_event_id') {
      const value = await readLastEventId(scanner);
      if (notes !== null && notes.about.lastEventId !== String(value))
        throw damaged('last_event_id is not what was written');
      yield { type: 'last-event-id', value };
    } else {
      await exact?.passTable(key);
      const isValue = (await scanner.peek()) !== '[';
      const { elements } = await scanner.skipValue();
      yield { type: 'unknown', name: key, elements, ...(isValue && { isValue }) };
    }
  }
  await scanner.expect('}');
  await exact?.finish();
  if ((await scanner.peek()) !== '') throw damaged('something follows the end');
  const holdsNothing = !seen.has('last_event_id') && ![...knownTables].some((name) => seen.has(name));
  if (holdsNothing) throw damaged('it has neither an event id nor any table of a snapshot');
  if (notes !== null) {
    if (!seen.has(OWN_KEY)) throw damaged('its own notes are not where they belong');
    const written = ['last_event_id', ...notes.about.tables.map(({ name }) => name), ...notes.about.absent];
    const missing = written.find((name) => !seen.has(name) && !seen.has(foldName(name)));
    if (missing !== undefined) throw damaged(`${JSON.stringify(missing)} was written but is missing`);
  }
  if (scanner.offset() !== file.sizeBytes) throw damaged('it grew while it was being read');
  yield { type: 'end', sha256: window.sha256() };
}

async function readLastEventId(scanner: JsonScanner): Promise<bigint | null> {
  const value = await scanner.readScalar();
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string' || typeof value === 'number') return null;
  throw damagedAt(scanner.offset(), 'last_event_id is not the id of an event');
}

async function skipOwnPart(scanner: JsonScanner, notes: OwnNotes | null): Promise<void> {
  if (notes === null)
    throw damagedAt(
      scanner.offset(),
      "Snapback's own notes cannot be read; a newer version may have written them",
    );
  if ('byTable' in notes.exact) return void (await scanner.skipValue());
  const places: readonly (readonly [string, number | null])[] = [
    ['exact', notes.exact.at],
    ['about', notes.exact.aboutAt],
    ['aboutHash', null],
    ['exactAt', null],
    ['aboutAt', null],
  ];
  await scanner.expect('{');
  for (const [index, [name, place]] of places.entries()) {
    if (index > 0) await scanner.expect(',');
    const key = await scanner.readString();
    await scanner.expect(':');
    await scanner.peek();
    if (key !== name || (place !== null && place !== scanner.offset()))
      throw damagedAt(scanner.offset(), "Snapback's own notes are not where they belong");
    await scanner.skipValue();
  }
  await scanner.expect('}');
}
