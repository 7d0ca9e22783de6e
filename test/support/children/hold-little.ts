import { truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  applyRestore,
  applyUndo,
  diffSnapshot,
  exportSnapshot,
  openConversation,
  openDataFolder,
  planRestore,
  restoreToCopy,
  salvageSnapshot,
  searchSnapshots,
  takeSnapshot,
  withRows,
} from '../../../src/index.ts';
import { asHost, run } from '../place.ts';
import { NOW, restoring } from '../requests.ts';

/**
 * Does everything that reads or writes a whole snapshot, in a chat of so many megabytes of which almost all was lost, and
 * prints each step that ended. What holds it all in memory ends the process, where that has less.
 */
const [dir = '', megabytes = '0'] = process.argv.slice(2);
const ROW_BYTES = 3000;
const rows = Math.round((Number(megabytes) * 2 ** 20) / ROW_BYTES);
const place = { dir, databaseFile: join(dir, 'app.db') };
asHost(place, (db) =>
  db.exec(`INSERT INTO event_log (branch_id, ts, kind, payload_json)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    SELECT 'main', '2026-01-01T00:00:00Z', 'message', json_object('chat_id', 'c1', 'text', i || hex(zeroblob(${ROW_BYTES / 2}))) FROM n`),
);
const folder = await openDataFolder(dir, { cacheDir: `${dir}-cache` });
const out = (name: string) => `${dir}-${name}`;

async function step(name: string, act: () => Promise<unknown>): Promise<void> {
  await act();
  writeSync(1, `${name}\n`);
}

let id = '';
await step('take', async () => {
  ({ id } = await takeSnapshot(folder, 'rewind'));
});
run(place, 'DELETE FROM event_log WHERE id > 5');
const request = restoring(id, { acceptOtherTimeline: true });
await step('diff', () => diffSnapshot(folder, id));
await step('rows', () =>
  withRows(folder, { snapshotId: id, otherId: null }, {}, async (rows) => {
    const sort = { column: 'payload_json', descending: true };
    const asked = { table: 'event_log', change: null, filter: { column: null, text: '99' }, sort };
    rows.page(asked, { offset: 100, limit: 10, firstColumn: 0, columnCount: 4 });
  }),
);
await step('conversation', async () => {
  const conversation = await openConversation(folder, id, null);
  for (const { no } of conversation.overview.chats)
    conversation.page(no, { from: 0, limit: 10, longest: 100 });
  await conversation.close();
});
await step('search', () => searchSnapshots(folder, { phrase: '7770', kind: null, words: false }));
for (const [format, table] of [
  ['json', null] as const,
  ['sqlite', null] as const,
  ['csv', 'event_log'] as const,
])
  await step(`export ${format}`, () =>
    exportSnapshot(folder, id, { to: out(`out.${format}`), format, table }),
  );
await step('to a copy', () => restoreToCopy(folder, { ...request, to: out('copy.db') }, { planId: null }));
await step('plan', () => planRestore(folder, request));
await step('restore', () => applyRestore(folder, request, NOW));
await step('undo', () => applyUndo(folder, { acceptOtherTimeline: true }, NOW));
truncateSync(join(dir, 'snapshots', `${id}.json`), Math.floor(rows * ROW_BYTES * 0.9));
await step('salvage', () => salvageSnapshot(folder, id, { to: out('saved.json'), format: 'json' }));
