import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { MenuCommand, Theme } from '../../electron/contract.ts';
import type { FolderFacts } from '../../src/model/folder.ts';
import { isTidyable, isWritable } from '../ask/writable.ts';
import { Icon } from '../parts/icons.tsx';
import { moreMenu } from './later-parts.ts';
import { MoreButton } from './more-button.tsx';

export type ActionsProps = {
  readonly facts: FolderFacts;
  readonly noSnapshots: boolean;
  readonly theme: Theme;
  /** Whether the code of the menu is here. */
  readonly hasMenu: boolean;
  readonly onCommand: (command: MenuCommand) => void;
  readonly onTheme: (theme: Theme) => void;
  readonly onFreshDemo: () => void;
  readonly onClose: () => void;
};

/** Actions on the whole folder. Shown at the top, but reached by Tab after the snapshots. */
export function FolderActions(props: ActionsProps) {
  const { facts, noSnapshots, onCommand } = props;
  const [wantsMenu, setWantsMenu] = useState(false);
  return (
    <section className="actions" aria-label="Folder">
      <Button className="button" isDisabled={!isWritable(facts)} onPress={() => onCommand('take')}>
        <Icon name="camera" />
        Take snapshot
      </Button>
      <Button
        className="button"
        isDisabled={!isTidyable(facts) || noSnapshots}
        onPress={() => onCommand('prune')}
      >
        <Icon name="trash" />
        Prune…
      </Button>
      <Button className="button" onPress={() => onCommand('open')}>
        <Icon name="folder" />
        Open…
      </Button>
      {props.hasMenu ? (
        <moreMenu.View
          isDemo={facts.demo}
          isOpenAtFirst={wantsMenu}
          theme={props.theme}
          onCommand={onCommand}
          onTheme={props.onTheme}
          onFreshDemo={props.onFreshDemo}
          onClose={props.onClose}
        />
      ) : (
        <MoreButton onPress={() => setWantsMenu(true)} />
      )}
    </section>
  );
}
