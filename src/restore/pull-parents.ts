import type { HostDatabase } from '../host/host-database.ts';
import type { RowName } from '../model/search.ts';
import type { SelectedPart } from '../model/selection.ts';
import { quoteName } from '../sqlite/names.ts';
import { needingHost } from '../sqlite/needs-host.ts';
import { tableInStage } from '../stage/staged-table.ts';
import type { Yielder } from '../system/yielder.ts';
import { type ChosenTable, type ChosenTables, findChosen, nameStaged } from './chosen-rows.ts';
import { type Reference, valuesOf } from './references.ts';

/** So many rows may come along. Whoever needs more restores their table as a whole. */
export const MOST_PULLED = 10_000;

/** A row of the snapshot that a chosen row refers to. */
type Parent = { readonly ord: bigint; readonly because: RowName };

/** A foreign key of the schema between two tables that rows can be chosen of. */
type Tie = { readonly key: Reference; readonly child: ChosenTable; readonly parent: ChosenTable };

/**
 * Chooses the rows of the snapshot that chosen rows refer to and that would be missing, and the rows that those refer to.
 * Never goes from such a parent to its other children. Null where more than `MOST_PULLED` would come along.
 * Where a parent's table allows no choice, the check of the foreign keys tells later.
 */
export async function pullParents(
  database: HostDatabase,
  tables: ChosenTables,
  keys: readonly Reference[],
  yielder: Yielder,
): Promise<SelectedPart['pulled'] | null> {
  const ties = keys.flatMap((key): readonly Tie[] => {
    const [child, parent] = [key.child, key.parent].map(({ live }) => findChosen(tables, live.name));
    return child === undefined || parent === undefined || parent.isWhole ? [] : [{ key, child, parent }];
  });
  const pulled: SelectedPart['pulled'][number][] = [];
  for (let before = -1; before < pulled.length; ) {
    before = pulled.length;
    for (const tie of ties) {
      for (const { ord, because } of findParents(database, tie, 'missing')) {
        database.db.prepare<[bigint]>(`INSERT INTO ${tie.parent.put} VALUES (?)`).run(ord);
        pulled.push({ ...nameStaged(database, tie.key.parent, ord), because });
      }
      if (pulled.length > MOST_PULLED) return null;
      await yielder.step();
    }
  }
  return pulled;
}

/** The parents of chosen rows that are there, differ from the snapshot and stay as they are. */
export function findDifferingParents(
  database: HostDatabase,
  tables: ChosenTables,
  keys: readonly Reference[],
): SelectedPart['staying'] {
  return keys.flatMap((key) => {
    const [child, parent] = [key.child, key.parent].map(({ live }) => findChosen(tables, live.name));
    if (child === undefined || parent === undefined) return [];
    return findParents(database, { key, child, parent }, 'differing').map(({ ord, because }) => ({
      ...nameStaged(database, key.parent, ord),
      because,
    }));
  });
}

/** The parents of chosen rows in the snapshot that are not chosen, and will be missing, or are there and differ. */
function findParents(
  database: HostDatabase,
  { key, child, parent }: Tie,
  which: 'missing' | 'differing',
): readonly Parent[] {
  const [c, p] = [valuesOf(key, 'child', { staged: 'c' }), valuesOf(key, 'parent', { staged: 'p' })];
  const same = (parents: readonly string[]) =>
    parents.map((value, index) => `${value} = ${c[index]}`).join(' AND ');
  const { comparison } = parent;
  // A live parent that goes itself is no parent afterwards.
  const goes = comparison.identity.map((column, index) => `g.i${index} = l.${quoteName(column)}`);
  const stays = `EXISTS (SELECT 1 FROM main.${quoteName(key.parent.live.name)} l ${key.parent.live.scanHint}
      WHERE ${same(valuesOf(key, 'parent', { live: 'l' }))}
        AND NOT EXISTS (SELECT 1 FROM ${comparison.gone} g WHERE ${goes.join(' AND ')} AND g.rowid IN (SELECT line FROM ${parent.gone})))`;
  const wanted =
    which === 'missing' ? `NOT ${stays}` : `p.rowid IN (SELECT ord FROM ${comparison.put}) AND ${stays}`;
  const rows = needingHost(key.parent.live.name, () =>
    database.db
      .prepare<[], [bigint, bigint]>(
        `SELECT p.rowid, min(c.rowid) FROM ${child.put} x
           CROSS JOIN ${tableInStage(child.comparison.staged)} c ON c.rowid = x.ord
           CROSS JOIN ${tableInStage(comparison.staged)} p ON ${same(p)}
         WHERE p.rowid NOT IN (SELECT ord FROM ${parent.put}) AND ${wanted}
         GROUP BY p.rowid LIMIT ${MOST_PULLED + 1}`,
      )
      .raw()
      .safeIntegers()
      .all(),
  );
  return rows.map(([ord, because]) => ({ ord, because: nameStaged(database, key.child, because) }));
}
