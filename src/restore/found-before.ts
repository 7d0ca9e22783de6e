import type { Integrity } from '../sqlite/integrity.ts';
import { isSound } from '../sqlite/integrity.ts';
import type { AffectedIndex } from '../write/side-effects.ts';
import type { IndexStates, WrittenEffects } from '../write/write-tables.ts';

/*
 * Checking a whole database and its search indexes takes longer than comparing and writing. What a plan found so is taken
 * over when it is applied: if the plan is still the same, and if everything was in order. The same plan does not prove that
 * nothing else changed meanwhile. So after the write everything has to be in order again; otherwise nobody could tell new
 * damage from old, and the restore is rolled back and done once more with checks of its own. Foreign keys are checked in
 * any case: an undo has to know which were broken before. Where no plan went before, only search indexes are presumed to be
 * in order, and only those for which the check after the write tells enough.
 */

/** What was wrong in a database before the first write. */
export type FoundBefore = { readonly integrity: Integrity; readonly indexes: IndexStates };

export type PlanFound = FoundBefore & { readonly planId: string };

/** What the last plan of each database found, by its file. */
const found = new Map<string, PlanFound>();

/** Remembers what a plan found, if applying it may rely on that: its rehearsal has shown how the indexes come along. */
export function rememberFound(
  { databaseFile, planId }: { readonly databaseFile: string; readonly planId: string },
  before: FoundBefore,
  effects: WrittenEffects,
): void {
  const states = [...before.indexes.values()];
  if (isSound(before.integrity) && states.every((state) => state === 'ok') && cameAlong(effects))
    found.set(databaseFile, { ...before, planId });
  else found.delete(databaseFile);
}

/** What the last plan found; null where that is not known, or was not in order. */
export function recallFound(databaseFile: string): PlanFound | null {
  return found.get(databaseFile) ?? null;
}

/** What was taken over from a plan, or presumed, may not have been true. It never leaves `applyRestore`. */
export class FoundOutdated extends Error {}

/** @throws `FoundOutdated` unless everything is in order after the write */
export function requireInOrder(after: Integrity, effects: WrittenEffects): void {
  if (!isSound(after) || !cameAlong(effects))
    throw new FoundOutdated('What the plan found has to be checked once more.');
}

/** @throws `FoundOutdated` if an index that was presumed to be in order turns out not to be, or had to be rebuilt */
export function requirePresumed(presumed: readonly AffectedIndex[], { searchIndexes }: WrittenEffects): void {
  const names = new Set(presumed.map(({ name }) => name));
  if (!cameAlong({ searchIndexes: searchIndexes.filter(({ name }) => names.has(name)) }))
    throw new FoundOutdated('A search index has to be checked before the write.');
}

/** Whether every search index followed its contents and agrees with them. */
function cameAlong({ searchIndexes }: Pick<WrittenEffects, 'searchIndexes'>): boolean {
  return searchIndexes.every(
    ({ handling, state, wasRebuilt }) => handling !== 'left' && state === 'ok' && !wasRebuilt,
  );
}
