import type { SaidMessage } from '../../src/model/happened.ts';
import { formatShort } from '../../words/moments.ts';
import { useNow } from '../ask/now.ts';

/** The last messages that were lost, as a chat shows them. */
export function LastMessages({ messages }: { readonly messages: readonly SaidMessage[] }) {
  const now = useNow();
  if (messages.length === 0) return null;
  return (
    <section className="last-messages" aria-label="The last lost messages">
      {messages.map(({ event, speaker, at, text }) => {
        const about = [speaker, at === null ? null : formatShort(at, now), 'lost'].filter(
          (part) => part !== null,
        );
        return (
          <article key={String(event)} className="bubble lost">
            <p className="bubble-about">
              {about.map((part, index) => (
                <span key={part}>
                  {index > 0 && ' · '}
                  <bdi>{part}</bdi>
                </span>
              ))}
            </p>
            <p className="bubble-text" dir="auto">
              {text}
            </p>
          </article>
        );
      })}
    </section>
  );
}
