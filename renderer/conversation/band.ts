/*
 * The list knows the height of each line of a band, a few thousand lines around the reader. What is above and below it only
 * has a height as a whole. So a line that is measured costs the same in a chat of any length.
 */

/** The height of a line that was not measured yet, in pixels. */
export const ESTIMATE = 66;
/** How many lines a band has. */
export const BAND = 2_000;
/** A reader who is nearer than this to an end of the band, in pixels, gets another band. */
const NEAR = 100 * ESTIMATE;
/** A line that is to be shown stands at least so many lines from an end of the band. */
const AROUND = 400;

export type Band = {
  /** The first line, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** The heights of all lines above and below, in pixels. */
  readonly above: number;
  readonly below: number;
};

/** The heights that were measured, by the line. */
export type Heights = ReadonlyMap<unknown, number>;

/** The height of consecutive lines in pixels. */
export function heightOf(from: number, to: number, heights: Heights): number {
  let height = (to - from) * ESTIMATE;
  for (const [line, measured] of heights)
    if (typeof line === 'number' && line >= from && line < to) height += measured - ESTIMATE;
  return height;
}

/** The band in whose middle a line is, as far as the list goes on. */
export function bandAround(line: number, count: number, heights: Heights): Band {
  const from = Math.max(0, Math.min(Math.floor(line) - BAND / 2, count - BAND));
  const to = Math.min(count, from + BAND);
  return { from, to, above: heightOf(0, from, heights), below: heightOf(to, count, heights) };
}

/** Whether a line is far enough from the ends of the band to be shown with its neighbours. */
export function holds({ from, to }: Band, line: number, count: number): boolean {
  return (from === 0 || line >= from + AROUND) && (to === count || line < to - AROUND);
}

/** What the reader sees of the list, and where the lines of the band begin and end: all in pixels from the list's top. */
export type Sight = {
  readonly top: number;
  readonly bottom: number;
  readonly bandEnds: number;
};

/** About which line the reader is at, if the band does not reach far enough around what is seen; else null. */
export function lineOutside(band: Band, count: number, { top, bottom, bandEnds }: Sight): number | null {
  const { from, to, above, below } = band;
  if (from > 0 && top < above + NEAR)
    return top < above ? (Math.max(0, top) / above) * from : from + (top - above) / ESTIMATE;
  if (to < count && bottom > bandEnds - NEAR)
    return bottom > bandEnds
      ? to + Math.min(1, (bottom - bandEnds) / below) * (count - to)
      : to - (bandEnds - bottom) / ESTIMATE;
  return null;
}
