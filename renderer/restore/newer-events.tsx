import type { EventMark } from '../../src/model/diff.ts';
import type { RestorePlan } from '../../src/model/restore.ts';
import { lossWords } from '../../words/plan.ts';
import { choose, count } from '../../words/plurals.ts';
import { chatWords, countWritten, writtenEvents } from '../../words/story.ts';
import { Icon } from '../parts/icons.tsx';

const MOST_CHATS = 6;

/** What was written since the snapshot and would go, by chat, with its first and last words. */
export function NewerEventsList({ plan }: { readonly plan: RestorePlan }) {
  const written = plan.newerEvents
    .filter((group) => writtenEvents(group) > 0)
    .toSorted((a, b) => Number(a.rewoundChat) - Number(b.rewoundChat) || b.events - a.events);
  if (written.length === 0) return null;
  const rest = written.slice(MOST_CHATS);
  return (
    <section className="newer" aria-label="What would go">
      <p className="newer-head">
        <Icon name="warning" />
        <span>{lossWords(plan)}</span>
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
      <p>
        {choose(plan.newerEventsLost, 'It is', 'They are')} in the safety copy: Undo brings{' '}
        {choose(plan.newerEventsLost, 'it', 'them')} back.
      </p>
    </section>
  );
}

type WordsProps = { readonly first: EventMark; readonly last: EventMark; readonly single: boolean };

function Words({ first, last, single }: WordsProps) {
  if (first.text === null && last.text === null) return null;
  return (
    <dl className="quotes">
      <dt>{single ? 'It' : 'First'}</dt>
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

/** What was said and by whom; in quotation marks unless it brings its own. Each in its own direction of writing. */
function Quote({ mark: { text, kind, speaker } }: { readonly mark: EventMark }) {
  if (text === null) return kind ?? 'an event without words';
  const said = <bdi>{/^[“"«„]/.test(text) ? text : `“${text}”`}</bdi>;
  if (speaker === null) return said;
  return (
    <>
      <bdi>{speaker}</bdi>: {said}
    </>
  );
}
