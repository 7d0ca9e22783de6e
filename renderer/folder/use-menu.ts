import { useEffect, useEffectEvent } from 'react';
import type { MenuCommand } from '../../electron/contract.ts';
import { call, listen } from '../ask/api.ts';

/** Enables these commands in the menu as long as the folder is open, and obeys them. */
export function useMenu(possible: readonly MenuCommand[], obey: (command: MenuCommand) => void): void {
  const hear = useEffectEvent(obey);
  useEffect(() => listen((event) => event.type === 'command' && hear(event.command)), []);
  useEffect(() => void call('menu.enable', { commands: possible }), [possible]);
  useEffect(() => () => void call('menu.enable', { commands: ['open'] }), []);
}
