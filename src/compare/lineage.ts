import type { Profile } from '../host/profile.ts';
import { chainColumns } from '../log/events.ts';
import type { AnyDatabase } from '../sqlite/database.ts';
import { placeOfName, quoteName } from '../sqlite/names.ts';
import type { Comparison } from './compare-table.ts';
import { STAGE_SCHEMA, stageColumn } from './stage-table.ts';

/**
 * Whether snapshot and live log are one lineage: up to the smaller of their last ids both have the same events (id, ts,
 * kind and payload). By ids alone two logs that went different ways look the same.
 */
export function hasSameLineage(db: AnyDatabase, log: Comparison, profile: Profile): boolean {
  const { live, name, columns } = log.staged;
  // What one of them has not got tells nothing of the other.
  const identity = chainColumns(profile).filter((column) => placeOfName(columns, column) !== -1);
  const places = identity.map((column) => placeOfName(columns, column));
  const id = placeOfName(columns, profile.log.columns.id);
  if (id === -1) return true;
  const idColumn = quoteName(profile.log.columns.id);
  const same = identity.map((column, index) => {
    const [a, b] = [`l.${quoteName(column)}`, `s.${stageColumn(places[index] ?? 0)}`];
    return `typeof(${a}) = typeof(${b}) AND ${a} IS ${b} COLLATE BINARY`;
  });
  const table = `main.${quoteName(live.name)}`;
  const staged = `${STAGE_SCHEMA}.${name}`;
  const shortest = `min((SELECT ifnull(max(${idColumn}), 0) FROM ${table}), (SELECT ifnull(max(${stageColumn(id)}), 0) FROM ${staged}))`;
  const counted = db
    .prepare<[], { here: number; there: number; both: number }>(
      `WITH cut(id) AS (SELECT ${shortest})
       SELECT (SELECT count(*) FROM ${table} WHERE ${idColumn} <= (SELECT id FROM cut)) AS here,
              (SELECT count(*) FROM ${staged} WHERE ${stageColumn(id)} <= (SELECT id FROM cut)) AS there,
              (SELECT count(*) FROM ${staged} s CROSS JOIN ${table} l ON l.${idColumn} = s.${stageColumn(id)}
                 WHERE s.${stageColumn(id)} <= (SELECT id FROM cut) AND ${same.join(' AND ')}) AS both`,
    )
    .get();
  return counted === undefined || (counted.here === counted.both && counted.there === counted.both);
}
