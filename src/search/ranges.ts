/* Sets of whole numbers as sorted ranges that neither touch nor overlap: most rows of neighbouring snapshots are the same. */

/** Both ends belong to it. */
export type Range = readonly [first: number, last: number];
export type Ranges = readonly Range[];

/** What is in any of the ranges, which may come in any order and overlap. */
export function joinRanges(ranges: Iterable<Range>): Ranges {
  const joined: [number, number][] = [];
  for (const [first, last] of [...ranges].sort(([a], [b]) => a - b)) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

/** What is in `ranges` and not in `without`. */
export function subtractRanges(ranges: Ranges, without: Ranges): Ranges {
  const left: Range[] = [];
  let at = 0;
  for (const [first, last] of ranges) {
    let from = first;
    while ((without[at]?.[1] ?? Number.POSITIVE_INFINITY) < from) at += 1;
    for (let next = at; from <= last; next += 1) {
      const [start, end] = without[next] ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      if (start > last) {
        left.push([from, last]);
        break;
      }
      if (start > from) left.push([from, start - 1]);
      from = Math.max(from, end + 1);
    }
  }
  return left;
}

/** Whether a number is in one of the ranges. */
export function holds(ranges: Ranges, number: number): boolean {
  const at = firstEndingFrom(ranges, number);
  return (ranges[at]?.[0] ?? Number.POSITIVE_INFINITY) <= number;
}

/** Whether the ranges have anything in common with one more. */
export function meets(ranges: Ranges, [first, last]: Range): boolean {
  const at = firstEndingFrom(ranges, first);
  return (ranges[at]?.[0] ?? Number.POSITIVE_INFINITY) <= last;
}

/** How many numbers are in the ranges. */
export function countIn(ranges: Ranges): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** The index of the first range that ends at the number or after it. */
function firstEndingFrom(ranges: Ranges, number: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
