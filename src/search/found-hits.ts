import type { FoundEvent, Hit, NotSearched, SearchResult } from '../model/search.ts';
import type { SnapshotId } from '../model/snapshots.ts';
import { holds } from './ranges.ts';
import type { Entry, KnownSource } from './row-index.ts';
import type { Match } from './scan-index.ts';

/** More hits help nobody, and all of them are kept in memory. */
const MOST_HITS = 1000;

type Version = { readonly version: number; readonly isHidden: boolean };

/** Collects hits. The same text in the same cell is one hit, in however many rows it is found. */
export function createFoundHits(chatNames: ReadonlyMap<string, string>) {
  const cells = new Map<string, { readonly match: Match; readonly versions: Version[] }>();
  const snapshots: { readonly id: SnapshotId; readonly source: KnownSource }[] = [];
  const notSearched: NotSearched[] = [];
  const keys = new Set<string>();
  let now: KnownSource | null = null;
  let more = false;

  function describe({ cell, hit, event }: Match): Hit {
    const versions = cells.get(cell)?.versions ?? [];
    const holdsAny = ({ rows }: KnownSource) => versions.some(({ version }) => holds(rows, version));
    const showsAny = ({ rows }: KnownSource) =>
      versions.some(({ version, isHidden }) => !isHidden && holds(rows, version));
    const holders = snapshots.filter(({ source }) => holdsAny(source));
    const live = now === null ? null : holdsAny(now);
    return {
      ...hit,
      in: holders.map(({ id }) => id),
      hiddenIn: holders.filter(({ source }) => !showsAny(source)).map(({ id }) => id),
      live,
      hiddenNow: live === true && now !== null && !showsAny(now),
      event: event === null ? null : toFound(event),
    };
  }

  function toFound({ chat, speaker, ts, kind }: NonNullable<Match['event']>): FoundEvent {
    return { chat, chatName: chat === null ? null : (chatNames.get(chat) ?? null), speaker, ts, kind };
  }

  return {
    describe,
    /** What the database holds. */
    knowNow(source: KnownSource): void {
      now = source;
    },
    /** What a snapshot holds. They come newest first. */
    know(id: SnapshotId, source: KnownSource): void {
      snapshots.push({ id, source });
      for (const reason of source.notes) notSearched.push({ id, reason });
    },
    miss: (one: NotSearched) => void notSearched.push(one),
    /** Whether there are more hits than are kept. */
    isFull: () => more,
    /** Whether a row can still matter. Once there are enough hits, only other versions of the same rows do. */
    isWanted: (table: string, key: Entry[2]): boolean => !more || keys.has(JSON.stringify([table, key])),
    /** True for a hit that is new. */
    add(match: Match): boolean {
      const version = { version: match.version, isHidden: match.event?.isHidden === true };
      const known = cells.get(match.cell);
      if (known !== undefined) known.versions.push(version);
      else if (cells.size >= MOST_HITS) more = true;
      else {
        cells.set(match.cell, { match, versions: [version] });
        keys.add(match.row);
        return true;
      }
      return false;
    },
    /** The names of all sources in the index. */
    names: (): ReadonlySet<string> =>
      new Set(
        [...(now === null ? [] : [now]), ...snapshots.map(({ source }) => source)].map(({ name }) => name),
      ),
    result: (): SearchResult => ({
      hits: [...cells.values()].map(({ match }) => describe(match)),
      more,
      searched: snapshots.length,
      notSearched,
    }),
  };
}
