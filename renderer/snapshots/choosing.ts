import type { Key } from 'react-aria-components';

/** What going to a line does: chooses only that, adds it or takes it out, or chooses up to it from where a range began. */
export type Choosing = 'only' | 'toggle' | 'range';

/** What is chosen. A range that is extended goes from `anchor` to `end`; null: none was begun. */
export type Chosen = {
  readonly ids: ReadonlySet<Key>;
  readonly anchor: Key | null;
  readonly end: Key | null;
};

/** What is chosen after a step to the line `to`, which is one of `lines`. Never nothing: a line that is alone stays chosen. */
export function chooseLine(before: Chosen, lines: readonly Key[], to: Key, how: Choosing): Chosen {
  const { ids } = before;
  if (how === 'range') return extend(before, lines, to);
  if (how === 'only') return { ids: new Set([to]), anchor: to, end: to };
  if (!ids.has(to)) return { ids: new Set([...ids, to]), anchor: to, end: to };
  return ids.size === 1 ? before : { ...before, ids: new Set([...ids].filter((id) => id !== to)) };
}

/** Only what lies between the anchor and the range's old end may lose its place: what was chosen elsewhere stays. */
function extend({ ids, anchor, end }: Chosen, lines: readonly Key[], to: Key): Chosen {
  const isHere = (id: Key | null) => id !== null && lines.includes(id);
  const from = (isHere(anchor) ? anchor : lines.find((id) => ids.has(id))) ?? to;
  const last = isHere(anchor) && isHere(end) ? end : from;
  const old = new Set(between(lines, from, last ?? from));
  const kept = [...ids].filter((id) => !old.has(id));
  return { ids: new Set([...kept, ...between(lines, from, to)]), anchor: from, end: to };
}

function between(lines: readonly Key[], a: Key, b: Key): readonly Key[] {
  const [from, to] = [lines.indexOf(a), lines.indexOf(b)].toSorted((one, other) => one - other);
  return from === undefined || to === undefined ? [] : lines.slice(from, to + 1);
}

/** Which line has the focus once the list is `now`: the same, else the next one that is left, else the one before it. */
export function lineAfterLoss(line: Key | null, before: readonly Key[], now: readonly Key[]): Key | null {
  if (line === null) return null;
  const left = new Set(now);
  const at = before.indexOf(line);
  const isLeft = (id: Key) => left.has(id);
  return before.slice(at).find(isLeft) ?? before.slice(0, at).findLast(isLeft) ?? null;
}
