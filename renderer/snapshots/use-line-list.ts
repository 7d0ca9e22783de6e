import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Key } from 'react-aria-components';
import { type Choosing, chooseLine, lineAfterLoss } from './choosing.ts';
import { stepByKey } from './line-keys.ts';
import type { LineGroup } from './line-window.ts';
import { findTyped, NOTHING_TYPED, typeKey } from './type-ahead.ts';
import { useLineWindow } from './use-line-window.ts';
import { useLongPress } from './use-long-press.ts';

const isMac = navigator.platform.startsWith('Mac');

export type LineListProps = {
  readonly groups: readonly LineGroup[];
  readonly selected: ReadonlySet<Key>;
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  /** Enter, or a double click. */
  readonly onAction: (id: Key) => void;
  /** What typing finds a line by. */
  readonly textOf: (place: number) => string;
};

/**
 * The behaviour of a list of lines in which several can be chosen: keys, clicks, typing, and one line that has the focus
 * when the list has it. A range goes on from where it began as long as `selected` is the set that `onSelect` was given.
 */
export function useLineList(props: LineListProps, list: RefObject<HTMLElement | null>) {
  const { groups, selected, onSelect, onAction, textOf } = props;
  const ids = useMemo(() => groups.flatMap((group) => group.ids), [groups]);
  const lines = useLineWindow(groups, list);
  const [last, setLast] = useState<{ readonly ids: readonly Key[]; readonly active: Key | null }>({
    ids,
    active: null,
  });
  const isNew = last.ids !== ids;
  const entered = isNew ? lineAfterLoss(last.active, last.ids, ids) : last.active;
  if (isNew) setLast({ ids, active: entered });
  // Until the list was entered, its first chosen line is where that begins.
  const active = entered ?? ids.find((id) => selected.has(id)) ?? null;
  const at = useMemo(() => (active === null ? -1 : ids.indexOf(active)), [ids, active]);

  const line = useRef<HTMLDivElement>(null);
  /** Also while the line that had the focus has just been replaced. */
  const hasFocus = useRef(false);
  const isToBeSeen = useRef(false);
  /** Whether that line is to stay in sight: keys led there, and nothing but keys was used since. */
  const isFollowed = useRef(false);
  const lastHeights = useRef(lines.heights);
  useLayoutEffect(() => {
    const { current } = line;
    // While a person scrolls, other lines are drawn; what else is drawn may push the line away.
    const isStill = lastHeights.current === lines.heights;
    lastHeights.current = lines.heights;
    if (hasFocus.current && current !== null) {
      if (document.activeElement !== current) current.focus({ preventScroll: true });
      if (isToBeSeen.current || (isFollowed.current && isStill)) current.scrollIntoView({ block: 'nearest' });
      isToBeSeen.current = false;
    }
    lines.look();
  });
  useEffect(() => {
    const { current } = list;
    if (current === null) return;
    // Less room, or larger letters, must not hide it.
    const sizes = new ResizeObserver(() => {
      if (hasFocus.current && isFollowed.current) line.current?.scrollIntoView({ block: 'nearest' });
    });
    sizes.observe(current);
    return () => sizes.disconnect();
  }, [list]);

  const range = useRef<{
    readonly of: ReadonlySet<Key>;
    readonly anchor: Key | null;
    readonly end: Key | null;
    /** A finger was held on a line, so taps choose more, until one line is left. */
    readonly adds: boolean;
  }>({ of: selected, anchor: null, end: null, adds: false });
  const choose = (to: Key, how: Choosing, adds = false) => {
    const { of, anchor, end } = range.current;
    const before = of === selected ? { anchor, end } : { anchor: null, end: null };
    const chosen = chooseLine({ ids: selected, ...before }, ids, to, how);
    range.current = { of: chosen.ids, anchor: chosen.anchor, end: chosen.end, adds };
    if (chosen.ids !== selected) onSelect(chosen.ids);
  };
  const enter = (id: Key) => setLast({ ids, active: id });
  // Whoever comes back after something else was chosen elsewhere is led to that.
  const begin = useEffectEvent((chosen: ReadonlySet<Key>) => {
    const isForeign = range.current.of !== chosen && entered !== null && !chosen.has(entered);
    if (isForeign && !hasFocus.current) setLast({ ids, active: null });
  });
  useEffect(() => begin(selected), [selected]);
  const goTo = (place: number) => {
    const id = ids[place];
    if (id === undefined) return;
    isToBeSeen.current = true;
    isFollowed.current = true;
    enter(id);
    lines.show(place);
  };

  const typed = useRef(NOTHING_TYPED);
  const onTyped = (event: KeyboardEvent): boolean => {
    const next = typeKey(typed.current, event, event.timeStamp);
    if (next === null) return false;
    const place = findTyped(next.text, { from: at, count: ids.length, textOf });
    typed.current = next;
    if (place !== null) goTo(place);
    // A space within a word never chooses the line.
    return place !== null || event.key === ' ';
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (ids.length === 0) return;
    const extent = { at, count: ids.length, page: (direction: -1 | 1) => lines.pageFrom(at, direction) };
    if (!onTyped(event)) {
      const step = stepByKey(event, extent, isMac);
      if (step === null || (event.repeat && step.does === 'act')) return;
      typed.current = NOTHING_TYPED;
      if (step.does === 'act') {
        if (active !== null) onAction(active);
      } else if (step.does === 'all') onSelect(new Set(ids));
      else {
        const to = ids[step.to];
        if (to !== undefined && step.choosing !== null) choose(to, step.choosing);
        goTo(step.to);
      }
    }
    event.preventDefault();
  };

  const idAt = ({ target }: { readonly target: EventTarget | null }): Key | null =>
    (target instanceof Element && target.closest<HTMLElement>('[data-key]')?.dataset.key) || null;
  const chooseBy = (event: MouseEvent) => {
    typed.current = NOTHING_TYPED;
    const id = idAt(event);
    const toggles = isMac ? event.metaKey : event.ctrlKey;
    if (id !== null) choose(id, event.shiftKey ? 'range' : toggles ? 'toggle' : 'only');
  };
  const longPress = useLongPress(list, (target) => {
    const id = idAt({ target });
    if (id === null) return;
    typed.current = NOTHING_TYPED;
    choose(id, 'toggle', true);
    enter(id);
  });
  /** Once a finger was held, a tap adds a line or takes it out, as long as nothing else has chosen since. */
  const tap = (event: MouseEvent) => {
    const { adds, of } = range.current;
    const id = idAt(event);
    if (!adds || of !== selected || id === null) return chooseBy(event);
    const isLast = selected.size === 2 && selected.has(id);
    choose(id, 'toggle', !isLast);
  };
  const stopFollowing = () => {
    isFollowed.current = false;
  };
  /** A mouse chooses when its button goes down. On a Mac, Ctrl and that button ask for the menu. */
  const onPointerDown = (event: PointerEvent) => {
    stopFollowing();
    longPress.onPointerDown(event);
    if (event.pointerType === 'mouse' && event.button === 0 && !(isMac && event.ctrlKey)) chooseBy(event);
  };
  /** A finger may yet scroll, so its tap chooses at its end; a screen reader only clicks. */
  const onClick = (event: MouseEvent) => {
    const { nativeEvent } = event;
    const by = nativeEvent instanceof window.PointerEvent ? nativeEvent.pointerType : '';
    if (by === 'touch' && !longPress.endsHere()) tap(event);
    else if (by !== 'touch' && by !== 'mouse') chooseBy(event);
  };
  const onDoubleClick = (event: MouseEvent) => {
    const id = idAt(event);
    if (id !== null && !longPress.endsHere()) onAction(id);
  };
  const onFocus = (event: FocusEvent) => {
    const isBack = !hasFocus.current;
    hasFocus.current = true;
    const id = idAt(event) ?? active ?? ids[0];
    if (id === undefined) return;
    if (active === null) choose(id, 'only');
    // Whoever comes by keyboard has to see the line, wherever the list was scrolled to meanwhile.
    if (isBack && event.target.matches(':focus-visible')) goTo(ids.indexOf(id));
    else if (id !== active || entered === null) enter(id);
    // The list itself leads to its line.
    if (event.target === list.current) line.current?.focus({ preventScroll: true });
  };
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    // When the whole window loses it, the line keeps it for later.
    hasFocus.current = currentTarget.contains(relatedTarget ?? document.activeElement);
  };

  return {
    lines,
    /** The line that Tab leads to; null: the list itself. */
    active,
    /** For the element of that line. */
    line,
    isDrawn: (place: number) => (place >= lines.from && place < lines.to) || place === at,
    handlers: {
      onKeyDown,
      onPointerDown,
      onPointerUp: longPress.onPointerUp,
      onPointerCancel: longPress.onPointerCancel,
      onClick,
      onFocus,
      onBlur,
      onWheel: stopFollowing,
      onTouchMove: stopFollowing,
      onDoubleClick,
      // Beside the lines, a click leaves the focus where it is.
      onMouseDown: (event: MouseEvent) => idAt(event) === null && event.preventDefault(),
    },
  };
}
