import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ElectronApplication, Page, TestInfo } from '@playwright/test';
import { openDataFolder, takeSnapshot } from '../../src/index.ts';
import { expectAccessible } from './axe.ts';
import { expectNothingCutOff } from './cut-off.ts';
import { BACK, button, hero, named, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { listKind, readDatabase, readSnapshotFile } from './judge.ts';
import { replyLate } from './late-reply.ts';
import { resize } from './resize.ts';

test('three keys lead from the first screen to a restore that is done, and the dialog begins on “Cancel”', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  const [newest = ''] = listKind(demo, 'rewind');
  const dialog = page.getByRole('alertdialog');
  await expect(button(page, 'Bring them back')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(button(dialog, 'Cancel')).toBeFocused();
  await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(named(page, 'alertdialog', BACK)).toBeVisible();
  const after = readDatabase(demo);
  const { event_log: events = [], ...tables } = readSnapshotFile(demo, newest);
  for (const [table, rows] of Object.entries(tables)) expect(after[table], table).toEqual(rows);
  // All messages are there: the lost ones, and the three that were written since.
  expect(after.event_log).toEqual(expect.arrayContaining([...events]));
  expect(after.event_log).toHaveLength(events.length + 3);
});

test('the receipt leads to its undo, and from there back again', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  const before = readDatabase(demo);
  const dialog = page.getByRole('alertdialog');
  await button(page, 'Bring them back').click();
  await button(dialog, 'Bring back 20 messages').click();
  await expect(dialog).toContainText('3 newer messages stay; start your chat app once to see them.');
  await button(dialog, 'Undo').click();
  await expect(
    named(page, 'alertdialog', 'Undo “Brought back Lighthouse, 20 messages, keeping what was newer”?'),
  ).toBeVisible();
  await button(dialog, 'Undo (hides 20 messages again)').click();
  await expect(text(dialog, /^The restore was undone\./)).toBeVisible();
  expect(readDatabase(demo)).toEqual(before);
  await button(dialog, 'Redo').click();
  await expect(dialog).toContainText('3 newer messages stay and appear when your chat app starts next');
  await button(dialog, 'Redo (brings 20 messages back)').click();
  await expect(named(page, 'alertdialog', BACK)).toBeVisible();
  await button(dialog, 'Done').click();
  await expect(hero(page)).toContainText('20 messages are back in Lighthouse.');
  await expect(hero(page)).toContainText(
    '3 newer messages in Harbour appear when your chat app starts next.',
  );
});

const LAST_REWIND = "(SELECT max(id) FROM event_log WHERE kind = 'rewind')";
const NOTHING_SINCE = `DELETE FROM event_log WHERE id > ${LAST_REWIND};`;
/** As another rewind does, which takes ten more messages. */
const REWIND_AGAIN = `
  UPDATE event_log SET hidden = 1 WHERE id IN (
    SELECT id FROM event_log WHERE kind = 'message' AND hidden = 0 AND json_extract(payload_json, '$.chat_id') = 'lighthouse'
    ORDER BY id DESC LIMIT 10);
  INSERT INTO event_log (ts, kind, payload_json)
    VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), 'rewind', '{"chat_id": "lighthouse"}');`;

/** What the chat app did, and what the first screen then says. */
const STATES: readonly {
  readonly state: string;
  readonly happens: (dir: string) => Promise<void> | void;
  readonly says: RegExp;
}[] = [
  {
    state: 'rewound, and written since',
    happens: () => undefined,
    says: /^You rewound Lighthouse .*hidden\..*3 newer messages in Harbour stay; your chat app shows them again/,
  },
  {
    state: 'rewound, and nothing since',
    happens: (dir) => {
      dropNewestCheckpoint(dir);
      run(dir, NOTHING_SINCE);
    },
    says: /^You rewound Lighthouse .*hidden\. Before the rewind/,
  },
  {
    state: 'only hidden',
    happens: (dir) => {
      dropNewestCheckpoint(dir);
      run(
        dir,
        `UPDATE event_log SET superseded_by = NULL WHERE superseded_by = ${LAST_REWIND};
         DELETE FROM event_log WHERE id >= ${LAST_REWIND};`,
      );
    },
    says: /^20 messages in Lighthouse, 11 memories and a scene are missing\..*your chat app may still be able to undo/,
  },
  {
    state: 'several rewinds in a row',
    happens: async (dir) => {
      dropNewestCheckpoint(dir);
      run(dir, NOTHING_SINCE);
      await takeSnapshot(await openDataFolder(dir), 'rewind');
      run(dir, REWIND_AGAIN);
    },
    says: /^You rewound Lighthouse several times, last .*10 messages are hidden\..*Undo the last 2 rewinds.*Bring back 30 messages/,
  },
];

