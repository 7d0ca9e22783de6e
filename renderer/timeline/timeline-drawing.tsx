import type { Timeline, TimelineRewind } from '../../src/model/timeline.ts';
import { formatTick } from '../../words/moments.ts';
import { quietWords, rewindWords, tookWords } from '../../words/timeline.ts';
import { type Axis, BAR_WIDTH, type Fold } from './axis.ts';

const HEIGHT = 96;
/** Where the axis is, in pixels from the top. */
export const BASE = 66;
/** The room that “now” takes at the right end. */
export const NOW_WIDTH = 44;
const TOP = 22;
/** So that the last time of the axis is not cut off. */
const TICK_ROOM = 60;
/** The least width of a label, in pixels for each character. */
const LETTER_WIDTH = 6.2;
/** Signs of folds that are nearer to each other than this, in pixels, cannot be told apart. */
const LEAST_FOLD_DISTANCE = 8;

export type TimelineDrawingProps = {
  readonly axis: Axis;
  readonly timeline: Timeline;
  readonly width: number;
  /** The moment called “now”, in milliseconds since 1970. */
  readonly end: number;
  readonly today: Date;
  /** What is drawn, in pixels: a wide timeline is drawn only where it can be seen. */
  readonly seen: readonly [from: number, to: number];
};

/** What the timeline shows besides its marks. A screen reader gets the same from the table. */
export function TimelineDrawing({ axis, timeline, width, end, today, seen }: TimelineDrawingProps) {
  const isSeen = (from: number, to = from) => to >= seen[0] && from <= seen[1];
  const nowX = axis.xOf(end);
  return (
    <svg className="timeline-drawing" width={width} height={HEIGHT} aria-hidden="true">
      <defs>
        <pattern
          id="rewound"
          width="7"
          height="7"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect className="rewound-ground" width="7" height="7" />
          <line className="rewound-line" x1="0" y1="0" x2="0" y2="7" />
        </pattern>
      </defs>
      <g className="timeline-bars">
        {axis.bars
          .filter(({ x }) => isSeen(x))
          .map(({ x, height }) => {
            const tall = Math.max(2, height * (BASE - TOP));
            return <rect key={x} x={x} y={BASE - tall} width={BAR_WIDTH - 1} height={tall} />;
          })}
      </g>
      <line className="timeline-axis" x1={0} x2={width} y1={BASE + 0.5} y2={BASE + 0.5} />
      {thinOut(axis.folds)
        .filter((fold) => isSeen(fold.x, fold.x + fold.width))
        .map((fold) => (
          <path
            key={fold.from}
            className="timeline-fold"
            d={`M${fold.x + fold.width / 2 - 3} ${BASE + 5} l6 -10`}
          >
            <title>{quietWords(fold.to - fold.from)}</title>
          </path>
        ))}
      <Rewinds axis={axis} rewinds={timeline.rewinds} today={today} isSeen={isSeen} />
      {timeline.restores.map(({ at, to }) => {
        const [right, left] = [axis.xOf(at), axis.xOf(to)];
        if (!isSeen(left, right)) return null;
        const middle = (left + right) / 2;
        return (
          <path
            key={at}
            className="timeline-restore"
            d={`M${right} ${BASE} Q${middle} ${BASE - 60} ${left} ${BASE}`}
          />
        );
      })}
      <line className="timeline-now" x1={nowX} x2={nowX} y1={14} y2={BASE + 8} />
      <g className="timeline-ticks">
        <text x={nowX + 6} y={24}>
          now
        </text>
        {axis.ticks
          .filter(({ x }) => isSeen(x - 80, x + 80) && x < width - TICK_ROOM)
          .map(({ x, time, isDay }) => (
            <text key={time} x={x + 2} y={HEIGHT - 8}>
              {formatTick(time, isDay, today)}
            </text>
          ))}
      </g>
    </svg>
  );
}

/** The folds that can be told apart. Thousands of short stretches would be a line of ink that takes long to draw. */
function thinOut(folds: readonly Fold[]): readonly Fold[] {
  let last = Number.NEGATIVE_INFINITY;
  return folds.filter(({ x, width }) => {
    const middle = x + width / 2;
    if (middle - last < LEAST_FOLD_DISTANCE) return false;
    last = middle;
    return true;
  });
}

type RewindsProps = {
  readonly axis: Axis;
  readonly rewinds: readonly TimelineRewind[];
  readonly today: Date;
  readonly isSeen: (from: number, to?: number) => boolean;
};

/** Each rewind as the span that it took. Where labels would overlap, that of the newer rewind is shown. */
function Rewinds({ axis, rewinds, today, isSeen }: RewindsProps) {
  let free = Number.POSITIVE_INFINITY;
  return rewinds.toReversed().map((rewind) => {
    const right = axis.xOf(rewind.at);
    const left = rewind.from === null ? right : Math.min(axis.xOf(rewind.from), right - 3);
    if (!isSeen(left - 200, right)) return null;
    const words = tookWords(rewind);
    const labelWidth = (words?.length ?? 0) * LETTER_WIDTH;
    const labelX = Math.max(2, Math.min(left, right - labelWidth));
    const hasRoom = words !== null && labelX + labelWidth < free;
    if (hasRoom) free = labelX - 8;
    return (
      <g key={String(rewind.event)}>
        <rect
          className="timeline-rewind"
          x={left}
          y={TOP}
          width={Math.max(2, right - left)}
          height={BASE - TOP}
          rx={Math.min(4, (right - left) / 2)}
        />
        {hasRoom && (
          <text className="timeline-took" x={labelX} y={16}>
            {words}
            <title>{rewindWords(rewind, today)}</title>
          </text>
        )}
      </g>
    );
  });
}
