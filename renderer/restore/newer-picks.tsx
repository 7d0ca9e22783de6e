import { useState } from 'react';
import type { FolderId } from '../../electron/contract.ts';
import type { RestorePlan } from '../../src/model/restore.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { chatWords } from '../../words/events.ts';
import { MAY_REFER, PICK_NEWER, unlistedWords } from '../../words/newer.ts';
import { useRequest } from '../ask/use-request.ts';
import { ErrorNote } from '../parts/error-note.tsx';
import { Fold } from '../parts/fold.tsx';
import { Tick } from '../parts/tick.tsx';
import { Working } from '../parts/working.tsx';

export type NewerPicksProps = {
  readonly folderId: FolderId;
  readonly snapshotId: SnapshotId;
  readonly plan: Pick<RestorePlan, 'referring'>;
  /** What does not stay. */
  readonly leftOut: readonly bigint[];
  readonly onLeaveOut: (leftOut: readonly bigint[]) => void;
};

/** Which of the newer messages stay; all do at first. They are read once somebody wants to choose. */
export function NewerPicks(props: NewerPicksProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Fold title={PICK_NEWER} className="newer-picks" onExpandedChange={(open) => setOpen(isOpen || open)}>
      {isOpen && <List {...props} />}
    </Fold>
  );
}

function List({ folderId, snapshotId, plan, leftOut, onLeaveOut }: NewerPicksProps) {
  const newer = useRequest('restore.newer', { folderId, snapshotId });
  if (newer.error !== null) return <ErrorNote error={newer.error} />;
  if (newer.value === null)
    return <Working progress={newer.progress} words="Reading what was written since" />;
  const { events, more } = newer.value;
  return (
    <>
      <ul>
        {events.map(({ id, speaker, text, kind, ...event }) => (
          <li key={String(id)}>
            <Tick
              isSelected={!leftOut.includes(id)}
              onChange={(stays) => onLeaveOut(stays ? leftOut.filter((one) => one !== id) : [...leftOut, id])}
            >
              <span>
                {speaker !== null && text !== null && (
                  <>
                    <bdi>{speaker}</bdi>:{' '}
                  </>
                )}
                <bdi>{text ?? kind ?? 'an event without text'}</bdi>{' '}
                <span className="dim">
                  <bdi>{chatWords(event)}</bdi>
                </span>
                {plan.referring.some((one) => one.event === id) && <span className="gone"> {MAY_REFER}</span>}
              </span>
            </Tick>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="dim">{unlistedWords(more)}</p>}
    </>
  );
}
