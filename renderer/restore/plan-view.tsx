import { Fragment, type ReactNode } from 'react';
import type { InUse, RestorePlan } from '../../src/model/restore.ts';
import { explain } from '../../words/errors.ts';
import { inUseWords } from '../../words/in-use.ts';
import { formatBytes } from '../../words/numbers.ts';
import { clausesOf, isConsentable, leadWords, plannedRows } from '../../words/plan.ts';
import { remarkLines, replayWords, spaceWords } from '../../words/plan-notes.ts';
import { useExactness } from '../ask/exactness.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import { Icon } from '../parts/icons.tsx';
import { StoryText } from '../parts/story-text.tsx';
import { NewerEventsList } from './newer-events.tsx';

export type PlanViewProps = {
  readonly plan: RestorePlan;
  readonly inUse: InUse;
  /** The consents that the plan needs, shown before the figures. */
  readonly children: ReactNode;
};

/** What the plan would do, what it needs, and why it may be refused. */
export function PlanView({ plan, inUse, children }: PlanViewProps) {
  const now = useNow();
  const exact = useExactness()(plan.snapshot.takenAt);
  const rules = useRules();
  const replay = replayWords(plan);
  const remarks = remarkLines(plan);
  return (
    <>
      <p className="lead">{leadWords(plan, now, exact)}</p>
      <NewerEventsList plan={plan} />
      {children}
      {plannedRows(plan) === 0 && <p className="note">Identical to now. There is nothing to restore.</p>}
      <dl className="facts">
        {clausesOf(plan, rules).map(({ name, story }) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              <StoryText story={story} />
            </dd>
          </Fragment>
        ))}
        <dt>Safety copy</dt>
        <dd>
          about {formatBytes(plan.safetyCopy.aboutBytes)}, written and verified first, in{' '}
          <span className="path">{plan.safetyCopy.folder}</span>
        </dd>
        {plan.space.length > 0 && (
          <>
            <dt>Space</dt>
            <dd>{spaceWords(plan)}</dd>
          </>
        )}
        {plan.freshCheckpoint && (
          <>
            <dt>Afterwards</dt>
            <dd>the chat app starts from this state, with a fresh checkpoint</dd>
          </>
        )}
        <dt>Database</dt>
        <dd className={inUse.state === 'yes' ? 'in-use' : ''}>{inUseWords(inUse)}</dd>
        {remarks.length > 0 && (
          <>
            <dt>Notes</dt>
            <dd>
              <ul className="remarks">
                {remarks.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </dd>
          </>
        )}
      </dl>
      {replay !== null && (
        <p className="note warn">
          <Icon name="warning" />
          <span>{replay}</span>
        </p>
      )}
      {plan.refusals
        .filter((refusal) => refusal.code !== 'database-in-use' && !isConsentable(refusal))
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
