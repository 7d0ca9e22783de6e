import {
  Button,
  type Key,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
} from 'react-aria-components';
import type { MenuCommand, Theme } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import { isWritable } from '../ask/writable.ts';
import { Icon } from '../parts/icons.tsx';

export type ActionsProps = {
  readonly facts: FolderFacts;
  readonly noSnapshots: boolean;
  readonly theme: Theme;
  readonly onCommand: (command: MenuCommand) => void;
  readonly onTheme: (theme: Theme) => void;
  readonly onFreshDemo: () => void;
  readonly onClose: () => void;
};

const THEMES: readonly (readonly [theme: Theme, name: string])[] = [
  ['system', 'System colours'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** Actions on the whole folder. Shown at the top, but reached by Tab after the snapshots. */
export function FolderActions(props: ActionsProps) {
  const { facts, noSnapshots, theme, onCommand } = props;
  const pick = (key: Key) => {
    const picked = THEMES.find(([id]) => id === key);
    if (picked !== undefined) props.onTheme(picked[0]);
    else if (key === 'close') props.onClose();
    else if (key === 'fresh-demo') props.onFreshDemo();
    else if (key === 'reveal' || key === 'help') onCommand(key);
  };
  return (
    <section className="actions" aria-label="Folder">
      <Button className="button" isDisabled={!isWritable(facts)} onPress={() => onCommand('take')}>
        <Icon name="camera" />
        Take snapshot
      </Button>
      <Button
        className="button"
        isDisabled={!isWritable(facts) || noSnapshots}
        onPress={() => onCommand('prune')}
      >
        <Icon name="trash" />
        Prune…
      </Button>
      <Button className="button" onPress={() => onCommand('open')}>
        <Icon name="folder" />
        Open…
      </Button>
      <MenuTrigger>
        <Button className="button quiet icon-only" aria-label="More">
          <Icon name="more" />
        </Button>
        <Popover className="popover" placement="bottom end">
          <Menu className="menu" onAction={pick}>
            <MenuSection aria-label="Folder">
              <MenuItem id="reveal">Reveal the folder</MenuItem>
              <MenuItem id="help">Keyboard shortcuts</MenuItem>
              {facts.demo && <MenuItem id="fresh-demo">Build a fresh demo</MenuItem>}
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
    </section>
  );
}
