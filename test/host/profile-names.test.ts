import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifySnapshots } from '../../src/catalog/catalog.ts';
import { diffSnapshot } from '../../src/compare/diff.ts';
import { type DataFolder, openDataFolder } from '../../src/host/data-folder.ts';
import { isDue } from '../../src/prune/due.ts';
import { takeSnapshot } from '../../src/snapshots/take.ts';
import { addEvents, dumpChat, makeChat, makeRoot, putSnapshot, run } from '../support/place.ts';

const root = makeRoot();

/** SQLite does not tell "ID" from "id", so a profile that spells a name in other letters means the same. */
const id = 'periodic/20260301T000000Z';
const CAPITALS = {
  log: {
    table: 'EVENT_LOG',
    columns: {
      id: 'ID',
      branch: 'Branch_Id',
      ts: 'TS',
      kind: 'Kind',
      payload: 'PAYLOAD_JSON',
      supersededBy: 'Superseded_By',
      hidden: 'HIDDEN',
    },
  },
  chat: { names: { table: 'CHATS', id: 'ID', name: ['Headline', 'TITLE'] } },
};

/** The same folder with the default profile and with one in other letters. */
async function withBothProfiles(folder: DataFolder): Promise<readonly [DataFolder, DataFolder]> {
  await writeFile(join(folder.dir, 'snapback-profile.json'), JSON.stringify(CAPITALS));
  return [folder, await openDataFolder(folder.dir)];
}

test('a snapshot is written the same way, with the same log', async () => {
  const [small, capital] = await withBothProfiles(await makeChat(root(), { events: 5 }));
  const [one, other] = [await takeSnapshot(small, 'rewind'), await takeSnapshot(capital, 'rewind')];
  const [before, after] = await Promise.all(
    [one, other].map(async ({ file }) => {
      const text = await readFile(file, 'utf8');
      const rows = text.slice(0, text.indexOf(', "_snapback"')).replace('"EVENT_LOG"', '"event_log"');
      return { rows, log: JSON.parse(text)._snapback.about.log };
    }),
  );
  expect(after).toEqual(before);
});

test.each(['same', 'other'] as const)(
  'a snapshot of the %s timeline is recognized as such, with its events and chats',
  async (lineage) => {
    const [small, capital] = await withBothProfiles(await makeChat(root(), { events: 5 }));
    await putSnapshot(small, id, dumpChat(small));
    run(small, addEvents(2, 'newer'));
    if (lineage === 'other') run(small, "UPDATE event_log SET payload_json = '{}' WHERE id = 1");
    const diff = await diffSnapshot(capital, id);
    expect(diff).toEqual(await diffSnapshot(small, id));
    expect(diff.lineage).toBe(lineage);
    expect(diff.newerEvents.at(-1)).toMatchObject({
      chat: 'c1',
      chatName: 'Harbour',
      last: { id: 7n, text: 'newer 2' },
    });
    const [summary] = await verifySnapshots(capital, [id]);
    expect(summary?.lineage).toBe(lineage);
    expect(await isDue(capital)).toEqual(await isDue(small));
    expect((await isDue(capital)).passedOver.length).toBe(lineage === 'other' ? 1 : 0);
  },
);
