import type { ListedSnapshot } from '../../electron/contract.ts';
import type { PrunePlan } from '../../src/model.ts';
import { useNow } from '../now.ts';
import { formatMoment } from '../time.ts';
import { count, formatBytes, kindOf, kindWords } from '../words.ts';

type Stay = PrunePlan['stays'][number];

const STAY_WORDS: { readonly [R in Stay['reason']]: string } = {
  'needed-by-undo': 'Undo of the newest restore needs it',
  'needed-at-next-start':
    'the chat app’s next start needs it: an older one would bring back what the restore undid',
  'safety-copy-too-young': 'a young safety copy only goes when picked by hand',
  unreadable: 'it can’t be read, so it is kept',
};

export type PrunePlanViewProps = {
  readonly plan: PrunePlan | null;
  /** The rule matches nothing. */
  readonly none: boolean;
  readonly snapshots: readonly ListedSnapshot[];
};

/** What would go, what would stay although it was meant, and the space. */
export function PrunePlanView({ plan, none, snapshots }: PrunePlanViewProps) {
  const now = useNow();
  const healthOf = (id: string) => snapshots.find((snapshot) => snapshot.id === id)?.health;
  if (plan === null)
    return <p className="plan-head dim">{none ? 'Nothing matches: nothing would go.' : 'Counting…'}</p>;
  const line = (id: string, takenAt: string) => `${kindWords(kindOf(id)).one}, ${formatMoment(takenAt, now)}`;
  return (
    <div className="plan" role="status">
      <p className="plan-head">
        {plan.goes.length === 0 ? (
          <span className="dim">Nothing matches: nothing would go.</span>
        ) : (
          <>
            <b className="gone">{count(plan.goes.length, 'snapshot')}</b> would go, {formatBytes(plan.bytes)}.
            They lie in the trash until you empty it.
          </>
        )}
      </p>
      <ul className="plan-list">
        {plan.goes.map(({ id, takenAt, sizeBytes }) => (
          <li key={id}>
            <span>{line(id, takenAt)}</span>
            {healthOf(id) === 'damaged' && <span className="tag bad">damaged</span>}
            <span className="dim size">{formatBytes(sizeBytes)}</span>
          </li>
        ))}
        {plan.stays.map(({ id, reason }) => (
          <li key={id} className="stays">
            <span>{id}</span>
            <span>stays: {STAY_WORDS[reason]}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
