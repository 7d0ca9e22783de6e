import { createContext, useContext } from 'react';
import type { ListedSnapshot } from '../../electron/contract.ts';
import type { SnapshotId } from '../../src/model/snapshots.ts';
import { type Held, lineDetail, lineTitle, NOTHING_HELD } from '../../words/listing.ts';
import { formatClock, formatUtc } from '../../words/moments.ts';
import { type ListFacts, tagOf } from '../../words/snapshots.ts';
import { useExactness } from '../ask/exactness.ts';
import { useNow } from '../ask/now.ts';

/** What the lines are compared with, and what the timeline tells about them. */
export type LineFacts = { readonly facts: ListFacts; readonly held: ReadonlyMap<SnapshotId, Held> };
export const LineContext = createContext<LineFacts | null>(null);

/**
 * The content of a line. It is a component of its own because the list caches lines, while this content changes with
 * time.
 */
export function SnapshotLine({ snapshot }: { readonly snapshot: ListedSnapshot }) {
  const now = useNow();
  const given = useContext(LineContext);
  const exact = useExactness()(snapshot.takenAt);
  const tag = tagOf(snapshot, now);
  if (given === null) return null;
  const held = given.held.get(snapshot.id) ?? NOTHING_HELD;
  const title = lineTitle(snapshot, held);
  const detail = lineDetail(snapshot, held, { ...given.facts, now });
  return (
    <>
      <span className={`snap-shape ${snapshot.kind.replace('@', '')}`} aria-hidden="true" />
      <span className="snap-title" title={title} dir="auto">
        {title}
      </span>{' '}
      <time className="snap-time" dateTime={snapshot.takenAt} title={formatUtc(snapshot.takenAt)}>
        {formatClock(snapshot.takenAt, exact)}
      </time>{' '}
      {tag !== null && <span className={`tag ${tag.tone}`}>{tag.text}</span>}{' '}
      <span className="snap-detail" title={detail}>
        {detail}
      </span>
    </>
  );
}
