import type { CheckResult, RestoreReceipt } from '../src/model/restore.ts';
import { notRestoredWords } from './not-restored.ts';
import type { Verb } from './plan.ts';
import { joinWords } from './sentences.ts';

export type Check = CheckResult['check'];

const CHECKS: { readonly [C in Check]: string } = {
  'content-hash': 'Every row of every table is the snapshot’s',
  bystanders: 'No other table changed',
  'foreign-keys': 'Foreign keys hold',
  integrity: 'The file’s structure is sound',
  'search-index': 'The search index matches its table',
  derived: 'What the chat app derives from these tables is up to date',
  schema: 'The schema is the same',
  checkpoint: 'The fresh checkpoint is in its place',
};

const RESULTS: { readonly [R in CheckResult['result']]: string } = {
  ok: '',
  'unchanged-damage': 'damage from before, not grown',
  'came-back': 'not all',
  rebuilt: 'was out of date, built anew',
  left: 'not brought along',
  'not-run': 'could not be checked',
};

export type CheckWords = { readonly text: string; readonly remarks: string; readonly passed: boolean };

const IN_PLACE: { readonly [V in Verb]: string } = {
  Restore: 'Everything is in place.',
  Undo: 'Everything is as it was before the restore.',
  Redo: 'Everything is in place again.',
};

/** What has become of the database. */
export function endWords(verb: Verb, receipt: RestoreReceipt): string {
  return notRestoredWords(receipt) ?? IN_PLACE[verb];
}

/** One check with all its results: what it proves, what is not as it says, and whether it is a success. */
export function checkWords(check: Check, results: readonly CheckResult[]): CheckWords {
  const odd = results.filter((one) => one.result !== 'ok');
  const remarks = odd.map((one) =>
    [one.subject, RESULTS[one.result], one.detail].filter((part) => part !== null && part !== '').join(': '),
  );
  return {
    text: CHECKS[check],
    remarks: joinWords(remarks),
    // What was accepted is no success either.
    passed: !odd.some(({ result }) => ['not-run', 'came-back', 'left'].includes(result)),
  };
}

/** The first twelve digits of a hash: enough to compare by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
