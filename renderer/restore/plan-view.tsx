import type { ReactNode } from 'react';
import type { InUse, RestorePlan } from '../../src/model.ts';
import { Icon } from '../icons.tsx';
import { inUseWords } from '../in-use.ts';
import { explain } from '../messages.ts';
import { useNow } from '../now.ts';
import { type Story, tellClauses } from '../story.ts';
import { StoryText } from '../story-text.tsx';
import { formatBytes } from '../words.ts';
import { NewerEventsList } from './newer-events.tsx';
import { leadWords, plannedRows, replayWords, toldByPlan } from './plan-words.ts';

export type PlanViewProps = {
  readonly plan: RestorePlan;
  readonly inUse: InUse;
  /** The consents that it needs; they come before the figures. */
  readonly children: ReactNode;
};

/** What the plan would do, what it costs, and what stands against it. */
export function PlanView({ plan, inUse, children }: PlanViewProps) {
  const now = useNow();
  const { back, changed, gone } = tellClauses(toldByPlan(plan));
  const replay = replayWords(plan);
  return (
    <>
      <p className="lead">{leadWords(plan, now)}</p>
      <NewerEventsList groups={plan.newerEvents} />
      {children}
      {plannedRows(plan) === 0 && (
        <p className="note">
          Nothing differs: the database already holds exactly this. There is nothing to restore.
        </p>
      )}
      <dl className="facts">
        <Clause name="Comes back" story={back} />
        <Clause name="Changes" story={changed} />
        <Clause name="Goes" story={gone} />
        <dt>Safety copy</dt>
        <dd>
          about {formatBytes(plan.safetyCopy.aboutBytes)}, written and checked first, in{' '}
          <span className="path" title={plan.safetyCopy.folder}>
            {shortPath(plan.safetyCopy.folder)}
          </span>
        </dd>
        {plan.freshCheckpoint && (
          <>
            <dt>Afterwards</dt>
            <dd>a fresh checkpoint, so that the chat app starts from this state</dd>
          </>
        )}
        <dt>Database</dt>
        <dd className={inUse.state === 'yes' ? 'in-use' : ''}>{inUseWords(inUse)}</dd>
      </dl>
      {replay !== null && (
        <p className="note warn">
          <Icon name="warning" />
          <span>{replay}</span>
        </p>
      )}
      {plan.refusals
        .filter(({ code }) => code !== 'database-in-use' && code !== 'schema-drift')
        .map((refusal) => {
          const { title, happened, next } = explain(refusal);
          return (
            <p className="note bad" key={refusal.code} role="alert">
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

/** The end of a long path, which says where in the data folder it is. */
function shortPath(path: string): string {
  const parts = path.split(/[/\\]/);
  return parts.length <= 3 ? path : `…/${parts.slice(-3).join('/')}`;
}

function Clause({ name, story }: { readonly name: string; readonly story: Story }) {
  if (story.length === 0) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <StoryText story={story} />
      </dd>
    </>
  );
}
