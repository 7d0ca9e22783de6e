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
  /** Null where no part can be restored. */
  readonly onRestoreChat: (() => void) | null;
  /** Null where this message cannot be restored, or is there. */
  readonly onRestoreMessage: (() => void) | null;
  /** Chooses messages from this one on; null where messages cannot be restored. */
  readonly onFromHere: (() => void) | null;
  /** Chooses messages up to this one; null where none was chosen. */
  readonly onToHere: (() => void) | null;
};

/** What can be done with one message. */
export function MessageMenu({ menu, message, onHistory, onWhole, ...props }: MessageMenuProps) {
  const { onRestore, onRestoreChat, onRestoreMessage, onFromHere, onToHere } = props;
  return (
    <ContextMenu
      menu={menu}
      label="Message"
      disabledKeys={onHistory === null ? ['history'] : []}
      onAction={(key) => {
        if (key === 'history') onHistory?.();
        else if (key === 'whole') onWhole();
        else if (key === 'restore-chat') onRestoreChat?.();
        else if (key === 'restore-message') onRestoreMessage?.();
        else if (key === 'from-here') onFromHere?.();
        else if (key === 'to-here') onToHere?.();
        else onRestore?.();
      }}
    >
      <MenuItem id="history">History of this</MenuItem>
      {message?.cut === true && <MenuItem id="whole">Show more of it</MenuItem>}
      {onRestoreMessage !== null && <MenuItem id="restore-message">Bring back this message…</MenuItem>}
      {onFromHere !== null && <MenuItem id="from-here">Select messages from here</MenuItem>}
      {onToHere !== null && <MenuItem id="to-here">Select messages to here</MenuItem>}
      {message?.state === 'lost' && onRestore !== null && <MenuItem id="restore">Bring all back…</MenuItem>}
      {onRestoreChat !== null && <MenuItem id="restore-chat">Bring back only this chat…</MenuItem>}
    </ContextMenu>
  );
}
