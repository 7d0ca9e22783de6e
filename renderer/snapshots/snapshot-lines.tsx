import { memo, type ReactNode, type Ref, useMemo, useRef } from 'react';
import { Group, type Key } from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { kindWords } from '../../words/kinds.ts';
import { type Held, lineTitle, NOTHING_HELD } from '../../words/listing.ts';
import { formatClock, formatDayHeading } from '../../words/moments.ts';
import type { ListFacts } from '../../words/snapshots.ts';
import { useToday } from '../ask/now.ts';
import { layOut } from './line-window.ts';
import { groupByDay, OPENED } from './snapshot-groups.ts';
import { SnapshotLine } from './snapshot-line.tsx';
import { useLineList } from './use-line-list.ts';

export type SnapshotLinesProps = {
  readonly snapshots: readonly ListedSnapshot[];
  readonly facts: ListFacts;
  readonly held: ReadonlyMap<SnapshotId, Held>;
  readonly selected: ReadonlySet<Key>;
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  readonly onAction: (id: Key) => void;
  /** What stands there while there is no line. */
  readonly children: ReactNode;
};

/** The lines by day, newest first. Shift or Ctrl chooses several. Only those near the screen are drawn. */
export function SnapshotLines(props: SnapshotLinesProps) {
  const { snapshots, facts, held, selected } = props;
  const today = useToday();
  const list = useRef<HTMLDivElement>(null);
  const days = useMemo(() => groupByDay(snapshots), [snapshots]);
  const groups = useMemo(() => days.map((day) => ({ ids: day.snapshots.map(({ id }) => id) })), [days]);
  const ordered = useMemo(() => days.flatMap((day) => day.snapshots), [days]);
  const heldBy = (snapshot: ListedSnapshot) => held.get(snapshot.id) ?? NOTHING_HELD;
  const textOf = (place: number) => {
    const snapshot = ordered[place];
    return snapshot === undefined
      ? ''
      : `${lineTitle(snapshot, heldBy(snapshot))} ${formatClock(snapshot.takenAt)}`;
  };
  const { lines, active, line, isDrawn, handlers } = useLineList({ ...props, groups, textOf }, list);

  const drawLine = (place: number): ReactNode => {
    const snapshot = ordered[place];
    if (snapshot === undefined) return null;
    const isActive = snapshot.id === active;
    return (
      <Line
        key={snapshot.id}
        ref={isActive ? line : null}
        snapshot={snapshot}
        facts={facts}
        held={heldBy(snapshot)}
        isActive={isActive}
        isChosen={selected.has(snapshot.id)}
        place={place}
        count={ordered.length}
      />
    );
  };
  return (
    <div
      ref={list}
      role="listbox"
      aria-label="Snapshots"
      aria-multiselectable="true"
      className="snapshot-list"
      tabIndex={active === null ? 0 : -1}
      {...handlers}
    >
      {layOut(groups, lines.heights, isDrawn).map((block) => {
        if (block.is === 'gap') return <Gap key={`gap ${block.from}`} height={block.height} />;
        const { day, takenAt } = days[block.at] ?? { day: '', takenAt: '' };
        const heading = takenAt === OPENED ? kindWords('@file').many : formatDayHeading(takenAt, today);
        return (
          <Group key={day} aria-label={heading}>
            <div role="presentation" className="group-head">
              {heading}
            </div>
            {block.parts.map((part) =>
              part.is === 'line' ? (
                drawLine(part.place)
              ) : (
                <Gap key={`gap ${part.from}`} height={part.height} />
              ),
            )}
          </Group>
        );
      })}
      {ordered.length === 0 && (
        <div role="option" aria-selected="false" tabIndex={-1} className="no-line">
          {props.children}
        </div>
      )}
    </div>
  );
}

/** In place of lines that are not drawn. */
function Gap({ height }: { readonly height: number }) {
  return <div role="presentation" style={{ height: `${height}px` }} />;
}

type LineProps = {
  readonly ref: Ref<HTMLDivElement>;
  readonly snapshot: ListedSnapshot;
  readonly facts: ListFacts;
  readonly held: Held;
  readonly isActive: boolean;
  readonly isChosen: boolean;
  readonly place: number;
  readonly count: number;
};

const Line = memo(function Line({ ref, snapshot, facts, held, ...state }: LineProps) {
  return (
    <div
      ref={ref}
      role="option"
      className="snap"
      data-key={snapshot.id}
      data-selected={state.isChosen || undefined}
      aria-selected={state.isChosen}
      aria-posinset={state.place + 1}
      aria-setsize={state.count}
      tabIndex={state.isActive ? 0 : -1}
    >
      <SnapshotLine snapshot={snapshot} facts={facts} held={held} />
    </div>
  );
});
