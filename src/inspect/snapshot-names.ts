import type { Profile } from '../host/profile.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import { stageColumn } from '../stage/layout.ts';
import type { Stage } from '../stage/stage.ts';

/** The names that chats had in a snapshot, by id; empty where the profile names no table for them or the snapshot lacks it. */
export function readSnapshotNames({ db, tables }: Stage, { chat }: Profile): ReadonlyMap<string, string> {
  const source = chat.names;
  const table = findTable(tables, source);
  if (source === null || table === undefined) return new Map();
  const id = placeOfName(table.columns, source.id);
  const name = source.name.map((one) => placeOfName(table.columns, one)).find((place) => place !== -1);
  if (id === -1 || name === undefined) return new Map();
  const rows = db
    .prepare<[], [unknown, unknown]>(
      `SELECT ${stageColumn(id)}, ${stageColumn(name)} FROM main.${table.name}`,
    )
    .raw()
    .all();
  return new Map(rows.map(([key, value]) => [String(key), String(value)]));
}

const MOST_PERSONS = 20;

/** The names that the person who chats had in a snapshot; none where the profile names no table for them or the snapshot lacks it. */
export function readSnapshotPersons({ db, tables }: Stage, { chat }: Profile): readonly string[] {
  const table = findTable(tables, chat.person);
  const name = chat.person?.name
    .map((one) => placeOfName(table?.columns ?? [], one))
    .find((place) => place !== -1);
  if (table === undefined || name === undefined) return [];
  return db
    .prepare<[], unknown>(`SELECT ${stageColumn(name)} FROM main.${table.name} LIMIT ${MOST_PERSONS}`)
    .pluck()
    .all()
    .map(String);
}

function findTable(tables: Stage['tables'], source: { readonly table: string } | null) {
  return source === null
    ? undefined
    : tables.find(({ live }) => foldName(live.name) === foldName(source.table));
}
