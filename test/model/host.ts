import { asHost, type Place } from '../support/place.ts';
import type { Way } from '../support/rewound.ts';
import { type Content, type Held, lastId, type ModelEvent } from './content.ts';

/*
 * The chat application of the model: what it does to its content as plain values, and the same in its database, where its
 * own SQL does it.
 */

export type HostAction =
  | {
      readonly do: 'append';
      readonly kind: 'message' | 'memory';
      readonly chat: string;
      readonly text: string;
    }
  | { readonly do: 'rewind'; readonly chat: string; readonly target: number }
  | { readonly do: 'rewrite'; readonly nth: number; readonly text: string };

/** How the application rewinds, and whether it gives the ids of deleted events again. */
export type HostWays = { readonly way: Way; readonly reuses: boolean };

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** The content after an event that the tables did not hold yet was applied to them. */
function project(held: Content, event: ModelEvent): Content {
  if (event.hidden !== 0) return held;
  if (event.kind === 'message') return { ...held, chats: recount(held, event.chat, 1) };
  if (event.kind !== 'memory') return held;
  const memory = { id: event.id, chat_id: event.chat, text: event.text };
  return {
    ...held,
    memories: [...held.memories.filter(({ id }) => id !== event.id), memory].sort((a, b) => a.id - b.id),
  };
}

function recount({ chats }: Content, chat: string, by: number): Content['chats'] {
  return chats.map((one) => (one.id === chat ? { ...one, messages: Math.max(0, one.messages + by) } : one));
}

/** What the application's next start makes of its content: the events that its tables lack are applied. */
export function startHost(held: Held): Held {
  const { tablesAt } = held;
  if (tablesAt === null) return held;
  const waiting = held.log.filter(({ id }) => id > tablesAt);
  return { ...held, ...waiting.reduce<Content>(project, held), tablesAt: null };
}

/** What an action makes of the content. `next`: the id of a new event. */
export function actOnContent(held: Held, action: HostAction, { way }: HostWays, next: number): Held {
  if (action.do === 'rewrite') {
    const at = held.memories.length === 0 ? -1 : action.nth % held.memories.length;
    const memories = held.memories.map((one, index) => (index === at ? { ...one, text: action.text } : one));
    return { ...held, memories };
  }
  if (action.do === 'append') {
    const { kind, chat, text } = action;
    const event = { id: next, kind, chat, text, hidden: 0, by: null };
    return { ...held, ...project({ ...held, log: [...held.log, event] }, event) };
  }
  const { chat, target } = action;
  const isLost = (event: ModelEvent) =>
    event.id > target && event.chat === chat && event.kind !== 'rewind' && event.hidden === 0;
  const messages = held.log.filter((event) => isLost(event) && event.kind === 'message').length;
  const left = way === 'deletes' ? held.log.filter((event) => !isLost(event)) : held.log;
  const flagged = left.map((event) =>
    way === 'flags' && isLost(event) ? { ...event, hidden: 1, by: next } : event,
  );
  const record = { id: next, kind: 'rewind', chat, text: `${target}`, hidden: 0, by: null };
  return {
    ...held,
    log: [...flagged, record],
    chats: recount(held, chat, -messages),
    memories: held.memories.filter((one) => one.chat_id !== chat || one.id <= target),
  };
}

/** The id that the next event gets. `highest`: the highest that was ever given. */
export function nextId(held: Held, action: HostAction, { way, reuses }: HostWays, highest: number): number {
  if (!reuses) return highest + 1;
  if (action.do !== 'rewind' || way !== 'deletes') return lastId(held) + 1;
  const { chat, target } = action;
  const left = held.log.filter(
    ({ id, kind, hidden, ...event }) =>
      id <= target || event.chat !== chat || kind === 'rewind' || hidden !== 0,
  );
  return lastId({ log: left }) + 1;
}

/** SQL of the next start: it applies what the tables lack. */
function startSql({ tablesAt }: Held): string {
  if (tablesAt === null) return '';
  const waiting = `id > ${tablesAt} AND hidden = 0`;
  return `UPDATE chats SET messages = messages + (SELECT count(*) FROM event_log WHERE ${waiting} AND kind = 'message'
      AND payload_json ->> 'chat_id' = chats.id);
    INSERT OR REPLACE INTO memories SELECT id, payload_json ->> 'chat_id', payload_json ->> 'text' FROM event_log
      WHERE ${waiting} AND kind = 'memory';`;
}

function actionSql(action: HostAction, { way }: HostWays, before: Content): string {
  const add = (kind: string, payload: string) =>
    `INSERT INTO event_log (branch_id, ts, kind, payload_json) VALUES ('main', '2026-01-01T00:00:00Z', '${kind}', ${payload});`;
  if (action.do === 'rewrite')
    return `UPDATE memories SET text = ${quoted(action.text)} WHERE id = (SELECT id FROM memories ORDER BY id LIMIT 1
      OFFSET ${action.nth} % max(1, (SELECT count(*) FROM memories)));`;
  const { chat } = action;
  if (action.do === 'append') {
    const said = add(action.kind, `json_object('chat_id', '${chat}', 'text', ${quoted(action.text)})`);
    return action.kind === 'message'
      ? `${said} UPDATE chats SET messages = messages + 1 WHERE id = '${chat}';`
      : `${said} INSERT OR REPLACE INTO memories SELECT id, '${chat}', ${quoted(action.text)} FROM event_log ORDER BY id DESC LIMIT 1;`;
  }
  const { target } = action;
  const lost = `id > ${target} AND hidden = 0 AND kind <> 'rewind' AND payload_json ->> 'chat_id' = '${chat}'`;
  const record = add('rewind', `json_object('chat_id', '${chat}', 'to_event_id', ${target})`);
  const messages = before.log.filter(
    (event) => event.id > target && event.chat === chat && event.kind === 'message' && event.hidden === 0,
  ).length;
  return `${way === 'deletes' ? `DELETE FROM event_log WHERE ${lost};` : ''} ${record}
    ${way === 'flags' ? `UPDATE event_log SET hidden = 1, superseded_by = (SELECT max(id) FROM event_log) WHERE ${lost};` : ''}
    UPDATE chats SET messages = max(0, messages - ${messages}) WHERE id = '${chat}';
    DELETE FROM memories WHERE chat_id = '${chat}' AND id > ${target};`;
}

/** Starts the application on the content that its database holds, and lets it do something. */
export function actInDatabase(place: Place, held: Held, action: HostAction | null, ways: HostWays): void {
  const started = startHost(held);
  const sql = action === null ? '' : actionSql(action, ways, started);
  asHost(place, (db) => db.exec(`BEGIN; ${startSql(held)} ${sql} COMMIT`));
}
