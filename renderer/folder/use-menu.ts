import { useEffect, useEffectEvent } from 'react';
import type { MenuCommand } from '../../electron/contract.ts';
import { call, listen } from '../ask/api.ts';

/** Enables these commands in the menu as long as the folder is open, and obeys them. */
export function useMenu(possible: readonly MenuCommand[], obey: (command: MenuCommand) => void): void {
  const hear = useEffectEvent(obey);
  useEffect(() => listen((event) => event.type === 'command' && hear(event.command)), []);
  useEffect(() => void call('menu.enable', { commands: possible }), [possible]);
  useEffect(() => () => void call('menu.enable', { commands: ['open'] }), []);
  useEffect(() => {
    // Outside text fields, Chromium would undo what was last typed into one of them, and the menu would not hear the key.
    const onKeyDown = (event: KeyboardEvent): void => {
      const command = commandOf(event);
      if (command === null || isTextField(event.target)) return;
      event.preventDefault();
      if (possible.includes(command)) hear(command);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [possible]);
}

function commandOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): 'undo' | 'redo' | null {
  if (key.toLowerCase() !== 'z' || ctrlKey === metaKey || altKey) return null;
  return shiftKey ? 'redo' : 'undo';
}

/** A box to tick is an input, too, but nothing is typed into it. */
const TEXT_FIELD = 'input:not([type=checkbox], [type=radio]), textarea, [contenteditable]';

function isTextField(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches(TEXT_FIELD);
}
