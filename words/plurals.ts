import { language } from './language.ts';
import { formatNumber } from './numbers.ts';
import { onFirstUse } from './on-first-use.ts';

const rules = onFirstUse(() => new Intl.PluralRules(language));

/** `1 event`, `37 events`. Give `plural` when it is not the singular with an “s”. */
export function count(value: number | bigint, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(value)} ${choose(value, singular, plural)}`;
}

/** `a scene`, `an edge`, `a user`. */
export function article(singular: string): string {
  return `${/^(?:[aeio]|u(?!ni|s[aei]))/i.test(singular) ? 'an' : 'a'} ${singular}`;
}

/** Picks the form that agrees with the number: `choose(1, 'is', 'are')`. */
export function choose(value: number | bigint, singular: string, plural: string): string {
  return rules().select(Number(value)) === 'one' ? singular : plural;
}