for (const { state, happens, says } of STATES)
  test(`the first screen tells what happened: ${state}`, async ({ place, demo }, info) => {
    await happens(demo);
    const { app, page } = await place.launch({ data: demo });
    await expect(hero(page)).toHaveText(says);
    await expect(button(page, 'Bring them back')).toBeEnabled();
    await look(app, page, info, state);
  });

test('once a restore or its undo is made, the first screen claims nothing from before it, however late the answer is', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toContainText('20 messages, 11 memories and a scene are hidden.');
  await replyLate(app, 'folder.happened', 3_000);
  const dialog = page.getByRole('alertdialog');
  await button(page, 'Bring them back').click();
  await button(dialog, 'Bring back 20 messages').click();
  await expect(named(page, 'alertdialog', BACK)).toBeVisible();
  expect(await hero(page).textContent()).not.toContain('hidden');
  await button(dialog, 'Done').click();
  await expect(dialog).toBeHidden();
  expect(await hero(page).textContent()).not.toContain('hidden');
  await expect(hero(page)).toContainText('20 messages are back in Lighthouse.');

  await button(page, /^Undo “.*”…$/).click();
  await button(dialog, /^Undo \(hides/).click();
  await expect(named(page, 'alertdialog', /^The restore was undone/)).toBeVisible();
  expect(await hero(page).textContent()).not.toContain('are back');
  await button(dialog, 'Done').click();
  await expect(hero(page)).toContainText('20 messages, 11 memories and a scene are hidden.');
});

test('the first screen says that nothing is missing', async ({ place, demo }, info) => {
  for (const kind of ['rewind', 'periodic']) rmSync(join(demo, 'snapshots', kind), { recursive: true });
  const { app, page } = await place.launch({ data: demo });
  await button(page, 'Take snapshot').click();
  await button(page.getByRole('alertdialog'), 'Take snapshot').click();
  await expect(text(page, /^Snapshot taken/)).toBeVisible();
  await app.close();
  const again = await place.launch();
  await expect(hero(again.page)).toHaveText(/^Nothing is missing\./);
  await expect(button(again.page, 'Bring them back')).toBeHidden();
  await look(again.app, again.page, info, 'nothing');
});

test('where ids are texts, the first screen says what is missing, and does not offer what cannot be done', async ({
  place,
  demo,
}, info) => {
  for (const kind of ['rewind', 'periodic']) rmSync(join(demo, 'snapshots', kind), { recursive: true });
  run(
    demo,
    `CREATE TABLE other (id TEXT PRIMARY KEY, branch_id TEXT, ts TEXT, kind TEXT, payload_json TEXT, superseded_by INTEGER, hidden INTEGER);
     INSERT INTO other SELECT printf('%08d', id), branch_id, ts, kind, payload_json, NULL, 0 FROM event_log WHERE kind = 'message';
     DROP TABLE event_log; ALTER TABLE other RENAME TO event_log;`,
  );
  const db = new DatabaseSync(join(demo, 'chat.db'));
  const events = db.prepare('SELECT * FROM event_log ORDER BY id').all();
  db.close();
  mkdirSync(join(demo, 'snapshots/rewind'));
  writeFileSync(
    join(demo, 'snapshots/rewind/20260101T000000Z.json'),
    JSON.stringify({ last_event_id: 'text', event_log: events }),
  );
  run(demo, 'DELETE FROM event_log WHERE id IN (SELECT id FROM event_log ORDER BY id DESC LIMIT 2)');
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toHaveText(/^2 messages in .* are missing\./);
  await expect(hero(page)).toContainText('it may not be possible to restore it');
  await expect(button(page, 'Bring them back')).toBeHidden();
  await look(app, page, info, 'unplaced');
});

test('“Something else…” leads to the other snapshots', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  await button(page, 'Something else…').click();
  await named(page, 'menuitem', 'Choose another snapshot').click();
  await expect(page.locator('[role=option]:focus')).toHaveCount(1);
});

/** It holds what was written since the rewind. */
function dropNewestCheckpoint(dir: string): void {
  rmSync(join(dir, 'snapshots', `${listKind(dir, 'periodic')[0]}.json`));
}

function run(dir: string, sql: string): void {
  const db = new DatabaseSync(join(dir, 'chat.db'));
  db.exec(sql);
  db.close();
}

/** Looks at it in both sizes and themes: nothing is cut off, and axe finds nothing. */
async function look(app: ElectronApplication, page: Page, info: TestInfo, name: string): Promise<void> {
  for (const [width, height] of [
    [1200, 760],
    [900, 600],
  ] as const) {
    await resize(app, page, { width, height });
    await expectNothingCutOff(page, `${name} at ${width} by ${height}`);
    await page.screenshot({ path: info.outputPath(`${name}-${width}.png`) });
  }
  await expectAccessible(app, page, name);
  await page.screenshot({ path: info.outputPath(`${name}-dark.png`) });
}
