import type { HostDatabase } from '../host/host-database.ts';
import { readChatNames } from '../log/payload.ts';
import type { RestoredPart, Returned } from '../model/receipt.ts';
import type { RestorePlan } from '../model/restore.ts';
import { isPart } from './refusals.ts';

/* What a restore is named by afterwards: what it brought back, or the part that was selected. */

const MOST_NAMED = 20;

/** What a restore brings back to its chats. An undo is named by the restore that it takes back. */
export function sumReturned({ action, tables, returningEvents }: RestorePlan): Returned | null {
  const writesLog = tables.some((table) => table.role === 'log' && table.action === 'write');
  if (action === 'undo' || !writesLog) return null;
  const groups = returningEvents
    .map(({ chat, chatName, spoken, spokenHidden, events, hidden }) => ({
      ...{ chat, chatName, messages: spoken - spokenHidden, events: events - hidden },
    }))
    .filter(({ events }) => events > 0)
    .toSorted((a, b) => b.messages - a.messages || b.events - a.events);
  return {
    messages: groups.reduce((sum, { messages }) => sum + messages, 0),
    events: groups.reduce((sum, { events }) => sum + events, 0),
    chats: groups.length,
    named: groups.slice(0, MOST_NAMED).map(({ events: _, ...named }) => named),
  };
}

/** The part of the snapshot that is restored; null: all of it, or this is an undo. Chats have the names that they have now. */
export function describePart(database: HostDatabase, plan: RestorePlan): RestoredPart | null {
  const { selection } = plan.options;
  if (!isPart(plan)) return null;
  if (selection?.by === 'tables') return { by: 'tables', tables: selection.tables.slice(0, MOST_NAMED) };
  if (selection?.by === 'chat') {
    const { chat } = selection;
    return { by: 'chat', chat, chatName: readChatNames(database).get(chat) ?? null };
  }
  const rows = plan.tables
    .filter(({ action }) => action === 'write')
    .map(({ name, role, added, changed, removed }) => ({
      ...{ table: name, role, back: added + changed, gone: removed },
    }))
    .filter(({ back, gone }) => back + gone > 0);
  return { by: 'rows', rows: rows.slice(0, MOST_NAMED) };
}
