import type { Profile } from '../host/profile.ts';
import { createEventReader } from '../log/event-reader.ts';
import { createFlagReader } from '../log/flags.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import type { SqlValue } from '../sqlite/row-hash.ts';
import { readRows } from '../sqlite/rows.ts';
import type { Schema } from '../sqlite/schema.ts';
import { scanOrder, type Table } from '../sqlite/table.ts';
import { stageColumn } from '../stage/layout.ts';
import { isReference } from '../stage/own-key.ts';
import type { Stage } from '../stage/stage.ts';
import type { StagedTable } from '../stage/staged-table.ts';
import type { ColumnRole } from './cell-texts.ts';
import {
  createEventFinder,
  type EventSource,
  eventsOfDatabase,
  eventsOfStage,
  type IndexedEvent,
  payloadColumn,
} from './second-rows.ts';
import { toStored } from './stored-key.ts';

/** What a search has to know of a row: its texts, and what tells it from others. */
export type SearchedRow = {
  readonly table: string;
  readonly key: readonly SqlValue[];
  readonly cells: readonly (readonly [column: string, text: string, role: ColumnRole])[];
  /** An event that is hidden or superseded, so that no reader of the chat sees it. */
  readonly isHidden: boolean;
  /** What the row says of an event; null for a row that is no part of one. */
  readonly describe: () => IndexedEvent | null;
};

/** A table to be searched, and the function that reads its rows. */
export type SearchedTable = { readonly name: string; readonly rows: () => Generator<SearchedRow> };

/** A stage to be searched, and by which columns each of its tables tells rows apart. */
export type SearchedStage = {
  readonly stage: Stage;
  readonly profile: Profile;
  readonly keyOf: (staged: StagedTable) => readonly string[];
};

/** The tables of a stage. The log is the last, so that what comes last is what was said last. */
export function tablesOfStage(searched: SearchedStage): readonly SearchedTable[] {
  const { stage, profile } = searched;
  return logLast(
    stage.tables.map((staged) => tableOfStage(searched, staged)),
    profile,
  );
}

/** One table of a stage, or only some columns of it, by their folded names. */
export function tableOfStage(
  { stage, profile, keyOf }: SearchedStage,
  staged: StagedTable,
  only: ReadonlySet<string> | null = null,
): SearchedTable {
  const { db, encoding } = stage;
  const { live, name: table } = staged;
  const events = eventsOfStage(stage, profile);
  return {
    name: live.name,
    *rows() {
      const columns = staged.columns.map((_, index) => stageColumn(index));
      const shown = live.columns.filter(({ name }) => only?.has(foldName(name)) ?? true);
      const pick = createPicker({ ...live, columns: shown, key: keyOf(staged) }, staged.columns, {
        profile,
        events,
      });
      const source = { schemaName: 'main', table, columns, order: 'ORDER BY rowid', encoding };
      for (const row of readRows(db, source)) yield pick(row);
    },
  };
}

/** The tables of a database: those of the profile, and every other ordinary one. The caller holds a read transaction. */
export function tablesOfDatabase(
  db: AnyDatabase,
  schema: Schema,
  profile: Profile,
): readonly SearchedTable[] {
  const { tables, encoding } = schema;
  const named = new Set([profile.log.table, ...profile.tables].map(foldName));
  const events = eventsOfDatabase(db, schema, profile);
  const all = [...tables].flatMap(([name, table]) =>
    table.kind === 'table' || named.has(name) ? [table] : [],
  );
  return logLast(
    all.map((table) => ({
      name: table.name,
      *rows() {
        const columns = table.columns.map(({ name }) => name);
        const pick = createPicker(table, columns, { profile, events });
        const source = { schemaName: 'main', table: table.name, columns, order: scanOrder(table), encoding };
        for (const row of readRows(db, source)) yield pick(row);
      },
    })),
    profile,
  );
}

function logLast(tables: readonly SearchedTable[], { log }: Profile): readonly SearchedTable[] {
  const isLog = ({ name }: SearchedTable) => foldName(name) === foldName(log.table);
  return [...tables.filter((table) => !isLog(table)), ...tables.filter(isLog)];
}

/** Picks key and texts out of rows that have these columns, in the order of the live table's. */
function createPicker(
  live: Table,
  columns: readonly string[],
  { profile, events }: { readonly profile: Profile; readonly events: EventSource | null },
) {
  const isLog = foldName(live.name) === foldName(profile.log.table);
  const second = payloadColumn(profile, live.name);
  // The row of an event alone does not tell all of it either.
  const isKeyedLog = isLog && live.key.length === 1;
  const eventKey = second?.key ?? (isKeyedLog ? profile.log.columns.id : null);
  const eventAt = eventKey === null ? -1 : placeOfName(columns, eventKey);
  const findEvent = events === null || eventAt === -1 ? null : createEventFinder(profile, events, eventAt);
  const roleOf = (column: string): ColumnRole => {
    const isPayload = foldName(column) === foldName(profile.log.columns.payload);
    const isSecond = second !== null && foldName(column) === foldName(second.column);
    if (isSecond || (isLog && isPayload)) return profile.log.payloadForm === 'opaque' ? 'opaque' : 'payload';
    if (isLog) return 'reference';
    return live.key.includes(column) || isReference(column) ? 'reference' : 'text';
  };
  const places = live.columns.flatMap(({ name }) => {
    const place = placeOfName(columns, name);
    return place === -1 ? [] : [{ name, place, role: roleOf(name) }];
  });
  const key = live.key.map((name) => placeOfName(columns, name));
  const describe = isLog ? createDescriber(profile, columns) : () => null;
  const isFlagged = createFlagReader(profile, columns);
  return (row: readonly SqlValue[]): SearchedRow => {
    const event = findEvent?.(row) ?? null;
    const isHidden = event?.isHidden ?? (isLog && isFlagged(row));
    return {
      table: live.name,
      key: key.map((place) => row[place] ?? null),
      cells: places.flatMap(({ name, place, role }) => {
        const value = toStored(row[place] ?? null);
        return typeof value === 'string' && value !== '' ? [[name, value, role] as const] : [];
      }),
      isHidden,
      describe: () => event ?? describe(row, isHidden),
    };
  };
}

/** Makes the function that reads an event out of a row of the log with these columns. */
function createDescriber(profile: Profile, columns: readonly string[]) {
  const fields = { ...profile.chat, payloadText: [], payloadTarget: [], payloadEvent: [] };
  const reader = createEventReader(profile, fields, columns);
  const places = reader.columns.map((name) => columns.indexOf(name));
  return (row: readonly SqlValue[], isHidden: boolean): IndexedEvent => {
    const { chat, speaker, ts, kind } = reader.read(places.map((place) => toStored(row[place] ?? null)));
    return { chat, speaker, ts, kind, isHidden };
  };
}
