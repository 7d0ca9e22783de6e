import { type ReactNode, useState } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import type { RestorePlan } from '../../src/model/restore.ts';
import {
  isByPicks,
  keepRefusal,
  type Newer,
  type NewerChoice,
  newerChoice,
  notKeptWords,
} from '../../words/newer.ts';
import { Icon } from '../parts/icons.tsx';

export type NewerChoiceProps = {
  readonly plan: RestorePlan;
  readonly newer: Newer;
  readonly onChange: (newer: Newer) => void;
  /** The choice of single ones. */
  readonly children: ReactNode;
};

/** Whether what was written since stays, is merged or is removed. Where it cannot stay, this says why and leaves the others to choose. */
export function NewerChoiceView({ plan, newer, onChange, children }: NewerChoiceProps) {
  const found = newerChoice(plan);
  const [counted, setCounted] = useState<NewerChoice | null>(null);
  const isCounted = found !== null && plan.options.merge === undefined;
  if (isCounted && found.keep.what !== counted?.keep.what) setCounted(found);
  // The words of a choice stay when it is made.
  const choice = isCounted ? found : found && (counted ?? found);
  if (choice === null) return null;
  const refusal = newer === 'keep' ? keepRefusal(plan) : null;
  // Where only what was left out stands against it, another choice among them helps.
  const canKeep = refusal === null || isByPicks(plan);
  const option = (value: Newer) => (
    <Radio value={value} className="choice" isDisabled={value === 'keep' && !canKeep}>
      <span className="dot" />
      <span>
        <b>{choice[value].what}</b>
        <span className="dim">{choice[value].after}</span>
      </span>
    </Radio>
  );
  return (
    <div className={refusal === null ? 'newer-choice' : 'newer-choice consent'}>
      {refusal !== null && (
        <p role="alert">
          <Icon name="warning" />
          <b>{notKeptWords(refusal)}</b>
        </p>
      )}
      <RadioGroup
        className="choices"
        value={canKeep ? newer : null}
        onChange={(value) => onChange(value === 'keep' || value === 'both' ? value : 'remove')}
      >
        <Label className="visually-hidden">What was written since</Label>
        {option('keep')}
        {option('both')}
        {option('remove')}
      </RadioGroup>
      {newer === 'keep' && canKeep && children}
    </div>
  );
}
