import { useCallback, useRef, useState } from 'react';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import type { Sought } from '../ask/snapshot-view.ts';

export type ChosenHit = { readonly snapshotId: SnapshotId; readonly sought: Sought };

export type SearchPanel = {
  readonly isOpen: boolean;
  readonly phrase: string;
  readonly setPhrase: (phrase: string) => void;
  readonly open: () => void;
  /** Closes it and forgets the phrase. `back`: the focus returns to where it was. */
  readonly close: (focus: 'back' | 'stays') => void;
  /** The hit for which it was closed, until that is shown. */
  readonly chosenHit: ChosenHit | null;
  readonly chooseHit: (hit: ChosenHit | null) => void;
};

/** Whether the page of hits is shown, and for which phrase. */
export function useSearchPanel(): SearchPanel {
  const [isOpen, setOpen] = useState(false);
  const [phrase, setPhrase] = useState('');
  const [chosenHit, chooseHit] = useState<ChosenHit | null>(null);
  /** What had the focus when it was opened. Noted at once, because the field gets the focus right after that. */
  const before = useRef<Element | null>(null);
  const open = useCallback(() => {
    before.current ??= document.activeElement;
    chooseHit(null);
    setOpen(true);
  }, []);
  const close = useCallback((focus: 'back' | 'stays') => {
    setOpen(false);
    setPhrase('');
    const { current } = before;
    before.current = null;
    if (focus === 'back' && current instanceof HTMLElement && current.isConnected) current.focus();
  }, []);
  return { isOpen, phrase, setPhrase, open, close, chosenHit, chooseHit };
}
