import type { Diff, SchemaDrift } from '../model/diff.ts';
import type { SnapshotAbout } from '../snapshot-file/notes.ts';
import { KIND } from '../snapshot-file/plain-tokens.ts';
import type { RowBatch } from '../snapshot-file/row-batch.ts';
import type { StoredRows } from '../snapshot-file/stored-rows.ts';
import type { WriteDatabase } from '../sqlite/database.ts';
import { foldName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import type { KnownDatabase } from '../sqlite/schema.ts';
import type { Table } from '../sqlite/table.ts';
import type { Yielder } from '../system/yielder.ts';
import { affinityOf, conversionOf, keepsKinds } from './affinity.ts';
import { type BytesReading, createBytesReading } from './bytes-reading.ts';
import { createLayout, type Layout, type LayoutPlan } from './layout.ts';
import type { LiveTable } from './live-rows.ts';
import type { StagedTable } from './staged-table.ts';
import { copyStoredRows } from './stored-rows.ts';
import type { StoredSource } from './stored-source.ts';

/** Fills one table of the stage, batch by batch, and says what did not fit the live table. */
export type TableLoader = {
  readonly table: string;
  readonly add: (batch: RowBatch) => Promise<void>;
  /** Takes all rows out of a database, instead of `add`. False: none was taken. @throws as `copyStoredRows` */
  readonly copy: (source: StoredSource, rows: StoredRows, yielder: Yielder) => Promise<boolean>;
  /** Whether the rows' keys can be their rowids. Once that is false, rows are only counted. */
  readonly fits: () => boolean;
  /** A text of the column had half a surrogate pair in the file. */
  readonly noteIllFormed: (column: string) => void;
  readonly finish: (role: StagedTable['role'], yielder: Yielder) => StagedTable | null;
  /** How many rows were added so far. */
  readonly rows: () => number;
  readonly drift: () => readonly SchemaDrift[];
  readonly guesses: () => Diff['guessedBlobs'];
};

/** The live database that rows are laid out for. It may be locked: `ask` repeats a question until it is answered. */
export type LiveSide = KnownDatabase & {
  readonly ask: <T>(question: () => T) => Promise<T>;
};

/** SQLite's reader of JSON needs a multiple of this in memory. */
const LONGEST_TEXT_BYTES = 16 << 20;

/** `name`: the table's name in the stage. `table`: its name in the file. */
export type LoaderPlan = Pick<LayoutPlan, 'name' | 'rowid'> & {
  readonly table: string;
  /** The host wrote the file. Its form shows neither which texts are bytes, nor whether an empty table existed. */
  readonly isHosts: boolean;
};

/** Creates the loader of one table. Where the database has no such table, its rows are only counted. */
export function createLoader(
  db: WriteDatabase,
  { name, table, rowid, isHosts }: LoaderPlan,
  side: LiveSide,
  about: SnapshotAbout | null,
): TableLoader {
  const live = side.schema.tables.get(foldName(table)) ?? null;
  const dumped = about?.tables.find((one) => one.name === table)?.columns;
  let columns: readonly string[] | null = dumped ?? null;
  let layout: Layout | null = null;
  let rows = 0;
  let fits = true;
  let readByEvidence = false;
  const lost = new Map<string, number>();
  let bytes: BytesReading | null = null;
  /** The columns with values that are stored in another form, each with how many of them lose something by it. */
  const converted = new Map<string, number>();
  const recomputed = new Map<string, number>();
  const illFormed = new Map<string, number>();
  // A host may dump what SQLite computes from other columns, and such values need no place. We never dump them. So in a
  // file of ours, a column of that name was an ordinary one.
  const computed = new Set(isHosts ? live?.generated.map(foldName) : []);

  async function add(batch: RowBatch): Promise<void> {
    columns ??= batch.columns;
    if (live !== null) layout ??= createLayout(db, { name, live, fileColumns: columns, rowid });
    if (live !== null && layout !== null && isHosts) bytes ??= readBytes(live, layout.targets, columns);
    if (fits && layout !== null)
      fits =
        batch.text !== null && batch.spans !== null && isKeptAsText(layout, batch)
          ? layout.insertText(rows, batch.text, batch.spans)
          : await addRows(layout, batch.rows());
    rows += batch.count;
  }

  async function copy(source: StoredSource, stored: StoredRows, yielder: Yielder): Promise<boolean> {
    if (stored.rows === 0 || live === null || !(await source.holdsAlike(stored.table, live))) return false;
    columns ??= stored.columns;
    layout ??= createLayout(db, { name, live, fileColumns: columns, rowid });
    const isCopied = await copyStoredRows({ db, name, live, layout }, stored, yielder);
    if (isCopied) rows += stored.rows;
    return isCopied;
  }

  /** Adds rows one by one. False if one did not fit. */
  async function addRows(layout: Layout, batch: readonly (readonly SqlValue[])[]): Promise<boolean> {
    for (const [index, row] of batch.entries()) {
      const alike = bytes?.alike(row);
      const isUnsure = alike !== undefined && alike.size > 0;
      readByEvidence ||= isUnsure;
      const resolved = bytes && isUnsure ? await bytes.resolve(row, alike) : row;
      for (const [place, value] of resolved.entries()) look(value, place);
      if (!layout.insert(rows + index, resolved)) return false;
    }
    return true;
  }

  /** Whether SQLite may read the batch itself: no value in it is lost, is converted, or may be bytes. */
  function isKeptAsText({ targets, keyColumn }: Layout, { text, kinds }: RowBatch): boolean {
    if (text === null || kinds === null || text.length > LONGEST_TEXT_BYTES) return false;
    if (side.schema.encoding !== 'UTF-8') return false;
    return targets.every((column, place) => {
      const found = kinds[place] ?? 0;
      if (column === undefined) return found === KIND.NULL;
      if (keyColumn !== null && column.name === live?.rowidColumn) return found === KIND.INTEGER;
      if (bytes?.isOpen(place) === true && (found & KIND.BYTES_LIKE) !== 0) return false;
      return keepsKinds(found, affinityOf(column, live?.strict ?? false));
    });
  }

  function readBytes(
    table: Table,
    targets: LiveTable['targets'],
    fileColumns: readonly string[],
  ): BytesReading {
    const { encoding } = side.schema;
    const source = { db: side.db, table, encoding, stage: { db, name }, targets };
    return createBytesReading(source, fileColumns, side.ask);
  }

  /** Counts what the live table has no place for, or stores in another form. */
  function look(value: SqlValue, index: number): void {
    if (layout === null) return;
    const column = layout.targets[index];
    const name = columns?.[index] ?? '';
    if (column === undefined) {
      if (value !== null) count(computed.has(foldName(name)) ? recomputed : lost, name);
      return;
    }
    const conversion = conversionOf(value, affinityOf(column, live?.strict ?? false));
    if (conversion !== 'none')
      converted.set(name, (converted.get(name) ?? 0) + (conversion === 'lost' ? 1 : 0));
  }

  /** Whether the live table could keep nothing of the rows. Then there is nothing to compare. */
  function isForeign(): boolean {
    return rows > 0 && layout?.shared.length === 0;
  }

  return {
    table,
    add,
    copy,
    fits: () => fits,
    noteIllFormed: (column) => count(illFormed, column),
    finish(role, yielder) {
      if (live === null || isForeign()) return null;
      // Without rows it does not matter which columns are laid out.
      const fileColumns = live.columns.map((column) => column.name);
      layout ??= createLayout(db, { name, live, fileColumns, rowid });
      yielder.report({ phase: 'read-snapshot', done: rows, total: rows, unit: 'rows', cancellable: false });
      layout.index(table, about !== null);
      yielder.report({ phase: 'read-snapshot', done: rows, total: rows, unit: 'rows', cancellable: true });
      return {
        live,
        name,
        role,
        columns: layout.shared,
        rowid: layout.keyColumn === null ? 'place' : 'key',
        rows,
        readByEvidence,
        emptyOrAbsent: isHosts && rows === 0,
      };
    },
    rows: () => rows,
    drift() {
      if (live === null)
        return rows === 0 ? [] : [{ kind: 'table-missing-live', table, column: null, loses: rows }];
      if (isForeign())
        return [{ kind: 'column-missing-live', table, column: columns?.[0] ?? null, loses: rows }];
      const missing =
        rows === 0 ? [] : live.columns.filter((column) => layout?.shared.includes(column.name) === false);
      return [
        ...[...lost].map(
          ([column, loses]) => ({ kind: 'column-missing-live', table, column, loses }) as const,
        ),
        ...[...recomputed.keys()].map(
          (column) => ({ kind: 'column-computed', table, column, loses: 0 }) as const,
        ),
        ...missing.map(
          ({ name: column }) => ({ kind: 'column-missing-in-snapshot', table, column, loses: 0 }) as const,
        ),
        ...[...illFormed].map(
          ([column, loses]) => ({ kind: 'text-not-unicode', table, column, loses }) as const,
        ),
        ...[...converted].map(
          ([column, loses]) => ({ kind: 'value-converted', table, column, loses }) as const,
        ),
      ];
    },
    guesses: () => bytes?.guesses().map((guess) => ({ table, ...guess })) ?? [],
  };
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
