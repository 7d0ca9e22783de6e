import type { Salvageable, SalvageReceipt, SavedTable } from '../src/model/salvage.ts';
import { formatBytes, sumOf } from './numbers.ts';
import { choose, count } from './plurals.ts';
import { joinWords } from './sentences.ts';

/** `2 of 11 tables can be saved`. A table of which only some rows are left counts. */
export function savableWords({ tables }: Pick<Salvageable, 'tables'>): string {
  const saved = tables.filter(({ state }) => state !== 'missing').length;
  const all = count(tables.length, 'table');
  if (saved === tables.length) return `Something of all ${all} can be saved.`;
  return `${saved} of ${all} can be saved.`;
}

/** How much of a table is there, in a few words. */
export function savedWords({ state, rows, gaps }: Omit<SavedTable, 'name'>): string {
  switch (state) {
    case 'whole':
      return `all ${count(rows, 'row')}`;
    case 'unproven':
      return `${count(rows, 'row')}; some may have been changed by the damage`;
    case 'gaps':
      return `${count(rows, 'row')}, with ${count(gaps.length, 'gap')}`;
    case 'cut':
      return `the first ${count(rows, 'row')}; the rest is lost`;
    case 'missing':
      return 'lost';
  }
}

/** Names the tables that are lost; null where none is. They need not have been empty. */
export function lostWords({ tables }: Pick<Salvageable, 'tables'>): string | null {
  const lost = tables.filter(({ state }) => state === 'missing').map(({ name }) => name);
  if (lost.length === 0) return null;
  return `Lost: ${joinWords(lost)}. That does not mean that ${choose(lost.length, 'it was', 'they were')} empty.`;
}

/** Where rows are missing: `An unknown number of rows is missing between id 12 and id 40.` */
export function gapWords({ gaps }: Pick<SavedTable, 'gaps'>): readonly string[] {
  return gaps.map(({ after, before }) => {
    const place =
      after === null
        ? before === null
          ? ''
          : ` before ${before}`
        : before === null
          ? ` after ${after}`
          : ` between ${after} and ${before}`;
    return `An unknown number of rows is missing${place}.`;
  });
}

/** Says that the end of the file was never written; null where it was. */
export function zeroWords({ zeroBytes }: Pick<Salvageable, 'zeroBytes'>): string | null {
  if (zeroBytes === 0) return null;
  return `The file ends with ${formatBytes(zeroBytes)} of zeros, as after a power failure.`;
}

/** What was written. */
export function salvagedWords({ tables, sizeBytes }: Pick<SalvageReceipt, 'tables' | 'sizeBytes'>): string {
  const saved = tables.filter(({ state }) => state !== 'missing');
  const rows = sumOf(saved, (table) => table.rows);
  const lost = tables.length - saved.length;
  const missing =
    lost === 0
      ? ''
      : ` ${count(lost, 'table')} ${choose(lost, 'is', 'are')} missing, which does not mean that ${choose(lost, 'it was', 'they were')} empty.`;
  return `Saved ${count(rows, 'row')} of ${count(saved.length, 'table')}, ${formatBytes(sizeBytes)}.${missing}`;
}
