import type { Reply } from '../../electron/contract.ts';
import type { ConversationMessage } from '../../src/model/conversation.ts';

const PAGE = 50;
/** How many pages stay: several screens, whatever the chat's length. */
const MOST_PAGES = 40;
const MOST_AT_ONCE = 2;

type Page = readonly ConversationMessage[];
type Read = (from: number, limit: number) => Promise<Reply<Page>>;

/** The messages of one chat around what is shown. */
export type MessagePages = {
  /** Null while it is being read. */
  readonly get: (place: number) => ConversationMessage | null;
  /** Reads what is missing of these places, and forgets what is far from them. What was wanted before is not read any more. */
  readonly want: (places: readonly number[]) => void;
  readonly subscribe: (listener: () => void) => () => void;
  /** Increases whenever a page arrives. */
  readonly version: () => number;
};

/** Reads a chat in pages. `onFailure` is called once for each page that cannot be read. */
export function createMessagePages(
  read: Read,
  onFailure: (reply: Reply<Page> & { ok: false }) => void,
): MessagePages {
  const pages = new Map<number, Page>();
  const asked = new Set<number>();
  const failed = new Set<number>();
  const listeners = new Set<() => void>();
  let wanted: readonly number[] = [];
  let version = 0;

  function pump(): void {
    for (const page of wanted) {
      if (asked.size >= MOST_AT_ONCE) return;
      if (pages.has(page) || asked.has(page) || failed.has(page)) continue;
      asked.add(page);
      void read(page * PAGE, PAGE).then((reply) => {
        asked.delete(page);
        if (reply.ok) pages.set(page, reply.value);
        else {
          failed.add(page);
          onFailure(reply);
        }
        forget();
        version += 1;
        for (const tell of [...listeners]) tell();
        pump();
      });
    }
  }

  function forget(): void {
    const [near = 0] = wanted;
    const far = [...pages.keys()]
      .toSorted((a, b) => Math.abs(a - near) - Math.abs(b - near))
      .slice(MOST_PAGES);
    for (const page of far) pages.delete(page);
  }

  return {
    get: (place) => pages.get(Math.floor(place / PAGE))?.[place % PAGE] ?? null,
    want(places) {
      wanted = [...new Set(places.map((place) => Math.floor(place / PAGE)))];
      pump();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    version: () => version,
  };
}
