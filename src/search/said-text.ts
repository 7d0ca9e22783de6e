import type { Profile } from '../host/profile.ts';
import { createEventReader } from '../log/event-reader.ts';
import { createFlagReader } from '../log/flags.ts';
import type { RowVersion, SaidText } from '../model/search.ts';
import { foldName } from '../sqlite/names.ts';

/** What a row of this table says, if it is an event with a text in the field that the profile names; else null. */
export function readSaid(profile: Profile, table: string, row: RowVersion['row']): SaidText | null {
  if (foldName(table) !== foldName(profile.log.table)) return null;
  const columns = row.map(([name]) => name);
  const reader = createEventReader(profile, profile.chat, columns);
  const { speaker, text, ts, kind } = reader.read(
    reader.columns.map((name) => row[columns.indexOf(name)]?.[1]),
  );
  if (text === null) return null;
  const isHidden = createFlagReader(profile, columns)(row.map(([, value]) => value));
  return { speaker, text, ts, kind, isHidden };
}
