import { parseBytesRepr } from '../host/bytes-repr.ts';
import { jsonValue } from '../host/python-text.ts';
import type { GuessedBytes } from '../model/diff.ts';
import { quoteName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import type { Column } from '../sqlite/table.ts';
import { affinityOf } from './affinity.ts';
import { type Alike, createLiveRows, createNotes, type LiveTable } from './live-rows.ts';

type Guessed = Pick<GuessedBytes, 'takenAs' | 'because'>;
/** `itself`: not a guess, because the same live row holds the very same value. */
type Reading = {
  readonly takenAs: GuessedBytes['takenAs'];
  readonly because: GuessedBytes['because'] | 'itself';
};

/**
 * Tells bytes from text in a file of the host, which writes a BLOB as the text of its Python repr. The declared type
 * does not decide, because SQLite stores either in any column; what the live database holds does. A value that the same
 * live row holds is read as that row holds it. Everything else is a guess, and is reported with what it is based on.
 */
export type BytesReading = {
  /** Whether a value in this place of the row can be either at all. */
  readonly isOpen: (place: number) => boolean;
  /** Which values of a row may be bytes or text. Most rows have none. */
  readonly alike: (row: readonly SqlValue[]) => Alike;
  /** The row with each of these values as what it is taken for. */
  readonly resolve: (row: readonly SqlValue[], alike: Alike) => Promise<readonly SqlValue[]>;
  readonly guesses: () => readonly Omit<GuessedBytes, 'table'>[];
};

/** `ask` runs a question to the live database, which may be locked. @throws from `resolve`: as `LiveRows`, and what `ask` throws */
export function createBytesReading(
  source: LiveTable,
  fileColumns: readonly string[],
  ask: <T>(question: () => T) => Promise<T>,
): BytesReading {
  const { targets, table } = source;
  const rows = createLiveRows(source);
  const open = targets.map((column) => column !== undefined && mayHoldEither(column, source));
  let note: ReturnType<typeof createNotes> | null = null;
  const byColumn = new Map<number, Guessed>();
  const guessed = new Map<string, Omit<GuessedBytes, 'table'>>();

  async function readByColumn(place: number): Promise<Guessed> {
    const column = targets[place];
    const known = byColumn.get(place);
    if (known !== undefined || column === undefined) return known ?? { takenAs: 'text', because: 'nothing' };
    const found = await ask(() => readClasses(source, column));
    const read = judgeColumn(found, column, table.strict);
    byColumn.set(place, read);
    return read;
  }

  function count(place: number, { takenAs, because }: Guessed): void {
    const column = fileColumns[place] ?? '';
    const key = JSON.stringify([place, takenAs, because]);
    guessed.set(key, { column, values: (guessed.get(key)?.values ?? 0) + 1, takenAs, because });
  }

  /**
   * One row's key may be bytes and another's the text of the same bytes: after one was taken for one of them, the next
   * is the other.
   */
  function partTwins(row: readonly SqlValue[], alike: Alike, resolved: SqlValue[]): void {
    note ??= createNotes(source);
    const classes = rows.key.map((place) => (resolved[place] instanceof Uint8Array ? 'b' : '-')).join('');
    const earlier = note(
      rows.key.map((place) => row[place] ?? null),
      classes,
    );
    if (earlier !== classes) return;
    for (const place of rows.key) {
      const bytes = alike.get(place);
      if (bytes === undefined) continue;
      const isText = resolved[place] instanceof Uint8Array;
      resolved[place] = isText ? (row[place] ?? null) : bytes;
      // Neither of the two readings is certain.
      count(place, { takenAs: isText ? 'text' : 'bytes', because: 'nothing' });
      count(place, { takenAs: isText ? 'bytes' : 'text', because: 'nothing' });
    }
  }

  return {
    isOpen: (place) => open[place] === true,
    alike(row) {
      const alike = new Map<number, Uint8Array>();
      for (const [place, value] of row.entries()) {
        const bytes = typeof value === 'string' && open[place] === true ? parseBytesRepr(value) : null;
        if (bytes !== null) alike.set(place, bytes);
      }
      return alike;
    },
    async resolve(row, alike) {
      const found = await ask(() => rows.find(row, alike));
      const agreeing = found.filter((live) => agrees(row, alike, live));
      const same = agreeing.length === 1 ? agreeing[0] : found.length === 1 ? found[0] : undefined;
      const oneOf = rows.key.length === 0 ? found[0] : undefined;
      const resolved = [...row];
      for (const [place, bytes] of alike) {
        const value = { text: row[place], bytes };
        const read =
          readByRow(same?.[place], value) ?? readAsOneOf(oneOf?.[place]) ?? (await readByColumn(place));
        const { takenAs, because } = read;
        if (because !== 'itself') count(place, { takenAs, because });
        if (takenAs === 'bytes') resolved[place] = bytes;
      }
      if (rows.key.some((place) => alike.has(place))) partTwins(row, alike, resolved);
      return resolved;
    },
    guesses: () => [...guessed.values()],
  };
}

/** The rowid and most columns of STRICT tables hold one storage class only. */
function mayHoldEither({ name, declaredType }: Column, { table }: LiveTable): boolean {
  if (name === table.rowidColumn) return false;
  return !table.strict || /^(?:blob|any)$/i.test(declaredType);
}

/** Whether the host would write the live row as this row. */
function agrees(row: readonly SqlValue[], alike: Alike, live: readonly SqlValue[]): boolean {
  return live.every((value, place) => {
    const bytes = alike.get(place);
    if (bytes !== undefined && value instanceof Uint8Array) return Buffer.compare(value, bytes) === 0;
    return jsonValue(value) === jsonValue(row[place] ?? null);
  });
}

/** What the same live row tells; null where it holds neither bytes nor text there. */
function readByRow(
  here: SqlValue | undefined,
  { text, bytes }: { readonly text: SqlValue | undefined; readonly bytes: Uint8Array },
): Reading | null {
  if (typeof here === 'string') return { takenAs: 'text', because: here === text ? 'itself' : 'row' };
  if (!(here instanceof Uint8Array)) return null;
  return { takenAs: 'bytes', because: Buffer.compare(here, bytes) === 0 ? 'itself' : 'row' };
}

/** What one of several live rows tells that the host writes alike. It may be the wrong one if the snapshot lacks some of them. */
function readAsOneOf(here: SqlValue | undefined): Guessed | null {
  if (typeof here === 'string') return { takenAs: 'text', because: 'row' };
  return here instanceof Uint8Array ? { takenAs: 'bytes', because: 'row' } : null;
}

/** What a live column holds: bytes, texts, and texts that look like bytes. */
type Classes = { readonly bytes: number; readonly texts: number; readonly alike: number };

function readClasses({ db, table }: LiveTable, column: Column): Classes {
  const name = quoteName(column.name);
  const holds = (condition: string) =>
    `EXISTS (SELECT 1 FROM main.${quoteName(table.name)} NOT INDEXED WHERE ${condition})`;
  const text = `typeof(${name}) = 'text'`;
  const alike = `${text} AND substr(${name}, 1, 2) IN ('b''', 'b"')`;
  const found = db
    .prepare<[], Classes>(
      `SELECT ${holds(`typeof(${name}) = 'blob'`)} AS bytes, ${holds(text)} AS texts, ${holds(alike)} AS alike`,
    )
    .get();
  return found ?? { bytes: 0, texts: 0, alike: 0 };
}

/** In a column with both, only texts that look like bytes matter: none of the others was ever written from bytes. */
function judgeColumn({ bytes, texts, alike }: Classes, column: Column, strict: boolean): Guessed {
  if (bytes > 0 && alike === 0) return { takenAs: 'bytes', because: 'column' };
  if (bytes === 0 && texts > 0) return { takenAs: 'text', because: 'column' };
  const isNew = bytes + texts === 0;
  if (isNew && /blob/i.test(column.declaredType)) return { takenAs: 'bytes', because: 'type' };
  return { takenAs: affinityOf(column, strict) === 'TEXT' ? 'text' : 'bytes', because: 'nothing' };
}
