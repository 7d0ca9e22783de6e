import { useLayoutEffect, useRef, useState } from 'react';
import {
  type Key,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
} from 'react-aria-components';
import type { Theme } from '../../electron/contract.ts';
import { Icon } from '../parts/icons.tsx';
import { MoreButton } from './more-button.tsx';

export type MoreMenuProps = {
  readonly isDemo: boolean;
  /** Somebody pressed the button before the menu was here. */
  readonly isOpenAtFirst: boolean;
  readonly theme: Theme;
  readonly onCommand: (
    command: 'open-backup' | 'reveal' | 'history' | 'protection' | 'trash' | 'help',
  ) => void;
  readonly onTheme: (theme: Theme) => void;
  readonly onFreshDemo: () => void;
  readonly onClose: () => void;
};

const THEMES: readonly (readonly [theme: Theme, name: string])[] = [
  ['system', 'System colours'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** What is seldom done with the whole folder, and the colours of the window. */
export function MoreMenu(props: MoreMenuProps) {
  const { isDemo, theme, onCommand, isOpenAtFirst } = props;
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  useLayoutEffect(() => {
    if (!isOpenAtFirst) return;
    // The button that was pressed is gone with its focus, to which the menu would return.
    button.current?.focus();
    setOpen(true);
  }, [isOpenAtFirst]);
  const pick = (key: Key) => {
    const picked = THEMES.find(([id]) => id === key);
    if (picked !== undefined) props.onTheme(picked[0]);
    else if (key === 'close') props.onClose();
    else if (key === 'fresh-demo') props.onFreshDemo();
    else if (
      key === 'open-backup' ||
      key === 'reveal' ||
      key === 'history' ||
      key === 'protection' ||
      key === 'trash' ||
      key === 'help'
    )
      onCommand(key);
  };
  return (
    <MenuTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <MoreButton ref={button} />
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" onAction={pick}>
          <MenuSection aria-label="Folder">
            <MenuItem id="open-backup">Open a backup…</MenuItem>
            <MenuItem id="reveal">Reveal the folder</MenuItem>
            <MenuItem id="history">History…</MenuItem>
            <MenuItem id="protection">Protection…</MenuItem>
            <MenuItem id="trash">Show trash</MenuItem>
            <MenuItem id="help">Keyboard shortcuts</MenuItem>
            {isDemo && <MenuItem id="fresh-demo">Build a fresh demo</MenuItem>}
            <MenuItem id="close">Close this folder</MenuItem>
          </MenuSection>
          <Separator />
          <MenuSection
            aria-label="Colours"
            selectionMode="single"
            selectedKeys={[theme]}
            disallowEmptySelection
          >
            {THEMES.map(([id, name]) => (
              <MenuItem key={id} id={id} textValue={name}>
                <span className="menu-check">{theme === id && <Icon name="check" />}</span>
                {name}
              </MenuItem>
            ))}
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
