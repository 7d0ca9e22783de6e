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
import type { MenuCommand, OpenFolder, Theme } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import { inUseWords } from '../../words/in-use.ts';
import { formatBytes } from '../../words/numbers.ts';
import { count } from '../../words/plurals.ts';
import { useInUse } from '../ask/use-in-use.ts';
import { Icon } from '../parts/icons.tsx';

const LOOK_EVERY_MS = 8_000;

export type HeaderProps = {
  readonly folder: OpenFolder;
  readonly facts: FolderFacts;
  readonly noSnapshots: boolean;
  readonly theme: Theme;
  readonly onCommand: (command: MenuCommand) => void;
  readonly onTheme: (theme: Theme) => void;
  readonly onFreshDemo: () => void;
  readonly onClose: () => void;
};

const THEMES: readonly (readonly [theme: Theme, name: string])[] = [
  ['system', 'Colours of the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** Which folder this is, how its database is doing, and what can be done with the whole of it. */
export function FolderHeader({
  folder,
  facts,
  noSnapshots,
  theme,
  onCommand,
  onTheme,
  onFreshDemo,
  onClose,
}: HeaderProps) {
  const inUse = useInUse(folder.folderId, facts.inUse, LOOK_EVERY_MS);
  const pick = (key: Key) => {
    const picked = THEMES.find(([id]) => id === key);
    if (picked !== undefined) onTheme(picked[0]);
    else if (key === 'close') onClose();
    else if (key === 'fresh-demo') onFreshDemo();
    else if (key === 'reveal' || key === 'help') onCommand(key);
  };
  return (
    <header className="head">
      <span className="mark">
        <Icon name="mark" size={20} />
      </span>
      <h1 className="head-name" title={`${folder.place}/${facts.name}`}>
        {facts.name}
      </h1>
      {facts.demo && <span className="tag plain">demo</span>}
      <p className="head-facts">
        <span>
          {facts.database} · {formatBytes(facts.databaseBytes)} · {count(facts.events, 'event')}
        </span>
        {' · '}
        <span className={inUse.state === 'yes' ? 'head-use in-use' : 'head-use'}>{inUseWords(inUse)}</span>
      </p>
      <Button className="button" isDisabled={facts.viewingCopy} onPress={() => onCommand('take')}>
        <Icon name="camera" />
        Take snapshot
      </Button>
      <Button
        className="button"
        isDisabled={facts.viewingCopy || noSnapshots}
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
    </header>
  );
}
