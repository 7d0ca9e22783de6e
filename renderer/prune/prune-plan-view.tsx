import { useMemo } from 'react';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { PrunePlan } from '../../src/model/prune.ts';
import { kindOf } from '../../words/kinds.ts';
import { formatBytes } from '../../words/numbers.ts';
import { choose, count } from '../../words/plurals.ts';
import { stayWords } from '../../words/prune.ts';
import { titleWords } from '../../words/snapshots.ts';
import { useNow } from '../ask/now.ts';
import { ScrollArea } from '../parts/scroll-area.tsx';

export type PrunePlanViewProps = {
  readonly plan: PrunePlan | null;
  /** True if the rule matches no snapshot. */
  readonly none: boolean;
  readonly snapshots: readonly ListedSnapshot[];
};

/**
 * The snapshots that would be removed, those that stay although the rule matches them, and the space. A screen reader
 * announces only the total.
 */
export function PrunePlanView({ plan, none, snapshots }: PrunePlanViewProps) {
  const now = useNow();
  const known = useMemo(() => new Map(snapshots.map((snapshot) => [snapshot.id, snapshot])), [snapshots]);
  return (
    <div className="plan">
      <p className="plan-head" role="status">
        {plan === null && !none ? (
          <span className="dim">Counting…</span>
        ) : plan === null || plan.goes.length === 0 ? (
          <span className="dim">Nothing to remove.</span>
        ) : (
          <>
            <b className="gone">{count(plan.goes.length, 'snapshot')}</b> would be removed,{' '}
            {formatBytes(plan.bytes)}. {choose(plan.goes.length, 'It stays', 'They stay')} in the trash until
            you empty it.
          </>
        )}
      </p>
      {plan !== null && (
        <ScrollArea className="plan-list" label="Snapshots of this plan">
          <ul>
            {plan.goes.map(({ id, takenAt, sizeBytes }) => (
              <li key={id}>
                <span>{titleWords({ kind: kindOf(id), takenAt }, now, 'seconds')}</span>
                {known.get(id)?.health === 'damaged' && <span className="tag bad">damaged</span>}
                <span className="dim size">{formatBytes(sizeBytes)}</span>
              </li>
            ))}
            {plan.stays.map(({ id, reason }) => (
              <li key={id} className="stays">
                <span>{nameOf(id, known.get(id), now)}</span>
                <span>stays: {stayWords(reason)}</span>
              </li>
            ))}
          </ul>
        </ScrollArea>
      )}
    </div>
  );
}

function nameOf(id: string, snapshot: ListedSnapshot | undefined, now: Date): string {
  return snapshot === undefined ? id : titleWords(snapshot, now, 'seconds');
}
