import type { EventMark } from '../../src/model/diff.ts';
import type { RestorePlan } from '../../src/model/restore.ts';
import { chatWords, countWritten, writtenEvents } from '../../words/events.ts';
import { lossStory, safetyWords } from '../../words/plan.ts';
import { count } from '../../words/plurals.ts';
import { Icon } from '../parts/icons.tsx';
import { StoryText } from '../parts/story-text.tsx';

const MOST_CHATS = 6;

/** The newer messages that a restore would remove, by chat, with the first and last one quoted. */
export function NewerEventsList({ plan }: { readonly plan: RestorePlan }) {
  const written = plan.newerEvents
    .filter((group) => writtenEvents(group) > 0)
    .toSorted((a, b) => Number(a.rewoundChat) - Number(b.rewoundChat) || b.events - a.events);
  const loss = lossStory(plan);
  if (loss === null) return null;
  const rest = written.slice(MOST_CHATS);
  return (
    <section className="newer-events" aria-label="What would be removed">
      <p className="newer-head">
        <Icon name="warning" />
        <span>
          <StoryText story={loss} />
        </span>
      </p>
      <ul>
        {written.slice(0, MOST_CHATS).map((group) => (
          <li key={group.chat ?? ''}>
            <b>
              <bdi>{chatWords(group)}</bdi>
            </b>{' '}
            <span className="gone">{countWritten([group])}</span>
            <Words first={group.first} last={group.last} single={writtenEvents(group) === 1} />
          </li>
        ))}
        {rest.length > 0 && (
          <li>
            {countWritten(rest)} in {count(rest.length, 'other chat')}
          </li>
        )}
      </ul>
      <p>{safetyWords(plan)}</p>
    </section>
  );
}

type WordsProps = { readonly first: EventMark; readonly last: EventMark; readonly single: boolean };

function Words({ first, last, single }: WordsProps) {
  if (first.text === null && last.text === null) return null;
  return (
    <dl className="quotes">
      <dt>{single ? 'Text' : 'First'}</dt>
      <dd>
        <Quote mark={first} />
      </dd>
      {!single && (
        <>
          <dt>Last</dt>
          <dd>
            <Quote mark={last} />
          </dd>
        </>
      )}
    </dl>
  );
}

/**
 * What was said and by whom. Adds quotation marks unless the text starts with one. Each part keeps its own writing
 * direction.
 */
function Quote({ mark: { text, kind, speaker } }: { readonly mark: EventMark }) {
  if (text === null) return kind ?? 'an event without text';
  // A quoted text may have lost its closing mark when it was shortened.
  const closed = /^“[^”]*…$/.test(text) ? `${text}”` : text;
  const said = <bdi>{/^[“"«„]/.test(text) ? closed : `“${text}”`}</bdi>;
  if (speaker === null) return said;
  return (
    <>
      <bdi>{speaker}</bdi>: {said}
    </>
  );
}
