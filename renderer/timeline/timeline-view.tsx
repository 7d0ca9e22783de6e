import {
  memo,
  startTransition,
  useDeferredValue,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { Button, type Key, Toolbar } from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { Timeline } from '../../src/model/timeline.ts';
import { markWords, quietWords } from '../../words/timeline.ts';
import { useToday, useTold } from '../ask/now.ts';
import { Icon } from '../parts/icons.tsx';
import { createAxis, FOLD_WIDTH, type Fold } from './axis.ts';
import { type Mark, orderByTime, placeMarks } from './marks.ts';
import { BASE, NOW_WIDTH, TimelineDrawing } from './timeline-drawing.tsx';
import { TimelineTable } from './timeline-table.tsx';
import { useDragging } from './use-dragging.ts';
import { useScroll } from './use-scroll.ts';
import type { KnownTimeline } from './use-timeline.ts';
import { useZoom, useZooming } from './use-zoom.ts';

const NOTHING: Timeline = { density: [], rewinds: [], restores: [], held: [], rewindsLeftOut: 0 };

/** Where there is less height than this, the page comes first, unless a person wants the timeline. */
const LOW_WINDOW = 480;

const MINUTE_MS = 60_000;

function hearSize(listener: () => void): () => void {
  window.addEventListener('resize', listener);
  return () => window.removeEventListener('resize', listener);
}

export type TimelineViewProps = {
  /** Where the log cannot be read, only the snapshots are shown; until that is known, nothing that would have to move. */
  readonly known: KnownTimeline;
  readonly snapshots: readonly ListedSnapshot[];
  readonly chosen: ReadonlySet<Key>;
  readonly onChoose: (id: SnapshotId) => void;
};

/** All that the folder remembers, on one axis of time. */
export function TimelineView({ known, snapshots, chosen, onChoose }: TimelineViewProps) {
  const isLow = useSyncExternalStore(hearSize, () => window.innerHeight < LOW_WINDOW);
  const [wanted, setWanted] = useState<boolean | null>(null);
  const isOpen = wanted ?? !isLow;
  const [isTable, setTable] = useState(false);
  const timeline = known.timeline ?? NOTHING;
  // In slices, once a minute: thousands of marks take too long to be drawn in one go.
  const end = useDeferredValue(useTold((now) => Math.ceil(now.getTime() / MINUTE_MS) * MINUTE_MS));
  return (
    <section className={isOpen ? 'timeline' : 'timeline closed'} aria-label="Timeline">
      {isOpen ? (
        <Strip
          end={end}
          timeline={timeline}
          isAnswered={known.isAnswered}
          snapshots={snapshots}
          chosen={chosen}
          onChoose={onChoose}
        />
      ) : (
        <p className="timeline-name" aria-hidden="true">
          Timeline
        </p>
      )}
      <div className="timeline-tools">
        <Button className="button quiet" onPress={() => startTransition(() => setTable(true))}>
          As table
        </Button>
        <Button
          className="button quiet icon-only"
          aria-label={isOpen ? 'Hide the timeline' : 'Show the timeline'}
          aria-expanded={isOpen}
          onPress={() => setWanted(!isOpen)}
        >
          <Icon name={isOpen ? 'down' : 'chevron'} />
        </Button>
      </div>
      {isTable && <TimelineTable timeline={timeline} snapshots={snapshots} onClose={() => setTable(false)} />}
    </section>
  );
}

/** A narrow fold is only drawn. It gets its words and opens once the timeline is zoomed in. */
function hasRoom({ width }: Fold): boolean {
  return width >= FOLD_WIDTH;
}

function markElement({ id }: Mark): string {
  return `mark-${id}`;
}

type StripProps = Omit<TimelineViewProps, 'known'> & {
  readonly timeline: Timeline;
  readonly isAnswered: boolean;
  /** The end of the current minute, in milliseconds since 1970. */
  readonly end: number;
};

const Strip = memo(TimelineStrip);

function TimelineStrip({ timeline, isAnswered, snapshots, chosen, onChoose, end }: StripProps) {
  const today = useToday();
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const [hovered, setHovered] = useState<Mark | null>(null);
  const [focused, setFocused] = useState<Mark | null>(null);
  const pane = useRef<HTMLDivElement>(null);
  const { wide, seen, onScroll } = useScroll(pane);
  const [zoom, setZoom] = useZoom();
  const width = wide * zoom.times;

  const moments = useMemo(() => orderByTime(snapshots), [snapshots]);
  const axis = useMemo(() => {
    const times = [...moments.map(({ time }) => time), end];
    return createAxis({
      density: timeline.density,
      moments: times,
      width: Math.max(1, width - NOW_WIDTH),
      opened,
    });
  }, [timeline, moments, end, width, opened]);
  useZooming(pane, { axis, zoom, onZoom: setZoom });
  useDragging(pane);
  const marks = useMemo(() => placeMarks(moments, axis.xOf), [moments, axis]);

  const focusedIds = useMemo(() => new Set(focused?.snapshots.map(({ id }) => id)), [focused]);
  const isFocused = (mark: Mark) =>
    focusedIds.size > 0 && mark.snapshots.some(({ id }) => focusedIds.has(id));
  const inSight = marks.filter((mark) => (mark.x >= seen[0] && mark.x <= seen[1]) || isFocused(mark));
  const pointed = hovered ?? focused;
  // Another zoom joins and parts marks. The focus stays on the one that has taken over the snapshot.
  useLayoutEffect(() => {
    if (focused === null || document.activeElement !== document.body) return;
    const heir = marks.find(isFocused);
    if (heir !== undefined) document.getElementById(markElement(heir))?.focus();
  });
  const [chosenId] = chosen.size === 1 ? chosen : [];

  if (!isAnswered)
    return (
      <div className="timeline-pane" ref={pane}>
        <p className="timeline-waiting">Reading the timeline…</p>
      </div>
    );
  return (
    <div className={zoom.times > 1 ? 'timeline-pane zoomed' : 'timeline-pane'} ref={pane} onScroll={onScroll}>
      <div className="timeline-all" style={{ width }}>
        <TimelineDrawing axis={axis} timeline={timeline} width={width} end={end} today={today} seen={seen} />
        {axis.folds.filter(hasRoom).map(({ from, to, x, width: room }) => (
          <Button
            key={from}
            className="timeline-quiet"
            style={{ left: x, width: room }}
            onPress={() => setOpened(new Set([...opened, from]))}
          >
            {quietWords(to - from)}
          </Button>
        ))}
        <Toolbar aria-label="Snapshots on the timeline" className="timeline-marks">
          {/* Plain buttons: there may be hundreds, and all are drawn again at each step of a zoom. */}
          {inSight.map((mark) => (
            <button
              key={mark.id}
              type="button"
              className={`timeline-mark ${mark.kind.replace('@', '')}`}
              style={{ left: mark.x, top: BASE }}
              aria-label={markWords(mark.snapshots, today)}
              aria-pressed={mark.snapshots.some(({ id }) => id === chosenId)}
              onClick={() => onChoose(mark.id)}
              id={markElement(mark)}
              onPointerEnter={() => setHovered(mark)}
              onPointerLeave={() => setHovered(null)}
              onFocus={() => setFocused(mark)}
              onBlur={() => setFocused(null)}
            >
              <span className="timeline-shape" />
            </button>
          ))}
        </Toolbar>
      </div>
      {pointed !== null && (
        <p className="timeline-said" aria-hidden="true">
          {markWords(pointed.snapshots, today)}
        </p>
      )}
    </div>
  );
}
