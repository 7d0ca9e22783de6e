import { Button } from 'react-aria-components';
import type { ConversationMessage, MessageRow } from '../../src/model/conversation.ts';
import {
  isPerson,
  kindTitle,
  messageTime,
  payloadWords,
  rowTitle,
  STATE_WORDS,
  type StateWords,
  speakerWords,
} from '../../words/conversation.ts';
import { formatNumber } from '../../words/numbers.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import { Icon } from '../parts/icons.tsx';
import { inPlace } from '../parts/in-place.ts';

type MessageLineProps = Omit<SaidProps, 'message'> & {
  /** Null until it is read. */
  readonly message: ConversationMessage | null;
};

type SaidProps = {
  readonly message: ConversationMessage;
  readonly persons: readonly string[];
  /** What its state is called, and that of the events that belong to it. */
  readonly states: StateWords;
  readonly onWhole: () => void;
  /** Whether Tab reaches what can be done with it. */
  readonly isActive: boolean;
  /** Opens the menu of this message, next to an element. */
  readonly onMenu: (anchor: HTMLElement) => void;
};

/** A message as a bubble, with what belongs to it beside it; or an event that says nothing, as a line. Plain text only. */
export function MessageLine({ message, ...rest }: MessageLineProps) {
  if (message === null)
    return (
      <div className="said">
        <div className="bubble unread" aria-hidden="true" />
      </div>
    );
  return <Said message={message} {...rest} />;
}

function Said({ message, persons, states, onWhole, isActive, onMenu }: SaidProps) {
  const now = useNow();
  const { short, exact } = messageTime(message.ts, now);
  const { state, text } = message;
  const more = (
    <Button
      className="button quiet icon-only message-more"
      aria-label="More about this message"
      excludeFromTabOrder={!isActive}
      onPress={({ target }) => target instanceof HTMLElement && onMenu(target)}
    >
      <Icon name="more" />
    </Button>
  );
  if (text === null)
    return (
      <div className="said">
        <p className={`event-line ${state}`} title={message.payload ?? ''}>
          <b>
            <bdi>{kindTitle(message.kind)}</bdi>
          </b>
          <BesideTitle state={states[state]} />
          <span dir="auto" className="payload">
            {payloadWords(message.payload)}
          </span>
          {more}
        </p>
        <SideNotes message={message} states={states} />
      </div>
    );
  return (
    <div className={isPerson(message.speaker, persons) ? 'said own' : 'said'}>
      <div className={`bubble ${state}`}>
        <p className="bubble-head">
          <bdi className="speaker" title={message.speaker ?? ''}>
            {speakerWords(message)}
          </bdi>
          {short !== '' && (
            <>
              {' · '}
              <time title={exact}>{short}</time>
            </>
          )}
          {state !== 'kept' && (
            <>
              {' · '}
              <span className="state">{states[state]}</span>
            </>
          )}
          {more}
        </p>
        <p dir="auto" className="bubble-text">
          {text}
          {message.cut && '…'}
        </p>
        {message.cut && (
          <Button className="button quiet" onPress={onWhole}>
            Show more of it
          </Button>
        )}
      </div>
      <SideNotes message={message} states={states} />
    </div>
  );
}

/** The events and the rows that belong to a message. */
function SideNotes({ message, states }: Pick<SaidProps, 'message' | 'states'>) {
  const rules = useRules();
  const { notes, rows, moreRows } = message;
  const all = [
    ...notes.map(({ kind, ...note }) => ({ ...note, title: kindTitle(kind), called: states[note.state] })),
    ...rows.map(({ table, ...row }) => ({
      ...row,
      title: rowTitle(table, rules),
      called: STATE_WORDS[row.state],
    })),
  ];
  if (all.length === 0) return null;
  return (
    <ul className="side-notes" aria-label="Belongs to this message">
      {inPlace(all).map(({ key, item: note }) => (
        <Note key={key} {...note} />
      ))}
      {moreRows > 0 && <li className="side-note">and {formatNumber(moreRows)} more, which Rows shows</li>}
    </ul>
  );
}

/** The kind of an event may end like a sentence with its state or its content, so each is set off. */
function BesideTitle({ state }: { readonly state: string }) {
  return (
    <>
      {' · '}
      {state !== '' && (
        <>
          <span className="state">{state}</span>
          {' · '}
        </>
      )}
    </>
  );
}

type NoteProps = Pick<MessageRow, 'state'> & {
  readonly title: string;
  readonly called: string;
  readonly payload: string | null;
};

function Note({ title, payload, state, called }: NoteProps) {
  const words = payloadWords(payload);
  return (
    <li className={`side-note ${state}`} title={words}>
      <b>
        <bdi>{title}</bdi>
      </b>
      <BesideTitle state={called} />
      <span dir="auto" className="payload">
        {words}
      </span>
    </li>
  );
}
