import type { InUse, RestoreOptions, RestorePlan } from '../../src/model/restore.ts';
import { emptyThenWords } from '../../words/diff-notes.ts';
import { closeFirstWords } from '../../words/in-use.ts';
import { timelineConsent, timelineWords } from '../../words/plan.ts';
import { orphanWords, unsureWords } from '../../words/plan-notes.ts';
import { choose, count } from '../../words/plurals.ts';
import { useRules } from '../ask/rules.ts';
import { Icon } from '../parts/icons.tsx';
import { Tick } from '../parts/tick.tsx';

export type PlanConsentsProps = {
  readonly plan: RestorePlan;
  readonly options: RestoreOptions;
  readonly inUse: InUse;
  readonly whileOpen: boolean;
  readonly onOptions: (options: RestoreOptions) => void;
  readonly onWhileOpen: (whileOpen: boolean) => void;
};

/** The consents that a plan may need. The restore button stays disabled until they are given. */
export function PlanConsents({ plan, options, inUse, whileOpen, onOptions, onWhileOpen }: PlanConsentsProps) {
  const lost = plan.schemaDrift.reduce((sum, drift) => sum + drift.loses, 0);
  const orphans = orphanWords(plan);
  const unsure = unsureWords(plan);
  const timeline = timelineWords(plan);
  const rules = useRules();
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
              <b>Close the chat app first.</b> {closeFirstWords(inUse)}
            </span>
          </p>
          <Tick isSelected={whileOpen} onChange={onWhileOpen}>
            Restore anyway
          </Tick>
        </div>
      )}
      {inUse.state === 'unknown' && (
        <p className="note">
          <Icon name="warning" />
          <span>This system can’t tell whether the chat app is running. Close it first.</span>
        </p>
      )}
      {timeline !== null && (
        <div className="consent">
          <p>
            <Icon name="warning" />
            <b>{timeline}</b>
          </p>
          <Tick
            isSelected={options.acceptOtherTimeline}
            onChange={(acceptOtherTimeline) => onOptions({ ...options, acceptOtherTimeline })}
          >
            {timelineConsent(plan)}
          </Tick>
        </div>
      )}
      {(lost > 0 || orphans !== null || unsure !== null) && (
        <div className="consent">
          {lost > 0 && (
            <p>
              <Icon name="warning" />
              <span>
                <b>{count(lost, 'value')} can’t be restored</b>; {choose(lost, 'it is', 'they are')} listed
                below.
              </span>
            </p>
          )}
          {[orphans, unsure].map(
            (words) =>
              words !== null && (
                <p key={words}>
                  <Icon name="warning" />
                  <b>{words}</b>
                </p>
              ),
          )}
          <Tick
            isSelected={options.acceptDrift}
            onChange={(acceptDrift) => onOptions({ ...options, acceptDrift })}
          >
            {consentWords(lost, orphans ?? unsure)}
          </Tick>
        </div>
      )}
      {emptyThen.map((table) => (
        <div className="consent" key={table.name}>
          <p>
            <span>{emptyThenWords(table, rules)}</span>
          </p>
          <Tick
            isSelected={options.clearTables.includes(table.name)}
            onChange={(yes) => clear(table.name, yes)}
          >
            Empty it too
          </Tick>
        </div>
      ))}
    </>
  );
}

function consentWords(lost: number, other: string | null): string {
  if (lost === 0) return 'Restore anyway';
  return other === null ? choose(lost, 'Leave it out', 'Leave them out') : 'Accept all of this';
}
