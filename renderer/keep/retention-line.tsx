import { Button } from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';
import { isEndangered, keptAs } from '../../words/keep.ts';
import { retentionWords } from '../../words/retention.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import { Icon } from '../parts/icons.tsx';

export type RetentionLineProps = {
  readonly snapshot: ListedSnapshot;
  /** The one that is kept from this one; null: none is. */
  readonly keptHere: ListedSnapshot | null;
  readonly onKeep: () => void;
};

/** When the snapshot is removed and why, for one that is in danger or kept. Nothing for any other. */
export function RetentionLine({ snapshot, keptHere, onKeep }: RetentionLineProps) {
  const now = useNow();
  const rules = useRules();
  const { kept, retention } = snapshot;
  if (kept !== null)
    return (
      <p className="retention">
        <span>{keptAs(kept)}</span>
        {kept.note !== null && (
          <span className="retention-note" dir="auto">
            {kept.note}
          </span>
        )}
      </p>
    );
  if (keptHere !== null)
    return <p className="retention">You keep this one: it stays until you move it to the trash.</p>;
  if (!isEndangered(retention, now)) return null;
  return (
    <p className="retention soon">
      <Icon name="warning" />
      <span>{retentionWords(retention, rules, now)}</span>
      <Button className="button" onPress={onKeep}>
        Keep…
      </Button>
    </p>
  );
}
