import { Button } from 'react-aria-components';
import type { FolderId, ListedSnapshot } from '../../electron/contract.ts';
import { HELD, isEndangered, keptAs } from '../../words/keep.ts';
import { retentionWords } from '../../words/retention.ts';
import { call } from '../ask/api.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import { Icon } from '../parts/icons.tsx';

export type RetentionLineProps = {
  readonly folderId: FolderId;
  readonly snapshot: ListedSnapshot;
  /** The one that is kept from this one; null: none is. */
  readonly keptHere: ListedSnapshot | null;
  readonly onKeep: () => void;
};

/** When the snapshot is removed and why, for one that is in danger or kept, by itself or by hand. Nothing for any other. */
export function RetentionLine({ folderId, snapshot, keptHere, onKeep }: RetentionLineProps) {
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
  const isHeld = snapshot.heldAs !== null;
  if (!isHeld && !isEndangered(retention, now)) return null;
  return (
    <p className={isHeld ? 'retention held' : 'retention soon'}>
      <Icon name={isHeld ? 'check' : 'warning'} />
      <span>
        {retentionWords(retention, rules, now)} {isHeld && HELD}
      </span>
      <span className="retention-actions">
        <Button className="button" onPress={onKeep}>
          Keep…
        </Button>
        {isHeld && (
          <Button
            className="button"
            onPress={() => void call('snapshot.let-go', { folderId, snapshotId: snapshot.id })}
          >
            Don’t keep
          </Button>
        )}
      </span>
    </p>
  );
}
