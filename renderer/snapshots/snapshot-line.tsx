import { createContext, useContext } from 'react';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { type Held, lineDetail, lineTitle, NOTHING_HELD } from '../../words/listing.ts';
import { formatClock, formatUtc } from '../../words/moments.ts';
import { type ListFacts, tagOf } from '../../words/snapshots.ts';
import { useExactness } from '../ask/exactness.ts';
import { useTold } from '../ask/now.ts';

/** What the lines are compared with, and what the timeline tells about them. */
export type LineFacts = { readonly facts: ListFacts; readonly held: ReadonlyMap<SnapshotId, Held> };
export const LineContext = createContext<LineFacts | null>(null);

type LineProps = { readonly snapshot: ListedSnapshot };

/**
 * The content of a line. It is a component of its own because the list caches lines, while this content changes with
 * time.
 */
export function SnapshotLine({ snapshot }: LineProps) {
  const given = useContext(LineContext);
  const exact = useExactness()(snapshot.takenAt);
  const held = given?.held.get(snapshot.id) ?? NOTHING_HELD;
  const detail = useTold((now) =>
    given === null ? '' : lineDetail(snapshot, held, { ...given.facts, now }),
  );
  if (given === null) return null;
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

function LineTag({ snapshot }: LineProps) {
  const text = useTold((now) => tagOf(snapshot, now)?.text ?? '');
  const tone = useTold((now) => tagOf(snapshot, now)?.tone ?? 'plain');
  const means = useTold((now) => tagOf(snapshot, now)?.means ?? '');
  return text === '' ? null : (
    <span className={`tag ${tone}`} title={means}>
      {text}
    </span>
  );
}
