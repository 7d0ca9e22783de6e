import { randomUUID } from 'node:crypto';
import { type Conversation, type FieldCorrection, SnapbackError } from '../../src/index.ts';

/** So many stay open in a folder: the one that is shown, and the one before it. Each takes private disk space. */
const MOST_OPEN = 2;

/** The conversations that are open in one folder. */
export type OpenConversations = {
  /** What a person says that the fields of events mean. It holds until the folder is closed. */
  correction: FieldCorrection | null;
  /** Keeps a conversation, and closes the oldest one if there are too many. Returns its id. */
  readonly keep: (conversation: Conversation) => string;
  /** @throws `plan-stale` for one that is not open any more */
  readonly get: (id: string) => Conversation;
  readonly close: () => void;
};

export function createOpenConversations(): OpenConversations {
  const open = new Map<string, Conversation>();
  let closed = false;
  return {
    correction: null,
    keep(conversation) {
      const id = randomUUID();
      open.set(id, conversation);
      for (const [oldest, one] of [...open].slice(0, closed ? open.size : -MOST_OPEN)) {
        open.delete(oldest);
        void one.close();
      }
      return id;
    },
    get(id) {
      const conversation = open.get(id);
      if (conversation === undefined)
        throw new SnapbackError('plan-stale', 'This conversation is not open any more.', { id });
      return conversation;
    },
    close() {
      closed = true;
      for (const one of open.values()) void one.close();
      open.clear();
    },
  };
}
