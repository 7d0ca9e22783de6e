import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ElectronApplication, Page } from '@playwright/test';
import { openDataFolder, takeSnapshot } from '../../src/index.ts';
import { named } from './find.ts';
import { expect, test } from './fixtures.ts';
import { pressShortcut } from './keyboard.ts';
import { replyLate } from './late-reply.ts';
import { waitForMeasuring } from './measuring.ts';
import { resize } from './resize.ts';

const LINES = 2_000;
const MIDDLE = LINES / 2;

/** Takes a snapshot of a chat of very different lines, which are gone from the database then. */
async function loseMany(dir: string): Promise<void> {
  const open = () => new DatabaseSync(join(dir, 'chat.db'));
  const db = open();
  const insert = db.prepare(
    "INSERT INTO event_log (ts, kind, payload_json) VALUES ('2026-11-25T12:00:00Z', 'message', ?)",
  );
  const [{ last } = { last: 0 }] = db.prepare('SELECT max(id) AS last FROM event_log').all() as [
    { last: number },
  ];
  db.exec('BEGIN');
  for (let line = 0; line < LINES; line += 1) {
    const rest = ' and more words'.repeat(line % 3 === 0 ? 1 : ((line * 37) % 11) * 9);
    const payload = { chat_id: 'lighthouse', speaker: 'Mara', text: `Needle ${line}.${rest}` };
    insert.run(JSON.stringify(payload));
  }
  db.exec('COMMIT');
  db.close();
  await takeSnapshot(await openDataFolder(dir), 'rewind');
  const later = open();
  later.exec(`DELETE FROM event_log WHERE id > ${last}`);
  later.close();
}

/** Whether the line with the focus is seen: as a whole or, where it is higher than the page, all over that. */
function isInSight(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const line = document.activeElement?.closest('.line');
    const scroller = line?.closest('.page');
    const bar = scroller?.querySelector<HTMLElement>('.conversation-bar');
    if (line == null || scroller == null || bar == null) return false;
    const [inner, outer] = [line.getBoundingClientRect(), scroller.getBoundingClientRect()];
    const top = outer.top + (getComputedStyle(bar).position === 'sticky' ? bar.offsetHeight : 0);
    const room = outer.bottom - top;
    const seen = Math.min(inner.bottom, outer.bottom) - Math.max(inner.top, top);
    return seen >= Math.min(inner.height, room - 30) - 1;
  });
}

async function expectInSight(page: Page, words: string | RegExp): Promise<void> {
  await expect(page.locator('.line:focus, .line:has(:focus)')).toContainText(words);
  await waitForMeasuring(page);
  expect(await isInSight(page), `${words} is in sight`).toBe(true);
}

async function openHit(app: ElectronApplication, page: Page, words: string): Promise<void> {
  await pressShortcut(app, 'F', 'find');
  await expect(named(page, 'searchbox', 'Search everything that ever was')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(words);
  await expect(page.locator('.search-count')).toHaveText(/^1 hit/);
  await page.keyboard.press('ArrowDown');
  await expect(named(page, 'grid', 'Hits').getByRole('row').first()).toBeFocused();
  await page.keyboard.press('Enter');
}

for (const size of [
  { width: 900, height: 600 },
  { width: 1200, height: 760, zoom: 2 },
])
  test(`the message that was gone to stays in sight while those around it are read and measured, at ${size.width} x ${size.height} and ${(size.zoom ?? 1) * 100} %`, async ({
    place,
    demo,
  }) => {
    await loseMany(demo);
    const { app, page } = await place.launch({ data: demo });
    await resize(app, page, size);
    await expect(page.locator('.hero')).toBeVisible();
    await expect(page.locator('.line').first()).toBeAttached();
    // Lines are drawn, and gone to, long before what they hold is there.
    await replyLate(app, 'conversation.page', 900);

    await test.step('opened from a search', async () => {
      for (const line of [MIDDLE, 40, LINES - 3]) {
        await openHit(app, page, `Needle ${line}.`);
        await expectInSight(page, `Needle ${line}.`);
      }
    });

    await test.step('gone to by keys', async () => {
      for (const [key, words] of [
        ['p', /^Missing from here on/],
        ['End', `Needle ${LINES - 1}.`],
        ['ArrowUp', `Needle ${LINES - 2}.`],
        ['p', /^Missing from here on/],
        ['n', /./],
        ['Home', /./],
      ] as const) {
        await page.keyboard.press(key);
        await expectInSight(page, words);
      }
    });

    await test.step('while there is less room, and more above', async () => {
      await openHit(app, page, `Needle ${MIDDLE}.`);
      await expectInSight(page, `Needle ${MIDDLE}.`);
      await resize(app, page, { ...size, height: 480 });
      await expectInSight(page, `Needle ${MIDDLE}.`);
      await resize(app, page, { ...size, zoom: (size.zoom ?? 1) * 1.5 });
      await expectInSight(page, `Needle ${MIDDLE}.`);
      await resize(app, page, size);
      await expectInSight(page, `Needle ${MIDDLE}.`);
      for (const height of ['900px', '']) {
        await page.locator('.hero').evaluate((hero, next) => {
          hero.style.minHeight = next;
        }, height);
        await expectInSight(page, `Needle ${MIDDLE}.`);
      }
    });

    await test.step('until the person scrolls', async () => {
      await page.locator('.page').hover();
      await page.mouse.wheel(0, -4_000);
      await expect.poll(() => isInSight(page)).toBe(false);
      await waitForMeasuring(page);
      await resize(app, page, { ...size, height: 520 });
      await waitForMeasuring(page);
      expect(await isInSight(page)).toBe(false);
      await page.keyboard.press('ArrowDown');
      await expectInSight(page, `Needle ${MIDDLE + 1}.`);
    });
  });
