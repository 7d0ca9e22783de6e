import {
  Button,
  ListBox,
  ListBoxItem,
  ListLayout,
  Popover,
  Select,
  SelectValue,
  Virtualizer,
} from 'react-aria-components';
import type { ChatSummary, ConversationOverview } from '../../src/model/conversation.ts';
import { chatCounts, chatTitle } from '../../words/conversation.ts';
import { Icon } from '../parts/icons.tsx';

const LAYOUT = { estimatedRowSize: 46 };
/** Chats with a difference come first, and then the largest ones. */
const MOST_CHATS = 2_000;

export type ChatPickerProps = {
  readonly overview: Pick<ConversationOverview, 'chats' | 'isCompared' | 'lostByRecord'>;
  readonly shown: ChatSummary;
  readonly onShow: (chat: ChatSummary) => void;
};

/** Chooses the chat that is shown. Each one says how many of its messages are lost, newer and kept. */
export function ChatPicker({ overview, shown, onShow }: ChatPickerProps) {
  const { chats } = overview;
  return (
    <Select
      className="chat-picker"
      aria-label="Chat"
      selectedKey={shown.no}
      onSelectionChange={(key) => {
        const chosen = chats.find(({ no }) => no === key);
        if (chosen !== undefined) onShow(chosen);
      }}
    >
      <Button className="button">
        <SelectValue>
          <bdi title={chatTitle(shown)}>{chatTitle(shown)}</bdi>
        </SelectValue>
        <Icon name="down" />
      </Button>
      <Popover className="popover chat-popover">
        <Virtualizer layout={ListLayout} layoutOptions={LAYOUT}>
          <ListBox
            className="menu chat-menu"
            items={chats.slice(0, MOST_CHATS).map((chat) => ({ id: chat.no, chat }))}
          >
            {({ id, chat }) => (
              <ListBoxItem id={id} textValue={chatTitle(chat)}>
                <span className="chat-line">
                  <bdi>{chatTitle(chat)}</bdi>
                  <span className="dim">{chatCounts(chat, overview)}</span>
                </span>
              </ListBoxItem>
            )}
          </ListBox>
        </Virtualizer>
      </Popover>
    </Select>
  );
}
