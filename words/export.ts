import type { ExportReceipt } from '../src/model/export.ts';
import { formatBytes, sumOf } from './numbers.ts';
import { count } from './plurals.ts';
import { joinWords } from './sentences.ts';

/** What was exported, without the place of the file. */
export function exportedWords({ tables, sizeBytes }: Pick<ExportReceipt, 'tables' | 'sizeBytes'>): string {
  const rows = sumOf(tables, (table) => table.rows);
  return `${count(rows, 'row')} of ${count(tables.length, 'table')} exported, ${formatBytes(sizeBytes)}. What was written was read back and is the same.`;
}

/** What is missing in the file, and why the values are as the snapshot’s file has them; null where there is nothing to say. */
export function exportNotes({
  asWritten,
  unread,
}: Pick<ExportReceipt, 'asWritten' | 'unread'>): string | null {
  const missing = `The file lacks ${joinWords(unread.map((name) => `“${name}”`))}, which only the chat app can read.`;
  const notes = [unread.length === 0 ? null : missing, asWrittenWords(asWritten)];
  return notes.filter((note) => note !== null).join(' ') || null;
}

function asWrittenWords(asWritten: ExportReceipt['asWritten']): string | null {
  switch (asWritten) {
    case null:
      return null;
    case 'no-database':
      return 'Without the database, values are exported as the snapshot’s file has them: binary data that the chat app wrote as text stays text.';
    case 'schema-differs':
      return 'Today’s tables have no room for some of the snapshot, so values are exported as its file has them: binary data that the chat app wrote as text stays text.';
  }
}
