import { createHash } from 'node:crypto';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import { foldName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { createYielder, type Yielder } from '../system/yielder.ts';
import { readAt, type SnapshotBytes } from './bytes.ts';
import { createDumpCheck } from './dumped-table.ts';
import { createExactCursor, type ExactCursor } from './exact-values.ts';
import { refuseForeign } from './foreign.ts';
import { createJsonScanner, damagedAt, type JsonRow, type JsonScanner } from './json-scanner.ts';
import { OWN_KEY, type SnapshotAbout } from './notes.ts';
import { BEYOND_ALL, isBeyondAll, type OwnNotes, searchOwnNotes } from './own-notes.ts';

/** What a snapshot holds, in the order of the file. The rows of a batch share one array of columns. */
export type SnapshotPart =
  /** Always first. `about`: our notes, null if Snapback did not write the file. */
  | { readonly type: 'start'; readonly about: SnapshotAbout | null }
  /** Null: it is TEXT or REAL, because the host's events have such ids. */
  | { readonly type: 'last-event-id'; readonly value: bigint | null }
  | { readonly type: 'table'; readonly name: string }
  | {
      readonly type: 'rows';
      readonly table: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly SqlValue[])[];
    }
  /** A text in the rows that follow had half a surrogate pair, which is now U+FFFD. `row` counts from 1. */
  | { readonly type: 'ill-formed'; readonly table: string; readonly row: number; readonly column: string }
  /** A top-level key that the profile does not know. `elements`: how many it has, if it is a list. */
  | { readonly type: 'unknown'; readonly name: string; readonly elements: number }
  | { readonly type: 'end'; readonly sha256: string };

const ROWS_PER_BATCH = 512;
/** Bytes of the file: a batch of long rows must not hold much more than one of short rows. */
const BYTES_PER_BATCH = 4 << 20;

/**
 * Streams a snapshot with one chunk in memory. Each value has its storage class, and is exact if `_snapback.exact` has
 * it. The last part is `end` only if the whole file is well formed and, if we wrote it, every table still holds what its
 * notes say. `knownTables` are the folded names of the tables to read; of others only the elements are counted.
 * @throws `snapshot-damaged` (detail: `offset`, `why`, `table`, `row`), `snapshot-unreadable`, `cancelled`
 */
export async function* readSnapshot(
  file: SnapshotBytes,
  knownTables: ReadonlySet<string>,
  task: TaskOptions,
): AsyncGenerator<SnapshotPart> {
  const yielder = createYielder(task);
  await refuseForeign(file);
  const notes = await searchOwnNotes(file);
  const digest = createHash('sha256');
  const scanner = createJsonScanner(createSource(file, digest, yielder), 0);
  const exact = notes === null ? null : createExactCursor(file, notes.exact);
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
      await skipOwnPart(scanner, notes);
    } else if (known) yield* readTable(scanner, key, { exact, notes }, yielder);
    else if (key === 'last_event_id') {
      const value = await readLastEventId(scanner);
      if (notes !== null && notes.about.lastEventId !== String(value))
        throw damaged('last_event_id is not what was written');
      yield { type: 'last-event-id', value };
    } else {
      await exact?.passTable(key);
      yield { type: 'unknown', name: key, elements: (await scanner.skipValue()).elements };
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
  yield { type: 'end', sha256: digest.digest('hex') };
}

function createSource(file: SnapshotBytes, digest: ReturnType<typeof createHash>, yielder: Yielder) {
  let position = 0;
  return async (want: number): Promise<Buffer | null> => {
    await yielder.step();
    const chunk = await readAt(file, position, want);
    if (chunk.length === 0) return null;
    position += chunk.length;
    yielder.report({
      phase: 'read-snapshot',
      done: position,
      total: file.sizeBytes,
      unit: 'bytes',
      cancellable: true,
    });
    digest.update(chunk);
    return chunk;
  };
}

async function readLastEventId(scanner: JsonScanner): Promise<bigint | null> {
  const value = await scanner.readScalar();
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string' || typeof value === 'number') return null;
  throw damagedAt(scanner.offset(), 'last_event_id is not the id of an event');
}

async function* readTable(
  scanner: JsonScanner,
  name: string,
  { exact, notes }: { readonly exact: ExactCursor | null; readonly notes: OwnNotes | null },
  yielder: Yielder,
): AsyncGenerator<SnapshotPart> {
  yield { type: 'table', name };
  const expected = notes?.about.tables.find((table) => table.name === name);
  const check = expected === undefined ? null : createDumpCheck(expected);
  let columns: readonly string[] = expected?.columns ?? [];
  let batch: (readonly SqlValue[])[] = [];
  let batchAt = scanner.offset();
  let count = 0;
  const damaged = (why: string): SnapbackError =>
    new SnapbackError('snapshot-damaged', `The file is damaged in “${name}”, row ${count + 1}: ${why}.`, {
      offset: scanner.offset(),
      table: name,
      row: count + 1,
      why,
    });
  const empty = notes?.about.absent.includes(name) === true;
  if (notes !== null && expected === undefined && !empty) throw damaged('it was not written with this file');
  try {
    await exact?.enterTable(name);
    await scanner.expect('[');
    for (let more = (await scanner.peek()) !== ']'; more; more = (await scanner.peek()) === ',') {
      if (count > 0) await scanner.expect(',');
      const found = await scanner.readRow(columns);
      const row = count > 0 || expected !== undefined ? inOrder(found, columns) : found;
      if (row === null) throw damaged('it has other columns than the rows before it');
      if (count === 0) {
        if (empty) throw damaged('its contents are not what was written');
        if (row.columns.length === 0) throw damaged('it has no columns');
        // SQLite ignores the case of column names.
        if (new Set(row.columns.map(foldName)).size < row.columns.length)
          throw damaged('it names a column twice');
      }
      columns = row.columns;
      const values = exact === null ? row.values : await exact.apply(count, row);
      for (const place of row.illFormed)
        yield { type: 'ill-formed', table: name, row: count + 1, column: columns[place] ?? '' };
      check?.add(values);
      batch.push(values);
      count += 1;
      if (batch.length === ROWS_PER_BATCH || scanner.offset() - batchAt > BYTES_PER_BATCH) {
        await yielder.step();
        yield { type: 'rows', table: name, columns, rows: batch };
        batch = [];
        batchAt = scanner.offset();
      }
    }
    await scanner.expect(']');
  } catch (error) {
    if (
      error instanceof SnapbackError &&
      error.code === 'snapshot-damaged' &&
      error.detail.table === undefined
    )
      throw new SnapbackError(
        'snapshot-damaged',
        `The file is damaged in “${name}”, row ${count + 1}: ${String(error.detail.why)}.`,
        { ...error.detail, table: name, row: count + 1 },
        error,
      );
    throw error;
  }
  if (batch.length > 0) yield { type: 'rows', table: name, columns, rows: batch };
  if (check?.finish() === false) throw damaged('its contents are not what was written');
}

/** The row with its values in the order of the columns; null if it has other columns. */
function inOrder(row: JsonRow, columns: readonly string[]): JsonRow | null {
  if (row.columns === columns) return row;
  const places = columns.map((column) => row.columns.indexOf(column));
  if (places.length !== row.columns.length || places.includes(-1)) return null;
  return {
    columns,
    values: places.map((place) => row.values[place] ?? null),
    illFormed: row.illFormed.map((place) => places.indexOf(place)),
  };
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
