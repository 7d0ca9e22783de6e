import { Fragment, type ReactNode } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import type { InUse, RestoreMode, RestoreOptions, RestorePlan } from '../../src/model/restore.ts';
import { inUseWords } from '../../words/in-use.ts';
import { mergeLines } from '../../words/merge.ts';
import { keepRefusal } from '../../words/newer.ts';
import { formatBytes } from '../../words/numbers.ts';
import { clausesOf, keptStory, leadWords } from '../../words/plan.ts';
import { detailLines, remarkLines, spaceWords } from '../../words/plan-notes.ts';
import { useExactness } from '../ask/exactness.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import { Fold } from '../parts/fold.tsx';
import { StoryText } from '../parts/story-text.tsx';
import { NewerEventsList } from './newer-events.tsx';

export type TechnicalDetailsProps = {
  readonly plan: RestorePlan;
  readonly inUse: InUse;
  readonly options: RestoreOptions;
  readonly rehearsal: ReactNode;
  readonly onOptions: (options: RestoreOptions) => void;
};

/** All that a plan says beyond its few lines, and options that few people need. */
export function TechnicalDetails({ plan, inUse, options, rehearsal, onOptions }: TechnicalDetailsProps) {
  return (
    <Fold title="Technical details" className="technical">
      <NewerEventsList plan={plan} />
      <PlanFacts plan={plan} inUse={inUse} />
      <ul className="details">
        {[...mergeLines(plan), ...detailLines(plan)].map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {rehearsal}
      {plan.action === 'restore' && options.selection === undefined && options.merge === undefined && (
        <ModeChoice mode={options.mode} onChange={(mode) => onOptions({ ...options, mode })} />
      )}
    </Fold>
  );
}

function PlanFacts({ plan, inUse }: { readonly plan: RestorePlan; readonly inUse: InUse }) {
  const now = useNow();
  const exact = useExactness()(plan.snapshot.takenAt);
  const rules = useRules();
  const remarks = remarkLines(plan);
  const stays = keepRefusal(plan) === null ? keptStory(plan) : null;
  return (
    <>
      <p className="lead">{leadWords(plan, now, exact)}</p>
      <dl className="facts">
        {clausesOf(plan, rules).map(({ name, story }) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              <StoryText story={story} />
            </dd>
          </Fragment>
        ))}
        {stays !== null && (
          <>
            <dt>Stays</dt>
            <dd>
              <StoryText story={stays} />
            </dd>
          </>
        )}
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
    </>
  );
}

function ModeChoice({
  mode,
  onChange,
}: {
  readonly mode: RestoreMode;
  readonly onChange: (mode: RestoreMode) => void;
}) {
  return (
    <Fold
      title={mode === 'full' ? 'What to restore: everything' : 'What to restore: derived data only'}
      isOpenAtFirst={mode === 'projections'}
    >
      <RadioGroup
        className="choices"
        value={mode}
        onChange={(value) => onChange(value === 'projections' ? 'projections' : 'full')}
      >
        <Label className="visually-hidden">What is restored</Label>
        <Radio value="full" className="choice">
          <span className="dot" />
          <span>
            <b>Everything</b>
            <span className="dim">Your messages and everything derived from them. This undoes a rewind.</span>
          </span>
        </Radio>
        <Radio value="projections" className="choice">
          <span className="dot" />
          <span>
            <b>Rebuild derived data only (advanced)</b>
            <span className="dim">Your messages stay as they are.</span>
          </span>
        </Radio>
      </RadioGroup>
    </Fold>
  );
}
