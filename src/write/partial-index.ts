import { type AnyDatabase, isAboutContents } from '../sqlite/database.ts';
import { foldName, quoteName } from '../sqlite/names.ts';
import type { Schema } from '../sqlite/schema.ts';
import type { VirtualTable } from '../sqlite/virtual-table.ts';
import type { Trigger } from './parse-schema.ts';

/**
 * Whether an index holds as many rows as its triggers for rows that come would put in, given what is in their tables now.
 * It does not where rows leave it in another way than they came: then those triggers do not tell what it is to hold. Null
 * where that can't be counted here.
 */
export function holdsWhatItIsTold(
  db: AnyDatabase,
  schema: Schema,
  { name, sources }: Pick<VirtualTable, 'name'> & { readonly sources: readonly Trigger[] },
): boolean | null {
  const sizes = `${name}_docsize`;
  if (sources.length === 0 || !schema.objects.some((object) => foldName(object.name) === foldName(sizes)))
    return null;
  const count = (source: string) =>
    Number(db.prepare<[], unknown>(`SELECT count(*) FROM ${source}`).pluck().get());
  try {
    const told = sources.map(({ object, condition }) =>
      // Under the name that the condition gives to a row that comes.
      count(`main.${quoteName(object.table)} AS new${condition === null ? '' : ` WHERE (${condition})`}`),
    );
    return count(`main.${quoteName(sizes)}`) === told.reduce((sum, rows) => sum + rows, 0);
  } catch (error) {
    if (isAboutContents(error)) return null;
    throw error;
  }
}
