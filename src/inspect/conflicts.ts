import type { DataFolder } from '../host/data-folder.ts';
import type { HostDatabase } from '../host/host-database.ts';
import { createEventReader, type EventReader } from '../log/event-reader.ts';
import type { ConflictsOverview, ConflictsSubject, ShownConflict, ShownVersion } from '../model/conflicts.ts';
import { SnapbackError } from '../model/errors.ts';
import type { TaskOptions } from '../model/task.ts';
import {
  countConflicts,
  hashConflicts,
  type ReadVersions,
  readVersions,
  type Side,
} from '../restore/conflict-versions.ts';
import { findMergeSides } from '../restore/merge-sides.ts';
import { SOURCE_SCHEMA } from '../restore/selected-stage.ts';
import type { MergedTable } from '../restore/three-way.ts';
import { classifyDatabaseError } from '../sqlite/database.ts';
import { foldName } from '../sqlite/names.ts';
import type { Schema } from '../sqlite/schema.ts';
import { withStagedSnapshot } from '../stage/staged-view.ts';
import { decodeText, firstParts, type ReadCell, takeCell } from './cell-values.ts';
import { cutText, PREVIEW_BYTES, previewOf } from './cells.ts';
import { explaining } from './explained.ts';

/** So many columns of a conflict are shown beside its key. */
const MOST_COLUMNS = 12;
/** So many bytes of a column are read for what an event says. */
const PAYLOAD_BYTES = 65_536;
const LONGEST_TEXT = 600;

/** The rows that both sides of a merge changed. They are read in pages; what is kept of them is on the disk. */
export type Conflicts = {
  readonly overview: ConflictsOverview;
  /** @throws `usage` for a table without conflicts */
  readonly page: (
    table: string,
    window: { readonly offset: number; readonly limit: number },
  ) => readonly ShownConflict[];
};

/**
 * Lets `use` ask for the rows of which a snapshot, the database and the state just after the rewind have three different
 * versions. Reads only. @throws as `withStagedSnapshot` and `findMergeSides`
 */
export async function withConflicts<T>(
  folder: DataFolder,
  { snapshotId, baseId }: ConflictsSubject,
  task: TaskOptions,
  use: (conflicts: Conflicts) => Promise<T>,
): Promise<T> {
  const staging = { id: snapshotId, schemaName: SOURCE_SCHEMA };
  return withStagedSnapshot(folder, staging, task, async ({ view, database, snapshot, stage }) => {
    const source = { folder, snapshot, stage, place: view.folder };
    const sides = await findMergeSides(source, database, baseId, task);
    if (sides.refusal !== null)
      return use({ overview: { base: null, refusal: sides.refusal, tables: [], hash: '' }, page: () => [] });
    const counted = sides.tables
      .map((table) => ({ table, rows: countConflicts(database, table).count }))
      .filter(({ rows }) => rows > 0);
    const tables = new Map(counted.map(({ table }) => [foldName(nameOf(table)), table]));
    const explain = (error: unknown) =>
      classifyDatabaseError(error, { ...folder, file: folder.databaseFile, copy: database.db.name });
    const questions = {
      page(name: string, window: { readonly offset: number; readonly limit: number }) {
        const table = tables.get(foldName(name));
        if (table === undefined)
          throw new SnapbackError('usage', `There is nothing to choose in a table “${name}”.`, {
            table: name,
          });
        return readPage(database, table, window);
      },
    };
    try {
      return await use({
        overview: {
          base: sides.base,
          refusal: null,
          tables: counted.map(({ table, rows }) => ({
            name: nameOf(table),
            role: table.comparison.staged.role,
            rows,
          })),
          hash: await hashConflicts(database, sides.tables, task),
        },
        ...explaining(questions, explain),
      });
    } finally {
      await sides.close();
    }
  });
}

function nameOf({ comparison }: MergedTable): string {
  return comparison.staged.live.name;
}

function readPage(
  database: HostDatabase,
  table: MergedTable,
  window: { readonly offset: number; readonly limit: number },
): readonly ShownConflict[] {
  const { staged } = table.comparison;
  const { profile } = database;
  const reader = staged.role === 'log' ? createEventReader(profile, profile.chat, staged.columns) : null;
  const parts = (value: string, column: string) =>
    firstParts(value, reader?.columns.includes(column) === true ? PAYLOAD_BYTES : PREVIEW_BYTES);
  return [...readVersions(database, table, window, parts)].map((read) =>
    show(database, { table, reader }, read),
  );
}

function show(
  { schema: { encoding } }: HostDatabase,
  { table, reader }: { readonly table: MergedTable; readonly reader: EventReader | null },
  { key, has, values }: ReadVersions,
): ShownConflict {
  const { live, columns } = table.comparison.staged;
  const isBoth = has.mine && has.theirs;
  const keys = live.key.map((name) => columns.indexOf(name));
  const differing = columns.flatMap((_, index) =>
    keys.includes(index) || (isBoth && values[index]?.isSame === true) ? [] : [index],
  );
  const shown = [...keys, ...differing.slice(0, MOST_COLUMNS)];
  const cellOf = (side: Side, index: number): ReadCell => takeCell(values[index]?.[side] ?? [], 0);
  const said = (side: Side): ShownVersion['said'] => {
    if (reader === null) return null;
    const { speaker, text } = reader.read(
      reader.columns.map((name) => plainOf(cellOf(side, columns.indexOf(name)), encoding)),
    );
    return text === null ? null : { speaker, text: cutText(text, LONGEST_TEXT) };
  };
  const version = (side: Side): ShownVersion | null =>
    has[side]
      ? { said: said(side), cells: shown.map((index) => previewOf(cellOf(side, index), encoding)) }
      : null;
  return {
    key,
    columns: shown.map((index) => ({ name: columns[index] ?? '', isKey: keys.includes(index) })),
    moreColumns: differing.length - Math.min(differing.length, MOST_COLUMNS),
    ...{ base: version('base'), mine: version('mine'), theirs: version('theirs') },
  };
}

/** A cell's value as events are read from it; null for bytes, and for a text of which only the beginning was read. */
function plainOf({ type, bytes, value }: ReadCell, encoding: Schema['encoding']): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return type === 'text' && value.length >= bytes ? decodeText(value, encoding) : null;
}
