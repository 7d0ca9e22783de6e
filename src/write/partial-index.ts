import { foldName, quoteName } from '../sqlite/names.ts';
import { isAboutContents } from '../sqlite/result-codes.ts';
import type { KnownDatabase } from '../sqlite/schema.ts';
import { namesIn } from '../sqlite/sql-tokens.ts';
import type { Trigger } from './parse-schema.ts';

/** An index by its name, with the triggers that add new rows to it. */
type Fed = { readonly name: string; readonly sources: readonly Trigger[] };

/**
 * Whether an index is meant to hold only a part of its contents. It is if a trigger for inserted or deleted rows skips
 * some. A trigger for updated rows that skips some may only save work, and one that takes out what nothing puts back may
 * mark a row as deleted: in these cases what the index holds decides.
 */
export function isMeantToBePartial(
  database: KnownDatabase,
  index: Fed,
  writers: ReadonlySet<Trigger>,
): boolean {
  const all = [...writers];
  const selective = all.filter(
    (trigger) =>
      trigger.condition !== null ||
      statementsOn(index, trigger).some(({ query }) => query !== null && namesIn(query).has('where')),
  );
  if (selective.some(({ event }) => event !== 'UPDATE')) return true;
  const effects = all
    .filter(({ event }) => event === 'UPDATE')
    .flatMap((trigger) => statementsOn(index, trigger).map(({ effect }) => effect));
  const isBalanced =
    effects.filter((effect) => effect === 'puts').length ===
    effects.filter((effect) => effect === 'takes').length;
  return (selective.length > 0 || !isBalanced) && holdsWhatItIsTold(database, index) !== true;
}

/**
 * Whether an index holds as many rows as its triggers for inserted rows would put in, given what their tables hold now. It
 * does not if rows leave the index in other ways than they came; then those triggers do not tell what it should hold. Null
 * where that can't be counted here.
 */
export function holdsWhatItIsTold({ db, schema }: KnownDatabase, index: Fed): boolean | null {
  const sizes = `${index.name}_docsize`;
  const isSized = schema.objects.some((object) => foldName(object.name) === foldName(sizes));
  if (index.sources.length === 0 || !isSized) return null;
  const count = (source: string) =>
    Number(db.prepare<[], unknown>(`SELECT count(*) FROM main.${source}`).pluck().get());
  try {
    const told = index.sources.flatMap((trigger) =>
      statementsOn(index, trigger)
        .filter(({ effect }) => effect === 'puts')
        .map(({ query }) => {
          const when = trigger.condition === null ? '' : ` AND (${trigger.condition})`;
          const found = query === null ? '' : ` AND EXISTS (${query})`;
          // `new` is what condition and query call an inserted row.
          return count(`${quoteName(trigger.object.table)} AS new WHERE true${when}${found}`);
        }),
    );
    return count(quoteName(sizes)) === told.reduce((sum, rows) => sum + rows, 0);
  } catch (error) {
    if (isAboutContents(error)) return null;
    throw error;
  }
}

function statementsOn({ name }: Fed, { statements }: Trigger): Trigger['statements'] {
  return statements.filter(({ target }) => target !== null && foldName(target) === foldName(name));
}
