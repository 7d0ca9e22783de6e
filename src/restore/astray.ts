import type { HostDatabase } from '../host/host-database.ts';
import { quoteName } from '../sqlite/names.ts';
import { tableInStage } from '../stage/staged-table.ts';
import type { Belongings } from './belonging.ts';
import { valuesOf, valuesToFind } from './references.ts';

/*
 * A host may give the key of a row that is gone to a new one, also to one of another chat. What referred to the old row would
 * then belong to the new one. So it does not come back, and neither does what refers to it in turn.
 */

/** Moves such rows of the snapshot from those that belonged to the chat into `astray`. */
export function leaveAstray({ db }: HostDatabase, all: readonly Belongings[]): void {
  const steps = all.map(({ reference, child, parent }) => {
    const sought = valuesToFind(reference, { staged: 'c' });
    const values = valuesOf(reference, 'parent', { staged: 's' }).join(', ');
    const parents = (among: string) =>
      `SELECT ${values} FROM ${tableInStage(reference.parent)} s WHERE s.rowid IN ${among}`;
    const { live } = reference.parent;
    const identity = parent.comparison.identity.map((column) => `l.${quoteName(column)}`).join(', ');
    const livesAs = (whose: 'IN' | 'NOT IN') =>
      `${sought} IN (SELECT ${valuesOf(reference, 'parent', { live: 'l' }).join(', ')}
         FROM main.${quoteName(live.name)} l ${live.scanHint} WHERE (${identity}) ${whose} ${parent.now})`;
    return `INSERT OR IGNORE INTO ${child.astray} SELECT c.rowid FROM ${tableInStage(reference.child)} c
      WHERE c.rowid IN ${child.then} AND (${sought} IN (${parents(parent.then)}) AND ${livesAs('NOT IN')}
        OR ${sought} IN (${parents(parent.astray)}) AND (${livesAs('IN')}) IS NOT TRUE)`;
  });
  const add = (sql: string) => db.prepare(sql).run().changes;
  while (steps.reduce((sum, sql) => sum + add(sql), 0) > 0);
  for (const { then, astray } of new Set(all.map(({ child }) => child)))
    db.exec(`DELETE FROM ${then} WHERE ord IN ${astray}`);
}
