import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDataFolder, takeSnapshot } from '../../src/index.ts';
import { expectAccessible } from './axe.ts';
import { expectNothingCutOff } from './cut-off.ts';
import { button, hero, linesOf, named } from './find.ts';
import { expect, test } from './fixtures.ts';
import { tabTo } from './keyboard.ts';
import { replyLate } from './late-reply.ts';
import { resize } from './resize.ts';

const REWIND = `
  INSERT INTO event_log (branch_id, ts, kind, payload_json, hidden)
    SELECT branch_id, strftime('%Y-%m-%dT%H:%M:%SZ'), 'rewind', '{"chat_id": "harbour"}', 0 FROM event_log ORDER BY id DESC LIMIT 1;
  UPDATE event_log SET hidden = 1, superseded_by = last_insert_rowid() WHERE id IN (
    SELECT id FROM event_log WHERE kind = 'message' AND hidden = 0 AND json_extract(payload_json, '$.chat_id') = 'harbour'
    ORDER BY id DESC LIMIT 6);`;

/** A second chat is rewound, as the chat app does: after a snapshot. */
async function rewindHarbour(dir: string): Promise<void> {
  await takeSnapshot(await openDataFolder(dir), 'rewind');
  const db = new DatabaseSync(join(dir, 'chat.db'));
  db.exec(REWIND);
  db.close();
}

test('a rewind while the window is open is told on the page that is read, and leads to what it took, by keyboard', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toContainText('You rewound Lighthouse');
  const lines = page.getByRole('option');
  const news = page.getByRole('status').filter({ hasText: 'You rewound' });
  await expect(news).toBeHidden();
  await rewindHarbour(demo);
  await expect(news).toHaveText(
    /^You rewound Harbour (?!several).*\. 6 messages are hidden\.Show what was lost$/,
  );
  await expect(hero(page)).toHaveText(/^Before the rewind/);
  await expectAccessible(app, page, 'news of a rewind');
  await resize(app, page, { width: 900, height: 600, zoom: 2 });
  await expectNothingCutOff(page);
  // Beside the button, little room is left for the words: a line of letters each.
  const widthOfWords = () =>
    news
      .locator('span')
      .first()
      .evaluate((words) => words.getBoundingClientRect().width);
  await expect.poll(widthOfWords).toBeGreaterThan(150);
  await tabTo(page, button(news, 'Show what was lost'));
  await page.keyboard.press('Enter');
  await expect(hero(page)).toContainText('You rewound Harbour');
  await expect(button(page, 'Bring them back')).toBeFocused();
  // Who has read it is not told again beside other snapshots.
  await lines.filter({ hasText: 'Lighthouse' }).click();
  await expect(hero(page)).toHaveText(/^Before the rewind/);
  await expect(news).toBeHidden();
});

test('news of a rewind lead to its snapshot only once that is in the list, however late the list is', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toContainText('You rewound Lighthouse');
  const line = page.getByRole('option').first();
  const listed = Number(await line.getAttribute('aria-setsize'));
  await replyLate(app, 'snapshots.list', 4_000);
  await rewindHarbour(demo);
  await button(page, 'Show what was lost').click();
  expect(await line.getAttribute('aria-setsize')).toBe(String(listed + 1));
  await expect(hero(page)).toContainText('You rewound Harbour');
});

test('a rewind is told while several snapshots are chosen, also while two are compared, and leads to what it took', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toContainText('You rewound Lighthouse');
  await linesOf(page).first().click();
  await page.keyboard.press('Shift+ArrowDown');
  await expect(hero(page)).toContainText('2 snapshots selected');
  await button(page, 'Compare').click();
  await expect(named(page, 'grid', /./)).toBeVisible();
  const news = page.getByRole('status').filter({ hasText: 'You rewound Harbour' });
  await expect(news).toBeHidden();
  await rewindHarbour(demo);
  await expect(news).toHaveText(/6 messages are hidden\.Show what was lost$/);
  // The page does not change under the reader.
  await expect(hero(page)).toContainText('2 snapshots selected');
  await expect(named(page, 'grid', /./)).toBeVisible();
  await expectAccessible(app, page, 'news of a rewind beside several snapshots');
  await tabTo(page, button(news, 'Show what was lost'));
  await page.keyboard.press('Enter');
  await expect(hero(page)).toContainText('You rewound Harbour');
  await expect(button(page, 'Bring them back')).toBeFocused();
});
