import type { ReactNode } from 'react';
import type { ErrorCode } from '../../src/model/errors.ts';
import type { RestorePlan } from '../../src/model/restore.ts';
import type { ConfirmLine } from '../../words/confirmation.ts';
import { explain } from '../../words/errors.ts';
import { isConsentable, plannedRows } from '../../words/plan.ts';
import { replayWords } from '../../words/plan-notes.ts';
import { Icon } from '../parts/icons.tsx';
import { StoryText } from '../parts/story-text.tsx';

export type PlanViewProps = {
  readonly plan: RestorePlan;
  readonly lines: readonly ConfirmLine[];
  /** The consents that the plan needs. */
  readonly children: ReactNode;
};

const SIGNS: { readonly [K in ConfirmLine['key']]: string } = {
  back: '+',
  again: '−',
  gone: '−',
  kept: '=',
  mixed: '!',
  undo: '↺',
};

/** Told by the parts that lift them. */
const ELSEWHERE: ReadonlySet<ErrorCode> = new Set(['database-in-use', 'newer-not-kept', 'conflicts-open']);

/** What the plan would do, in a few lines, what it needs, and why it may be refused. */
export function PlanView({ plan, lines, children }: PlanViewProps) {
  const replay = replayWords(plan);
  return (
    <>
      {plannedRows(plan) === 0 && plan.conflictCount === 0 ? (
        // A part that cannot be restored has no rows, either.
        !plan.refusals.some(({ code }) => code === 'selection-refused' || code === 'merge-refused') && (
          <p className="note">Identical to now. There is nothing to restore.</p>
        )
      ) : (
        <ul className="confirm-lines">
          {lines.map(({ key, what, quote }) => (
            <li key={key} data-line={key}>
              <span aria-hidden="true">{SIGNS[key]}</span>
              <p>
                <b>
                  <StoryText story={what} />
                </b>
              </p>
              {quote !== null && <p className="dim">{quote}</p>}
            </li>
          ))}
        </ul>
      )}
      {children}
      {replay !== null && (
        <p className="note warn">
          <Icon name="warning" />
          <span>{replay}</span>
        </p>
      )}
      {plan.refusals
        .filter((refusal) => !ELSEWHERE.has(refusal.code) && !isConsentable(refusal))
        .map((refusal) => {
          const { title, happened, next } = explain(refusal, 'window');
          return (
            <p className="note bad" key={`${refusal.code} ${JSON.stringify(refusal.detail)}`} role="alert">
              <Icon name="warning" />
              <span>
                <b>{title}.</b> {happened} {next}
              </span>
            </p>
          );
        })}
    </>
  );
}
