import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { Sought } from '../ask/snapshot-view.ts';
import { focusFirstHit } from './search-box.tsx';

export type ChosenHit = { readonly snapshotId: SnapshotId; readonly sought: Sought };

export type SearchPanel = {
  readonly isOpen: boolean;
  readonly phrase: string;
  readonly setPhrase: (phrase: string) => void;
  readonly open: () => void;
  /** Moves on to the first hit: at once, or as soon as it is there, unless the phrase changes or the focus moves on. */
  readonly enter: () => void;
  /** Whether the first hit is to get the focus once it is there. */
  readonly isEntering: boolean;
  readonly endEntering: () => void;
  /** Closes it and forgets the phrase. `back`: the focus returns to where it was. */
  readonly close: (focus: 'back' | 'stays') => void;
  /** The hit for which it was closed, until that is shown. */
  readonly chosenHit: ChosenHit | null;
  readonly chooseHit: (hit: ChosenHit | null) => void;
  /** How many were chosen. Each begins a page of its own: it may be about another view of the same snapshot. */
  readonly hits: number;
};

/** Whether the page of hits is shown, and for which phrase. */
export function useSearchPanel(): SearchPanel {
  const [isOpen, setOpen] = useState(false);
  const [phrase, setPhrase] = useState('');
  /** The phrase to whose hits the person wants to go; null: to none. */
  const [entered, setEntered] = useState<string | null>(null);
  const [chosenHit, setChosenHit] = useState<ChosenHit | null>(null);
  const [hits, setHits] = useState(0);
  /** What had the focus when it was opened. Noted at once, because the field gets the focus right after that. */
  const before = useRef<Element | null>(null);
  const chooseHit = useCallback((hit: ChosenHit | null) => {
    setChosenHit(hit);
    if (hit !== null) setHits((count) => count + 1);
  }, []);
  /** What gets the focus when it is closed. */
  const heir = useRef<HTMLElement | null>(null);
  const open = useCallback(() => {
    before.current ??= document.activeElement;
    setChosenHit(null);
    setOpen(true);
  }, []);
  const enter = useCallback(() => setEntered(focusFirstHit() ? null : phrase), [phrase]);
  const endEntering = useCallback(() => setEntered(null), []);
  const close = useCallback((focus: 'back' | 'stays') => {
    setOpen(false);
    setPhrase('');
    setEntered(null);
    const { current } = before;
    before.current = null;
    heir.current = focus === 'back' && current instanceof HTMLElement ? current : null;
  }, []);
  // It can take the focus only once it can be seen again.
  useLayoutEffect(() => {
    if (isOpen) return;
    const { current } = heir;
    heir.current = null;
    if (current?.isConnected === true) current.focus();
  }, [isOpen]);
  const isEntering = entered === phrase;
  return {
    ...{ isOpen, phrase, setPhrase, open, enter, isEntering, endEntering },
    ...{ close, chosenHit, chooseHit, hits },
  };
}
