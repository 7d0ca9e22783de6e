import {
  Button,
  Checkbox,
  Disclosure,
  DisclosurePanel,
  Heading,
  Label,
  Radio,
  RadioGroup,
} from 'react-aria-components';
import type { InUse, RestoreMode, RestoreOptions, RestorePlan } from '../../src/model.ts';
import { Icon } from '../icons.tsx';
import { userWords } from '../in-use.ts';
import { count } from '../words.ts';
import { detailLines } from './plan-words.ts';

export type PlanChoicesProps = {
  readonly plan: RestorePlan;
  readonly options: RestoreOptions;
  readonly inUse: InUse;
  readonly whileOpen: boolean;
  readonly onOptions: (options: RestoreOptions) => void;
  readonly onWhileOpen: (whileOpen: boolean) => void;
};

/** The consents that a plan may need, and the secondary choices. */
export function PlanChoices({ plan, options, inUse, whileOpen, onOptions, onWhileOpen }: PlanChoicesProps) {
  const lost = plan.schemaDrift.reduce((sum, drift) => sum + drift.loses, 0);
  const emptyThen = plan.tables.filter((table) => table.state === 'empty-then');
  const clear = (name: string, yes: boolean) =>
    onOptions({
      ...options,
      clearTables: yes
        ? [...options.clearTables, name]
        : options.clearTables.filter((other) => other !== name),
    });
  return (
    <>
      {inUse.state === 'yes' && (
        <div className="consent">
          <p>
            <Icon name="warning" />
            <span>
              <b>Close the chat app first.</b> {userWords(inUse)} has the database open and would write its
              own memory over what is restored. This is looked at again all the time.
            </span>
          </p>
          <Tick isSelected={whileOpen} onChange={onWhileOpen}>
            Go on although it is open
          </Tick>
        </div>
      )}
      {lost > 0 && (
        <div className="consent">
          <p>
            <Icon name="warning" />
            <span>
              <b>{count(lost, 'value')} of the snapshot have no place in the database today</b> and would be
              left out. Details below.
            </span>
          </p>
          <Tick
            isSelected={options.acceptDrift}
            onChange={(acceptDrift) => onOptions({ ...options, acceptDrift })}
          >
            Leave them out
          </Tick>
        </div>
      )}
      {emptyThen.map((table) => (
        <div className="consent" key={table.name}>
          <p>
            <span>
              <b>{table.name}</b> was empty or did not exist yet. Its {count(table.liveRows, 'row')} stay.
            </span>
          </p>
          <Tick
            isSelected={options.clearTables.includes(table.name)}
            onChange={(yes) => clear(table.name, yes)}
          >
            Empty it too
          </Tick>
        </div>
      ))}
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
          {mode === 'full' ? 'Everything is restored' : 'Only the projections are restored'}
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
              <span className="dim">The event log and all tables derived from it. This undoes a rewind.</span>
            </span>
          </Radio>
          <Radio value="projections" className="choice">
            <span className="dot" />
            <span>
              <b>Only the projections</b>
              <span className="dim">
                The derived tables; the log stays. A repair: they lag the log until the chat app replays it.
              </span>
            </span>
          </Radio>
        </RadioGroup>
      </DisclosurePanel>
    </Disclosure>
  );
}

type TickProps = {
  readonly children: string;
  readonly isSelected: boolean;
  readonly onChange: (selected: boolean) => void;
};

function Tick({ children, isSelected, onChange }: TickProps) {
  return (
    <Checkbox className="tick" isSelected={isSelected} onChange={onChange}>
      <span className="box">
        <Icon name="check" size={12} />
      </span>
      {children}
    </Checkbox>
  );
}
