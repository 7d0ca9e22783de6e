import type { ChatKey } from '../host/profile.ts';
import type { LogSample } from './choose-fields.ts';

/** A word for a chat, a separator, the chat itself, and then the same separator or the end: `chat:123:7`. */
const KEY = /^((?:chat|conversation|conv|thread|room|session)([:/|#]))[^:/|#]+(?:[:/|#]|$)/i;

/**
 * The column whose values are keys that begin with a chat, all in the same way. Where the chat was found in another field, only
 * that one is looked at.
 */
export function guessChatKey(
  { columns, rows }: LogSample,
  chat: string | undefined,
): { readonly column: string; readonly form: ChatKey } | null {
  for (const [place, column] of columns.entries()) {
    if (chat !== undefined && chat !== column) continue;
    const forms = rows.map((row) => KEY.exec(String(row[place])));
    const [, prefix = '', separator = ''] = forms[0] ?? [];
    if (prefix !== '' && forms.every((form) => form?.[1] === prefix))
      return { column, form: { prefix, separator } };
  }
  return null;
}
