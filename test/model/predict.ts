import type { ErrorCode, RestoreMode, Selection } from '../../src/index.ts';
import { type Content, type Held, lastId, type ModelEvent } from './content.ts';

/* What a restore makes of the content, by the rules that README and architecture state, and when it is refused. */

export type Wish = {
  readonly mode: RestoreMode;
  readonly keepNewer: boolean;
  readonly selection?: Selection | undefined;
};

/** `unsure`: what is told here does not decide it; then it must be one of the two. */
export type Predicted = {
  readonly after: Held;
  readonly refused: ErrorCode | null;
  readonly unsure?: boolean;
};

/** Whether two are the same event, whatever was noted in it since. */
export function isSameEvent(a: ModelEvent, b: ModelEvent | undefined): boolean {
  return a.id === b?.id && a.kind === b.kind && a.chat === b.chat && a.text === b.text;
}

export function predictRestore(now: Held, snapshot: Held, wish: Wish): Predicted {
  if (wish.selection !== undefined) return predictPart(now, snapshot, wish.selection);
  // The tables then lag behind the log on purpose: the host replays from its own checkpoint.
  if (wish.mode === 'projections')
    return { after: { ...snapshot, log: now.log, tablesAt: null }, refused: null };
  return wish.keepNewer
    ? predictKept(now, snapshot)
    : { after: withTablesAt(snapshot, snapshot.tablesAt), refused: null };
}

/** Tables lag behind the log only where it has later events. */
function withTablesAt(content: Content, tablesAt: number | null): Held {
  const lags = tablesAt !== null && lastId(content) > tablesAt;
  return { ...content, tablesAt: lags ? tablesAt : null };
}

function predictKept(now: Held, snapshot: Held): Predicted {
  const last = lastId(snapshot);
  const isMissing = (event: ModelEvent) => !snapshot.log.some((one) => isSameEvent(one, event));
  const missing = now.log.filter(isMissing);
  const newer = missing.filter(({ kind }) => kind !== 'rewind');
  const whole = withTablesAt(snapshot, snapshot.tablesAt);
  if (newer.length === 0) return { after: whole, refused: null };
  const records = now.log.filter(({ id, kind }) => id > last && kind === 'rewind');
  const [record] = records;
  const tookNewer = record !== undefined && now.log.some(({ id, by }) => id > last && by === record.id);
  const isOther =
    newer.some(({ id }) => id <= last) ||
    missing.filter(({ kind }) => kind === 'rewind').length !== records.length;
  const log = [...snapshot.log, ...newer];
  return {
    after: withTablesAt({ ...snapshot, log }, snapshot.tablesAt ?? last),
    refused: records.length > 1 || tookNewer || isOther ? 'newer-not-kept' : null,
  };
}

function predictPart(now: Held, snapshot: Held, selection: Selection): Predicted {
  const refused = now.tablesAt !== null || snapshot.tablesAt !== null ? 'selection-refused' : null;
  if (selection.by === 'tables') {
    const part = Object.fromEntries(
      Object.entries(snapshot).filter(([name]) => selection.tables.includes(name)),
    );
    return { after: { ...now, ...part, tablesAt: null }, refused };
  }
  const chat = selection.by === 'chat' ? selection.chat : '';
  const merged = <T extends { readonly id: number | string }>(
    ofNow: readonly T[],
    then: readonly T[],
    ownerOf: (row: T) => string,
  ) =>
    [
      ...ofNow.filter((row) => ownerOf(row) !== chat),
      ...then.filter((row) => ownerOf(row) === chat),
    ].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const after = {
    log: merged(now.log, snapshot.log, (event) => event.chat),
    chats: merged(now.chats, snapshot.chats, ({ id }) => id),
    memories: merged(now.memories, snapshot.memories, ({ chat_id }) => chat_id),
    tablesAt: null,
  };
  // It is refused, too, where nothing would be in the way: a row of the chat has the id of one that was another chat's then.
  const owners = (rows: readonly { readonly id: number; readonly owner: string }[]) =>
    new Map(rows.map(({ id, owner }) => [id, owner]));
  const logs = [now, snapshot].map(({ log }) =>
    owners(log.map((event) => ({ id: event.id, owner: event.chat }))),
  );
  const memories = [now, snapshot].map((one) =>
    owners(one.memories.map(({ id, chat_id }) => ({ id, owner: chat_id }))),
  );
  const reuses = [logs, memories].some(([live, then]) =>
    [...(live ?? [])].some(([id, owner]) => {
      const other = then?.get(id) ?? owner;
      return other !== owner && [other, owner].includes(chat);
    }),
  );
  return {
    after,
    refused: refused ?? (reuses ? 'selection-refused' : null),
    unsure: reuses && refused === null,
  };
}
