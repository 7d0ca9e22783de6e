import type { HostDatabase } from '../host/host-database.ts';
import { foldName, placeOfName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { columnInStage, type StagedTable, tableInStage } from '../stage/staged-table.ts';
import type { Reference } from './references.ts';

/**
 * The columns of projected tables that seem to refer to another table although nothing declares it: by their names, such as
 * `bot_id` for the table `bots`, and because the snapshot has a row for each of their values. Reads only.
 * @throws `schema-needs-host`
 */
export function guessReferences(
  database: HostDatabase,
  tables: readonly StagedTable[],
  declared: readonly Reference[],
): readonly Reference[] {
  const targets = tables.flatMap((parent) => {
    const [to, ...more] = parent.live.key;
    return to === undefined || more.length > 0 || parent.role === 'log' ? [] : [{ parent, to }];
  });
  return tables.flatMap((child): readonly Reference[] =>
    child.role === 'log'
      ? []
      : child.columns.flatMap((from): readonly Reference[] => {
          if (isDeclared(declared, child, from)) return [];
          const found = targets.find(
            ({ parent, to }) => parent !== child && namesTable(database, { from, to, parent }),
          );
          if (found === undefined) return [];
          const { parent, to } = found;
          const guess = { child, parent, pairs: [{ from, to }], asText: true };
          return isContained(database, guess) ? [guess] : [];
        }),
  );
}

function isDeclared(declared: readonly Reference[], child: StagedTable, column: string): boolean {
  return declared.some(
    (one) =>
      one.child.live.name === child.live.name &&
      one.pairs.some(({ from }) => foldName(from) === foldName(column)),
  );
}

type Named = { readonly from: string; readonly to: string; readonly parent: StagedTable };

/** Whether a column is called after a table: `bot_id`, `botId` or `bot` after `bots`, or as fields of events name a chat. */
function namesTable({ profile }: HostDatabase, { from, to, parent }: Named): boolean {
  const [column, table] = [foldName(from), foldName(parent.live.name)];
  const { names, payloadChat } = profile.chat;
  if (names !== null && foldName(names.table) === table && foldName(names.id) === foldName(to))
    if (payloadChat.some((name) => foldName(name) === column)) return true;
  return isNamedAfter(from, parent.live.name);
}

/** Whether a column is called after a table: `bot_id` or `botId` after `bots`. */
export function isNamedAfter(column: string, table: string): boolean {
  const [, stem = ''] = /^(.+?)_?id$/.exec(foldName(column)) ?? [];
  return stem !== '' && [stem, `${stem}s`, `${stem}es`, stem.replace(/y$/, 'ies')].includes(foldName(table));
}

/** Whether the snapshot has some values in the column, and a row for each of them. */
function isContained({ db }: HostDatabase, { child, parent, pairs }: Reference): boolean {
  const [{ from, to } = { from: '', to: '' }] = pairs;
  const value = `CAST(c.${columnInStage(child, placeOfName(child.columns, from))} AS TEXT)`;
  const key = columnInStage(parent, placeOfName(parent.columns, to));
  const [values, missing] = needingHost(
    child.live.name,
    () =>
      db
        .prepare<[], [number, number]>(
          `SELECT count(${value}), count(${value}) FILTER (WHERE ${value} NOT IN (
             SELECT CAST(p.${key} AS TEXT) FROM ${tableInStage(parent)} p WHERE p.${key} IS NOT NULL))
           FROM ${tableInStage(child)} c`,
        )
        .raw()
        .get() ?? [0, 0],
  );
  return values > 0 && missing === 0;
}
