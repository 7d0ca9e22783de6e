import {
  Button,
  Disclosure,
  DisclosurePanel,
  Heading,
  Label,
  Radio,
  RadioGroup,
} from 'react-aria-components';
import type { RestoreMode, RestoreOptions, RestorePlan } from '../../src/model/restore.ts';
import { detailLines } from '../../words/plan-notes.ts';
import { Icon } from '../parts/icons.tsx';

export type PlanChoicesProps = {
  readonly plan: RestorePlan;
  readonly options: RestoreOptions;
  readonly onOptions: (options: RestoreOptions) => void;
};

/** Options and details that few people need, such as restoring derived data only. */
export function PlanChoices({ plan, options, onOptions }: PlanChoicesProps) {
  return (
    <>
      {plan.action === 'restore' && (
        <ModeChoice mode={options.mode} onChange={(mode) => onOptions({ ...options, mode })} />
      )}
      <Disclosure className="fold">
        <Heading level={3}>
          <Button slot="trigger" className="fold-button">
            <Icon name="chevron" />
            Details
          </Button>
        </Heading>
        <DisclosurePanel>
          <ul className="details">
            {detailLines(plan).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </DisclosurePanel>
      </Disclosure>
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
    <Disclosure className="fold" defaultExpanded={mode === 'projections'}>
      <Heading level={3}>
        <Button slot="trigger" className="fold-button">
          <Icon name="chevron" />
          {mode === 'full' ? 'What to restore: everything' : 'What to restore: derived data only'}
        </Button>
      </Heading>
      <DisclosurePanel>
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
              <span className="dim">
                Your messages and everything derived from them. This undoes a rewind.
              </span>
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
      </DisclosurePanel>
    </Disclosure>
  );
}
