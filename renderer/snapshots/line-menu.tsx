import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Key } from 'react-aria-components';
import { later } from '../parts/later.tsx';
import type { Pair } from '../parts/pair.ts';
import { useContextMenu } from '../parts/use-context-menu.ts';
import type { LineAction } from './line-actions.tsx';

const lineActions = later(async () => (await import('./line-actions.tsx')).LineActions);

export type LineMenuProps = {
  readonly selected: ReadonlySet<Key>;
  /** The two that are selected; null: not two. */
  readonly pair: Pair | null;
  readonly onSelect: (ids: ReadonlySet<Key>) => void;
  readonly onAction: (action: LineAction) => void;
  /** Delete was pressed on a line. */
  readonly onPrune: (id: Key) => void;
  readonly children: ReactNode;
};

/**
 * The menu of a line. A line that is not selected is selected first. Delete asks to prune it; like the menu it
 * only opens the dialog.
 */
export function LineMenu({ selected, pair, onSelect, onAction, onPrune, children }: LineMenuProps) {
  const area = useRef<HTMLDivElement>(null);
  const [wasOpen, setWasOpen] = useState(false);
  const menu = useContextMenu(area, (target) => {
    const line = target.closest<HTMLElement>('.snap');
    const id = line?.dataset.key;
    if (line === null || id === undefined) return null;
    if (!selected.has(id)) onSelect(new Set([id]));
    setWasOpen(true);
    return line;
  });
  const obey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Delete' || !(event.target instanceof Element)) return;
    const id = event.target.closest<HTMLElement>('.snap')?.dataset.key;
    if (id === undefined) return;
    event.preventDefault();
    onPrune(id);
  });
  useEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.addEventListener('keydown', obey);
    return () => element.removeEventListener('keydown', obey);
  }, []);

  return (
    <div className="list-area" ref={area}>
      {children}
      {wasOpen && (
        <lineActions.View menu={menu} several={selected.size > 1} pair={pair} onAction={onAction} />
      )}
    </div>
  );
}
