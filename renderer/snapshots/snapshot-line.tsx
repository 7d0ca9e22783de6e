import type { ListedSnapshot } from '../../electron/contract.ts';
import { type Held, lineDetail, lineTitle } from '../../words/listing.ts';
import { formatClock, formatUtc } from '../../words/moments.ts';
import { type ListFacts, tagOf } from '../../words/snapshots.ts';
import { useExactness } from '../ask/exactness.ts';
import { useTold } from '../ask/now.ts';

type LineProps = {
  readonly snapshot: ListedSnapshot;
  /** What the line is compared with. */
  readonly facts: ListFacts;
  /** What the timeline tells about it. */
  readonly held: Held;
};

/** The content of a line. It is drawn again when the time changes its words. */
export function SnapshotLine({ snapshot, facts, held }: LineProps) {
  const exact = useExactness()(snapshot.takenAt);
  const detail = useTold((now) => lineDetail(snapshot, held, { ...facts, now }));
  const title = lineTitle(snapshot, held);
  return (
    <>
      <span className={`snap-shape ${snapshot.kind.replace('@', '')}`} aria-hidden="true" />
      <span className="snap-title" title={title} dir="auto">
        {title}
      </span>{' '}
      <time className="snap-time" dateTime={snapshot.takenAt} title={formatUtc(snapshot.takenAt)}>
        {formatClock(snapshot.takenAt, exact)}
      </time>{' '}
      <LineTag snapshot={snapshot} />{' '}
      <span className="snap-detail" title={detail}>
        {detail}
      </span>
    </>
  );
}

function LineTag({ snapshot }: Pick<LineProps, 'snapshot'>) {
  const text = useTold((now) => tagOf(snapshot, now)?.text ?? '');
  const tone = useTold((now) => tagOf(snapshot, now)?.tone ?? 'plain');
  const means = useTold((now) => tagOf(snapshot, now)?.means ?? '');
  return text === '' ? null : (
    <span className={`tag ${tone}`} title={means}>
      {text}
    </span>
  );
}
