import { MenuItem } from 'react-aria-components';
import type { ConversationMessage } from '../../src/model/conversation.ts';
import { ContextMenu } from '../parts/context-menu.tsx';
import type { ContextMenuState } from '../parts/use-context-menu.ts';

export type MessageMenuProps = {
  readonly menu: ContextMenuState;
  readonly message: ConversationMessage | null;
  /** Null where nothing names the event at other times. */
  readonly onHistory: (() => void) | null;
  readonly onWhole: () => void;
  /** Null where nothing can be restored. */
  readonly onRestore: (() => void) | null;
};

/** What can be done with one message. */
export function MessageMenu({ menu, message, onHistory, onWhole, onRestore }: MessageMenuProps) {
  return (
    <ContextMenu
      menu={menu}
      label="Message"
      disabledKeys={onHistory === null ? ['history'] : []}
      onAction={(key) => {
        if (key === 'history') onHistory?.();
        else if (key === 'whole') onWhole();
        else onRestore?.();
      }}
    >
      <MenuItem id="history">History of this</MenuItem>
      {message?.cut === true && <MenuItem id="whole">Show more of it</MenuItem>}
      {message?.state === 'lost' && onRestore !== null && <MenuItem id="restore">Bring all back…</MenuItem>}
    </ContextMenu>
  );
}
