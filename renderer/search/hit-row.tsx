import type { Hit } from '../../src/model/search.ts';
import { formatMoment } from '../../words/moments.ts';
import { type Extent, excerptOf, goneWords, isGone, rowWords, stripWords } from '../../words/search.ts';
import { useNow } from '../ask/now.ts';
import { useRules } from '../ask/rules.ts';
import { useMoments } from '../parts/use-moments.ts';

/** One hit: who said it and where, the words around the phrase, and which snapshots hold it. */
export function HitRow({ hit, extent }: { readonly hit: Hit; readonly extent: Extent }) {
  const rules = useRules();
  const moments = useMoments();
  const now = useNow();
  const { event } = hit;
  const chat = event?.chatName ?? event?.chat ?? null;
  const time = event?.ts == null || Number.isNaN(Date.parse(event.ts)) ? null : event.ts;
  const gone = goneWords(hit);
  return (
    <div className={isGone(hit) ? 'hit lost' : 'hit'}>
      <p className="hit-head">
        <bdi className="hit-who">{event?.speaker ?? rowWords(hit, rules)}</bdi>
        {chat !== null && <bdi className="hit-chat">in {chat}</bdi>}
        {time !== null && <time dateTime={time}>{formatMoment(time, now)}</time>}
        {gone !== null && <span className="hit-gone">{gone}</span>}
      </p>
      <p className="hit-text" dir="auto">
        {excerptOf(hit).map(({ at, text, isMatch }) =>
          isMatch ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
        )}
      </p>
      <p className="hit-strip">{stripWords(hit, moments, extent)}</p>
    </div>
  );
}
