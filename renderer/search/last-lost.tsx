import { GridList, GridListItem } from 'react-aria-components';
import type { Loss } from '../../src/model/happened.ts';
import { formatMoment } from '../../words/moments.ts';
import { useNow } from '../ask/now.ts';
import type { ChosenHit } from './use-search-panel.ts';

export type LastLostProps = { readonly loss: Loss | null; readonly onOpen: (hit: ChosenHit) => void };

/** The messages that the newest rewind took last, for whoever has not typed anything yet. */
export function LastLost({ loss, onOpen }: LastLostProps) {
  const now = useNow();
  const messages = (loss?.lastMessages ?? []).toReversed();
  if (loss === null || messages.length === 0)
    return (
      <div className="empty">
        <p className="empty-title">Type what you remember of it</p>
        <p>A word is enough. Every snapshot and the database are searched; case and accents do not matter.</p>
      </div>
    );
  return (
    <>
      <p className="search-count">The last messages that were lost. Or type what you remember.</p>
      <GridList
        className="hits"
        aria-label="The last messages that were lost"
        items={messages.map((message) => ({ id: String(message.event), message }))}
        onAction={(event) =>
          onOpen({
            snapshotId: loss.snapshotId,
            sought: { view: 'conversation', event: String(event) },
          })
        }
      >
        {({ message: { speaker, chatName, chat, text, at } }) => (
          <GridListItem className="hit-line" textValue={text.slice(0, 200)}>
            <div className="hit lost">
              <p className="hit-head">
                <bdi className="hit-who">{speaker ?? 'Message'}</bdi>
                {(chatName ?? chat) !== null && <bdi className="hit-chat">in {chatName ?? chat}</bdi>}
                {at !== null && <time dateTime={at}>{formatMoment(at, now)}</time>}
                <span className="hit-gone">lost</span>
              </p>
              <p className="hit-text" dir="auto">
                {text}
              </p>
            </div>
          </GridListItem>
        )}
      </GridList>
    </>
  );
}
