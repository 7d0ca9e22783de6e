import type { Key } from 'react-aria-components';

/*
 * Of a long list only the lines near the screen are drawn. Gaps stand for the others: as high as a line was when it was
 * last drawn, else as high as most are. What is drawn takes the height that it needs, so a wrong guess moves nothing that
 * is in sight: the browser keeps that where it is.
 */

const LINE = 51;
const HEADING = 34;
/** The least height of a line: more of them than fit by this are never on the screen. */
export const LEAST_LINE = 34;
/** So many lines on each side of the screen are drawn with it. */
const BEYOND = 8;
/** With fewer than so many left there, others are drawn. */
const LEAST_BEYOND = 2;

/** The lines of a list, in groups that each have a heading. */
export type LineGroup = { readonly ids: readonly Key[] };
/** Heights of lines, as they were when they were last drawn. */
export type Heights = ReadonlyMap<Key, number>;
/** The lines from `from` up to before `to`, by their places in the whole list. */
export type Range = { readonly from: number; readonly to: number };

/** `from`: the first line that it stands for. */
type Gap = { readonly is: 'gap'; readonly from: number; readonly height: number };
type DrawnLine = { readonly is: 'line'; readonly place: number };
/** `at`: the group's place among the groups. */
type DrawnGroup = { readonly is: 'group'; readonly at: number; readonly parts: readonly (Gap | DrawnLine)[] };
export type Block = Gap | DrawnGroup;

/** What stands in the list, from the top. The heights of all that is left out are in the gaps. */
export function layOut(
  groups: readonly LineGroup[],
  heights: Heights,
  isDrawn: (place: number) => boolean,
): readonly Block[] {
  let next = 0;
  const blocks = groups.map(({ ids }, at): Block => {
    const parts = ids.map((id): Gap | DrawnLine => {
      const place = next++;
      return isDrawn(place)
        ? { is: 'line', place }
        : { is: 'gap', from: place, height: heightOf(id, heights) };
    });
    const joined = joinGaps(parts);
    const [only] = joined;
    return joined.length === 1 && only?.is === 'gap'
      ? { ...only, height: HEADING + only.height }
      : { is: 'group', at, parts: joined };
  });
  return joinGaps(blocks);
}

function joinGaps<P extends { readonly is: string }>(parts: readonly (P | Gap)[]): readonly (P | Gap)[] {
  const joined: (P | Gap)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (isGap(part) && last !== undefined && isGap(last))
      joined[joined.length - 1] = { ...last, height: last.height + part.height };
    else joined.push(part);
  }
  return joined;
}

function isGap(part: { readonly is: string }): part is Gap {
  return part.is === 'gap';
}

function heightOf(id: Key, heights: Heights): number {
  return heights.get(id) ?? LINE;
}

/** A range for a screen of that height with the line `place` in its middle, whether or not there are so many. */
export function rangeAround(place: number, screen: number): Range {
  const size = Math.ceil(screen / LEAST_LINE);
  const from = place - Math.floor(size / 2);
  return { from, to: from + size };
}

/** As many lines, moved to where the list has some. */
export function within({ from, to }: Range, count: number): Range {
  const first = Math.max(0, Math.min(from, count - (to - from)));
  return { from: first, to: Math.min(count, first + to - from) };
}

/** What is to be drawn for a screen that begins at `top` and is `view` high: the same range, as long as it does. */
export function rangeFor(
  drawn: Range,
  groups: readonly LineGroup[],
  heights: Heights,
  { top, view }: { readonly top: number; readonly view: number },
): Range {
  const count = groups.reduce((sum, { ids }) => sum + ids.length, 0);
  const seen = seenAt(groups, heights, { top, view });
  const beyond = (lines: number): Range => ({
    from: Math.max(0, seen.from - lines),
    to: Math.min(count, seen.to + lines),
  });
  const least = beyond(LEAST_BEYOND);
  return drawn.from <= least.from && drawn.to >= least.to ? drawn : beyond(BEYOND);
}

function seenAt(
  groups: readonly LineGroup[],
  heights: Heights,
  { top, view }: { readonly top: number; readonly view: number },
): Range {
  const ids = groups.flatMap((group) => group.ids);
  const tops = topsOf(groups, heights);
  const found = ids.findIndex((id, place) => (tops[place] ?? 0) + heightOf(id, heights) > top);
  // Where lines are higher than was guessed, the end of the list is further down.
  const from = found === -1 ? Math.max(0, ids.length - 1) : found;
  let to = from;
  // A line that was never drawn may be lower than most.
  for (let bottom = tops[from] ?? 0; to < ids.length && bottom < top + view; to += 1)
    bottom += heights.get(ids[to] ?? '') ?? LEAST_LINE;
  return { from, to };
}

/** Where each line begins, in pixels from the top of the list. */
function topsOf(groups: readonly LineGroup[], heights: Heights): readonly number[] {
  let top = 0;
  return groups.flatMap(({ ids }) => {
    top += HEADING;
    return ids.map((id) => {
      const own = top;
      top += heightOf(id, heights);
      return own;
    });
  });
}

/** The line a page below or above the line `at`: at least the next one, and no further than what was last in sight. */
export function pageFrom(
  groups: readonly LineGroup[],
  heights: Heights,
  { at, view, direction }: { readonly at: number; readonly view: number; readonly direction: -1 | 1 },
): number {
  const tops = topsOf(groups, heights);
  const own = tops[at] ?? 0;
  // The heading that stays on top covers a part of the screen.
  const far = Math.max(0, view - HEADING - LINE);
  let to = at;
  while (tops[to + direction] !== undefined && Math.abs((tops[to + direction] ?? 0) - own) <= far)
    to += direction;
  return to === at ? Math.min(tops.length - 1, Math.max(0, at + direction)) : to;
}
