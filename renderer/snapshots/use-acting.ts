import { useEffect, useState } from 'react';
import type { Key } from 'react-aria-components';
import type { LineAction } from './line-actions.tsx';

type Acting = {
  readonly selected: ReadonlySet<Key>;
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  readonly onAction: (action: LineAction) => void;
};

/**
 * Does something with the line that a key or click was meant for: with all that are selected if it is one of them; else it
 * is selected first. Keys can lead to a line that is not selected, and nothing may happen to another one than that.
 */
export function useActing({ selected, onSelect, onAction }: Acting): (action: LineAction, line: Key) => void {
  const [next, setNext] = useState<{ readonly action: LineAction; readonly line: Key } | null>(null);
  useEffect(() => {
    if (next === null) return;
    setNext(null);
    if (selected.has(next.line)) onAction(next.action);
  }, [next, selected, onAction]);
  return (action, line) => {
    if (!selected.has(line)) onSelect(new Set([line]));
    setNext({ action, line });
  };
}
