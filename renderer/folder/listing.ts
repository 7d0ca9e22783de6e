import type { Key } from 'react-aria-components';
import type { ListedSnapshot } from '../../electron/contract.ts';

export const NONE: ReadonlySet<Key> = new Set();

/** The list of snapshots, and which of them are chosen. */
export type Listing = {
  /** Null while none could be read. */
  readonly snapshots: readonly ListedSnapshot[] | null;
  /** What is chosen stays so when it disappears, so that the page can say that it is gone. */
  readonly chosen: ReadonlySet<Key>;
  /** What we ourselves are moving to the trash. It may disappear: that is no news. */
  readonly leaving: ReadonlySet<Key>;
};

export type ListingEvent =
  /** Read while none of our own actions was running. */
  | { readonly type: 'read'; readonly snapshots: readonly ListedSnapshot[] }
  | { readonly type: 'checked'; readonly checked: ReadonlyMap<Key, ListedSnapshot> }
  | { readonly type: 'chosen'; readonly ids: ReadonlySet<Key> }
  /** Counts only if nothing is chosen yet. */
  | { readonly type: 'proposed'; readonly id: Key }
  /** We set out to move these. */
  | { readonly type: 'leaving'; readonly ids: ReadonlySet<Key> }
  /** The reply: these have been moved. */
  | { readonly type: 'moved'; readonly ids: ReadonlySet<Key> };

/**
 * The listing after an event. A chosen snapshot that disappears stays chosen, unless it is one that we moved: then it is
 * no longer chosen, whether the reply or the new list tells first, and even if there never is a reply.
 */
export function afterListingEvent(listing: Listing, event: ListingEvent): Listing {
  const { snapshots, chosen, leaving } = listing;
  switch (event.type) {
    case 'read': {
      const here: ReadonlySet<Key> = new Set(event.snapshots.map(({ id }) => id));
      const moved = new Set([...leaving].filter((id) => !here.has(id)));
      return { snapshots: event.snapshots, chosen: without(chosen, moved), leaving: NONE };
    }
    case 'checked':
      return {
        ...listing,
        snapshots: snapshots?.map((old) => event.checked.get(old.id) ?? old) ?? null,
      };
    case 'chosen':
      return { ...listing, chosen: event.ids };
    case 'proposed':
      return chosen.size > 0 ? listing : { ...listing, chosen: new Set([event.id]) };
    case 'leaving':
      return { ...listing, leaving: event.ids };
    case 'moved':
      return {
        ...listing,
        snapshots: snapshots?.filter(({ id }) => !event.ids.has(id)) ?? null,
        chosen: without(chosen, event.ids),
      };
  }
}

/** The same set if nothing is taken out, because the list keeps in it where a range began. */
function without(chosen: ReadonlySet<Key>, ids: ReadonlySet<Key>): ReadonlySet<Key> {
  const kept = [...chosen].filter((id) => !ids.has(id));
  return kept.length === chosen.size ? chosen : new Set(kept);
}
