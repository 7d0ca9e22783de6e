import { randomUUID } from 'node:crypto';
import type { RequestId } from '../contract.ts';

/**
 * Something that is begun before the window asks for it. The window hears of the request under which it was begun, and
 * gets what came of it by asking with that request's id, once.
 */
export type FirstOpening<T> = {
  /** Begins it. Whatever was begun before can no longer be taken. */
  readonly begin: (open: (requestId: RequestId) => Promise<T>) => void;
  /** The request to ask with; null if nothing was begun, if it was taken, or if it is not wanted any more. */
  readonly requestId: () => RequestId | null;
  /** What was begun under this request; null for any other request, and the second time. */
  readonly take: (requestId: RequestId) => Promise<T> | null;
  /**
   * A window that starts from now on does not hear of it. One that has heard may be about to ask, and still gets it: no
   * other request may have that id meanwhile.
   */
  readonly withdraw: () => void;
};

/** One of which nothing is begun yet. */
export function createFirstOpening<T>(): FirstOpening<T> {
  let begun: { readonly requestId: RequestId; readonly opened: Promise<T>; readonly wanted: boolean } | null =
    null;
  return {
    begin(open) {
      const requestId = randomUUID();
      begun = { requestId, opened: open(requestId), wanted: true };
    },
    requestId: () => (begun?.wanted === true ? begun.requestId : null),
    take(requestId) {
      if (begun?.requestId !== requestId) return null;
      const { opened } = begun;
      begun = null;
      return opened;
    },
    withdraw() {
      if (begun !== null) begun = { ...begun, wanted: false };
    },
  };
}
