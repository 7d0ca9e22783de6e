import type { SaidMessage } from '../../src/model/happened.ts';
import { formatShort } from '../../words/moments.ts';
import { useNow } from '../ask/now.ts';

/** A message that was lost, so that a person sees at once that theirs is still there. The views show all of them. */
export function LastLost({ message: { speaker, at, text } }: { readonly message: SaidMessage }) {
  const now = useNow();
  const about = [speaker, at === null ? null : formatShort(at, now), 'lost'].filter((part) => part !== null);
  return (
    <article className="last-lost" aria-label="A lost message">
      <p className="last-lost-about">
        {about.map((part, index) => (
          <span key={part}>
            {index > 0 && ' · '}
            <bdi>{part}</bdi>
          </span>
        ))}
      </p>
      <p className="last-lost-text" dir="auto" title={text}>
        {text}
      </p>
    </article>
  );
}
