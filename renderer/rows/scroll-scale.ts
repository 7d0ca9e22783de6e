/*
 * A list may be higher than an element can be: 33,554,432 device pixels, which is 8,388,608 pixels of the page at four
 * device pixels each. So the element that scrolls is lower than the list, and its position stands for one in the list.
 * Wheel and keys move by the list's own pixels; only the scrollbar's thumb moves in larger steps.
 */

const HIGHEST = 8_000_000;

/** `content`: the height of the whole list; `view`: that of its visible part. */
export type ScrollSize = { readonly content: number; readonly view: number };

/** How high the element that scrolls is. */
export function scrollHeight({ content }: ScrollSize): number {
  return Math.min(content, HIGHEST);
}

/** The furthest position in the list. */
export function lastOffset({ content, view }: ScrollSize): number {
  return Math.max(0, content - view);
}

/** The position in the list that a position of the scrollbar stands for. */
export function toOffset(top: number, size: ScrollSize): number {
  const range = scrollHeight(size) - size.view;
  return range <= 0 ? 0 : Math.min(1, Math.max(0, top / range)) * lastOffset(size);
}

/** The position of the scrollbar that stands for a position in the list. */
export function toTop(offset: number, size: ScrollSize): number {
  const last = lastOffset(size);
  return last === 0 ? 0 : (offset / last) * (scrollHeight(size) - size.view);
}

/** The position nearest to `offset` at which a part of the list is visible as a whole. */
export function reveal(
  offset: number,
  { start, end }: { readonly start: number; readonly end: number },
  view: number,
): number {
  if (start < offset) return start;
  return end > offset + view ? end - view : offset;
}
