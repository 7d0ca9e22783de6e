import type { Profile } from '../host/profile.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import { stageColumn } from '../stage/layout.ts';
import type { Stage } from '../stage/stage.ts';

/** The names that chats had in a snapshot, by id; empty where the profile names no table for them or the snapshot lacks it. */
export function readSnapshotNames({ db, tables }: Stage, { chat }: Profile): ReadonlyMap<string, string> {
  const source = chat.names;
  const table =
    source === null ? undefined : tables.find(({ live }) => foldName(live.name) === foldName(source.table));
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
