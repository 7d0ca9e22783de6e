import type { CheckResult, RestoredState, RestoreReceipt } from '../src/model/receipt.ts';
import { notRestoredWords } from './not-restored.ts';
import type { Verb } from './plan.ts';
import { choose, count } from './plurals.ts';
import { joinWords } from './sentences.ts';

type Check = CheckResult['check'];

const CHECKS: { readonly [C in Check]: string } = {
  'content-hash': 'All rows match',
  bystanders: 'No other table changed',
  'foreign-keys': 'Links between tables intact',
  integrity: 'No new damage in the database file',
  'search-index': 'Search index matches',
  derived: 'Data that the chat app derives is up to date',
  schema: 'Tables and columns unchanged',
  checkpoint: 'Fresh checkpoint written',
};

const RESULTS: { readonly [R in CheckResult['result']]: string } = {
  ok: '',
  'unchanged-damage': 'already damaged before, no worse now',
  'came-back': 'not all',
  rebuilt: 'was out of date, rebuilt',
  left: 'left as it was',
  'not-run': 'could not be checked',
  'not-brought-back': 'not as in the snapshot',
};

export type CheckWords = { readonly text: string; readonly remarks: string; readonly passed: boolean };

/** One check in words: what it proves, the exceptions, and whether it passed. */
function checkWords(check: Check, results: readonly CheckResult[]): CheckWords {
  const odd = results.filter((one) => one.result !== 'ok');
  const remarks = odd.map((one) =>
    [one.subject, RESULTS[one.result], one.detail].filter((part) => part !== null && part !== '').join(': '),
  );
  return {
    text: CHECKS[check],
    remarks: joinWords(remarks),
    // A deviation that the user accepted still does not count as passed.
    passed: !odd.some(({ result }) => ['not-run', 'came-back', 'left', 'not-brought-back'].includes(result)),
  };
}

/** All checks of a receipt, each kind once: `ok  All rows match`. */
export function checkLines(results: readonly CheckResult[]): readonly string[] {
  return checksByKind(results).map(
    ({ text, remarks, passed }) => `${passed ? 'ok' : '! '}  ${text}${remarks === '' ? '' : ` (${remarks})`}`,
  );
}

/** The same as values. */
export function checksByKind(results: readonly CheckResult[]): readonly CheckWords[] {
  return [...Map.groupBy(results, ({ check }) => check)].map((one) => checkWords(...one));
}

/** How many tables of the current state were verified. Empty when that is no longer known. */
export function verifiedWords({ tablesVerified }: Pick<RestoredState, 'tablesVerified'>): string {
  return tablesVerified === 0
    ? ''
    : `${tablesVerified === 1 ? '' : 'All '}${count(tablesVerified, 'table')} verified.`;
}

const IN_PLACE: { readonly [V in Verb]: string } = {
  Restore: 'Everything is back.',
  Undo: 'Everything is as it was before the restore.',
  Redo: 'Everything is back again.',
};

/** The state of the database after the action. The verb is null when it is not known whether it was an undo or a redo. */
export function endWords(verb: Verb | null, receipt: RestoreReceipt): string {
  const exceptions = exceptionWords(receipt);
  if (receipt.isPart === true)
    return `What you selected is back.${exceptions === null ? '' : ` ${exceptions}`} Everything else is unchanged.`;
  if (exceptions !== null) return exceptions;
  return verb === null ? 'Everything is as it was before.' : IN_PLACE[verb];
}

/** What could not be restored, or is of another moment. Null: everything is as in the snapshot. */
export function exceptionWords(receipt: Pick<RestoreReceipt, 'leftOut' | 'notRestored'>): string | null {
  const exceptions = [leftOutWords(receipt), notRestoredWords(receipt)].filter((words) => words !== null);
  return exceptions.length === 0 ? null : exceptions.join(' ');
}

type Verified = Pick<RestoreReceipt, 'action' | 'leftOut' | 'replay' | 'isPart'> & {
  readonly tables: readonly { readonly name: string }[];
};

/** `Verified: 11 tables match the snapshot`. Tables of which values were left out do not match it. */
export function verifiedLine({ action, tables, leftOut, replay, isPart }: Verified): string {
  const match = tables.filter(({ name }) => !leftOut.includes(name)).length;
  const what =
    action === 'undo'
      ? 'the safety copy'
      : `the snapshot${replay === null && isPart !== true ? '' : ' and what stays'}`;
  const of = match === tables.length ? '' : ` of ${tables.length}`;
  return `Verified: ${match}${of} ${choose(tables.length, 'table matches', 'tables match')} ${what}`;
}

function leftOutWords({ leftOut }: Pick<RestoreReceipt, 'leftOut'>): string | null {
  if (leftOut.length === 0) return null;
  return `Not everything could be restored: some values of ${joinWords(leftOut)} are missing or changed.`;
}

/** The opening sentences of a receipt. */
export function receiptLead(verb: Verb | null, receipt: RestoreReceipt): string {
  const start =
    receipt.checkpointId === null ? '' : ' You can open the chat app again. It starts from this state.';
  return `${endWords(verb, receipt)} Verified before saving: ${count(receipt.tables.length, 'table')}.${start}`;
}

/** The first twelve digits of a hash: enough to compare by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
