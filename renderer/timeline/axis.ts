import { scaleTime } from 'd3-scale';
import type { Timeline } from '../../src/model/timeline.ts';

/*
 * The axis of the timeline: which time is where. Quiet stretches are folded, so that a busy afternoon after two weeks of
 * silence does not shrink to a pixel. Pure, so that it can be asked without a window. Times are in milliseconds since 1970.
 */

type Span = Timeline['density'][number];

/** A quiet stretch that takes a fixed width, whatever its length. */
export type Fold = { readonly from: number; readonly to: number; readonly x: number; readonly width: number };
type Bar = { readonly x: number; readonly height: number };
type Tick = { readonly x: number; readonly time: number; readonly isDay: boolean };

export type Axis = {
  readonly xOf: (time: number) => number;
  /** The time at a place, the reverse of `xOf`. Beyond an end, the time of that end. */
  readonly timeOf: (x: number) => number;
  readonly folds: readonly Fold[];
  /** Heights from 0 to 1, by the square root of what was written. */
  readonly bars: readonly Bar[];
  readonly ticks: readonly Tick[];
};

export type AxisInput = {
  readonly density: readonly Span[];
  /** Other moments that must be on the axis: snapshots and now. */
  readonly moments: readonly number[];
  readonly width: number;
  /** The folds that a person has opened, by their beginning. */
  readonly opened: ReadonlySet<number>;
};

export const BAR_WIDTH = 4;
/** Enough for the words that say how long it was quiet. */
export const FOLD_WIDTH = 96;
const LEAST_FOLDED_MS = 30 * 60_000;
/** How much longer than nearly all others a stretch must be to count as quiet. */
const QUIET_TIMES = 24;
const TICK_WIDTH = 72;

export function createAxis({ density, moments, width, opened }: AxisInput): Axis {
  const spans = coverMoments(density, moments);
  const quiet = quietSpans(spans, opened);
  const foldWidth = Math.min(FOLD_WIDTH, width / 4 / Math.max(1, quiet.size));
  const busy = spans.reduce((sum, span) => sum + (quiet.has(span) ? 0 : span.to - span.from), 0);
  const perMs = busy === 0 ? 0 : (width - foldWidth * quiet.size) / busy;
  let x = 0;
  const placed = spans.map((span) => {
    const from = x;
    x += quiet.has(span) ? foldWidth : (span.to - span.from) * perMs;
    return { ...span, isFolded: quiet.has(span), x: from, width: x - from };
  });
  return {
    xOf: (time) => placeIn(placed, time),
    timeOf: (x) => timeIn(placed, x),
    folds: placed.filter(({ isFolded }) => isFolded),
    bars: barsOf(placed, width),
    ticks: ticksOf(placed),
  };
}

type Placed = Span & { readonly isFolded: boolean; readonly x: number; readonly width: number };

/** The first of spans that follow each other which does not end before something, or the last one. */
function findSpan(placed: readonly Placed[], endsBefore: (span: Placed) => boolean): Placed | undefined {
  let [low, high] = [0, placed.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    const span = placed[middle];
    if (span !== undefined && endsBefore(span)) low = middle + 1;
    else high = middle;
  }
  return placed[low];
}

/** What is before or after all spans is at their beginning or end. */
function placeIn(placed: readonly Placed[], time: number): number {
  const span = findSpan(placed, ({ to }) => to < time);
  if (span === undefined || span.to === span.from) return span?.x ?? 0;
  const share = (time - span.from) / (span.to - span.from);
  return span.x + span.width * Math.min(1, Math.max(0, share));
}

function timeIn(placed: readonly Placed[], at: number): number {
  const span = findSpan(placed, ({ x, width }) => x + width < at);
  if (span === undefined || span.width === 0) return span?.from ?? 0;
  const share = (at - span.x) / span.width;
  return span.from + (span.to - span.from) * Math.min(1, Math.max(0, share));
}

/** Adds what lies before and after the log, so that every moment has its place. Two spans never overlap. */
function coverMoments(density: readonly Span[], moments: readonly number[]): readonly Span[] {
  const [from, to] = [density[0]?.from ?? moments[0] ?? 0, density.at(-1)?.to ?? moments[0] ?? 0];
  const before = [...moments.filter((time) => time < from), from].toSorted((a, b) => a - b);
  const after = [to, ...moments.filter((time) => time > to)].toSorted((a, b) => a - b);
  const between = (times: readonly number[]) =>
    times.slice(1).map((time, index) => ({ from: times[index] ?? time, to: time, events: 0 }));
  return [...between(before), ...density, ...between(after)].filter(
    (span) => span.to > span.from || span.events > 0,
  );
}

function quietSpans(spans: readonly Span[], opened: ReadonlySet<number>): ReadonlySet<Span> {
  const lengths = spans
    .flatMap(({ from, to, events }) => (events > 0 ? [to - from] : []))
    .toSorted((a, b) => a - b);
  const usual = lengths[Math.floor(lengths.length * 0.9)] ?? 0;
  const longest = Math.max(LEAST_FOLDED_MS, usual * QUIET_TIMES);
  return new Set(spans.filter(({ from, to }) => to - from > longest && !opened.has(from)));
}

/** What was written in a span counts evenly over its width. */
function barsOf(placed: readonly Placed[], width: number): readonly Bar[] {
  const amounts = new Array<number>(Math.max(1, Math.ceil(width / BAR_WIDTH))).fill(0);
  for (const { events, isFolded, x, width: wide } of placed) {
    if (events === 0 || isFolded) continue;
    const first = Math.min(amounts.length - 1, Math.floor(x / BAR_WIDTH));
    const last = Math.min(amounts.length - 1, Math.floor((x + wide) / BAR_WIDTH));
    for (let at = first; at <= last; at += 1) amounts[at] = (amounts[at] ?? 0) + events / (last - first + 1);
  }
  const most = amounts.reduce((a, b) => Math.max(a, b));
  return amounts.flatMap((amount, at) =>
    amount === 0 ? [] : [{ x: at * BAR_WIDTH, height: Math.sqrt(amount / most) }],
  );
}

/** Round times where there is room for their words, in each stretch between two folds. */
function ticksOf(placed: readonly Placed[]): readonly Tick[] {
  const ticks: Tick[] = [];
  let stretch: Placed[] = [];
  const finish = () => {
    const [first, last] = [stretch[0], stretch.at(-1)];
    stretch = [];
    if (first === undefined || last === undefined) return;
    const wide = last.x + last.width - first.x;
    const scale = scaleTime()
      .domain([first.from, last.to])
      .range([first.x, first.x + wide]);
    const start = { x: first.x, time: first.from, isDay: true };
    const round = scale.ticks(Math.floor(wide / TICK_WIDTH / 1.5)).map((date) => ({
      x: scale(date),
      time: date.getTime(),
      isDay: date.getHours() === 0 && date.getMinutes() === 0,
    }));
    for (const tick of [start, ...round])
      if (tick.x - (ticks.at(-1)?.x ?? Number.NEGATIVE_INFINITY) >= TICK_WIDTH) ticks.push(tick);
  };
  for (const span of placed) {
    if (span.isFolded) finish();
    else stretch.push(span);
  }
  finish();
  return ticks;
}
