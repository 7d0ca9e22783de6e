import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { expectNothingCutOff } from './cut-off.ts';
import { BACK, button, CONFIRM, named, RESTORE, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { pressOn } from './keyboard.ts';
import { replyLate } from './late-reply.ts';
import { resize } from './resize.ts';

const focused = (page: Page): Locator => page.locator(':focus');

async function openConversation(page: Page, timeout = 30_000): Promise<Locator> {
  const feed = named(page, 'feed', 'Messages of Lighthouse');
  await expect(feed).toBeVisible({ timeout });
  await expect(page.locator('.bubble.lost').first()).toBeVisible();
  return feed;
}

test('the first tab reads the lost messages at the place where the rewind struck, by keyboard alone', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  const feed = await openConversation(page);
  await expect(named(page, 'tab', 'Conversation')).toHaveAttribute('aria-selected', 'true');
  await expect(text(page, '20 lost · 543 kept')).toBeVisible();

  await named(page, 'tab', 'Conversation').focus();
  await page.keyboard.press('Tab');
  await expect(focused(page)).toHaveAccessibleName(/^Lighthouse/);
  for (const name of ['Previous difference (P)', 'Next difference (N)', 'Message fields…']) {
    await page.keyboard.press('Tab');
    await expect(focused(page)).toHaveAccessibleName(name);
  }
  await page.keyboard.press('Tab');
  await expect(focused(page)).toHaveText('… 540 earlier messages, unchanged …');
  await page.keyboard.press('n');
  await expect(focused(page)).toContainText(/^Rewound here .* · 20 messages/);
  await page.keyboard.press('ArrowDown');
  await expect(focused(page)).toContainText('I put the sealed letter on the table between us.');
  await expect(focused(page).locator('.state')).toHaveText('lost');
  await page.keyboard.press('n');
  await expect(text(page, 'There is no next difference.')).toBeAttached();
  await page.keyboard.press('p');
  await expect(focused(page)).toContainText('Rewound here');
  await page.keyboard.press('Home');
  await expect(focused(page)).toHaveText('… 540 earlier messages, unchanged …');
  await page.keyboard.press('Enter');
  // The reader goes on backwards from where they were.
  await expect(focused(page)).toHaveAttribute('aria-setsize', /^\d{3}$/);
  await expect(feed.locator('.fold-line')).toHaveCount(0);
  const before = await focused(page).getAttribute('aria-posinset');
  await page.keyboard.press('ArrowUp');
  expect(Number(await focused(page).getAttribute('aria-posinset'))).toBe(Number(before) - 1);
  await page.keyboard.press('End');
  await expect(focused(page)).toContainText(/./);
  await page.keyboard.press('p');
  await expect(focused(page)).toContainText('Rewound here');
  await page.keyboard.press('Tab');
  await expect(focused(page)).toHaveText('Bring all back');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(focused(page)).toHaveText('Bring all back');
});

test('each line begins where the one above it ends, also once the messages are back', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await openConversation(page);
  await expect.poll(() => largestGap(page)).toBeLessThan(1);
  await button(page, RESTORE).click();
  await button(page, CONFIRM).click();
  await button(named(page, 'alertdialog', BACK), 'Done').click();
  await expect(page.locator('.bubble.lost')).toHaveCount(0);
  await expect(named(page, 'feed', /^Messages of/)).toBeVisible();
  await expect.poll(() => largestGap(page)).toBeLessThan(1);
});

/** How far a line is from the end of the one above it at most, in pixels: a gap, or what they overlap. */
function largestGap(page: Page): Promise<number> {
  return page.locator('.messages .line').evaluateAll((lines) => {
    const placed = lines.map((line) => ({
      line: Number(line.getAttribute('data-line')),
      box: line.getBoundingClientRect(),
    }));
    const gaps = placed.flatMap(({ line, box }) => {
      const above = placed.find((one) => one.line === line - 1);
      return above === undefined ? [] : [Math.abs(box.top - above.box.bottom)];
    });
    return gaps.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...gaps);
  });
}

test('another chat is chosen by keyboard, and shows what was written since', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  await openConversation(page);
  await button(page, /^Lighthouse/).focus();
  await page.keyboard.press('Enter');
  await expect(named(page, 'option', /^Lighthouse/)).toContainText('20 lost');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(named(page, 'feed', 'Messages of Harbour')).toBeVisible();
  for (let tab = 0; tab < 4; tab += 1) await page.keyboard.press('Tab');
  await expect(focused(page)).toHaveText('… 283 earlier messages, unchanged …');
  await page.keyboard.press('n');
  await expect(focused(page)).toHaveText('Written since · 3 messages');
  await expect(page.locator('.bubble.newer')).toHaveCount(3);
  await expect(page.locator('.bubble.newer .state').first()).toHaveText('written since');
});

test('a person says which field holds the text, for now or for good', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  await openConversation(page);
  await button(page, 'Message fields…').click();
  const dialog = named(page, 'alertdialog', 'Which field means what?');
  const choose = async (field: string) => {
    await button(dialog, /Text/).click();
    await named(page, 'option', new RegExp(`^${field}`)).click();
  };
  await choose('memory');
  await button(dialog, 'Apply').click();
  await expect(dialog).toBeHidden();
  await expect(text(page, '11 lost · 104 kept')).toBeVisible();
  await button(page, 'Next difference (N)').click();
  await expect(page.locator('.bubble.lost').first()).toContainText('Robin put the letter on the table');
  const profile = join(demo, 'snapback-profile.json');
  expect(() => readFileSync(profile)).toThrow();
  await button(page, 'Message fields…').click();
  await choose('text');
  await pressOn(named(dialog, 'checkbox', 'Remember it in the folder’s profile'), ' ');
  await button(dialog, 'Apply').click();
  await expect(text(page, '20 lost · 543 kept')).toBeVisible();
  await button(page, 'Next difference (N)').click();
  await expect(page.locator('.bubble.lost').first()).toContainText('I put the sealed letter');
  expect(JSON.parse(readFileSync(profile, 'utf8'))).toEqual({ chat: { payloadText: ['text'] } });
});

test('a message that the chat app writes meanwhile appears, and the focus stays where it was', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await openConversation(page);
  await button(page, 'Next difference (N)').click();
  await expect(focused(page)).toContainText('Rewound here');
  await page.keyboard.press('ArrowDown');
  await expect(focused(page)).toContainText('I put the sealed letter');
  const db = new DatabaseSync(join(demo, 'chat.db'));
  db.exec(`INSERT INTO event_log (ts, kind, payload_json) VALUES ('2026-11-25T12:00:00Z', 'message',
    '{"chat_id": "lighthouse", "speaker": "Mara", "text": "Somebody is there."}')`);
  db.close();
  await expect(text(page, '20 lost · 1 written since · 543 kept')).toBeVisible();
  await expect(page.getByRole('feed')).toHaveAttribute('aria-busy', 'false');
  await expect(focused(page)).toContainText('I put the sealed letter');
});

test('axe finds nothing in the conversation and its dialog, and nothing is cut off', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await openConversation(page);
  for (const [width, height] of [
    [1200, 760],
    [900, 600],
  ] as const) {
    await resize(app, page, { width, height });
    await expectNothingCutOff(page);
  }
  await expectAccessible(app, page, 'the conversation');
  await button(page, /^Lighthouse/).click();
  await expect(named(page, 'option', /^Harbour/)).toBeVisible();
  await expectAccessible(app, page, 'the chats');
  await page.keyboard.press('Escape');
  await button(page, 'Message fields…').click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await expectAccessible(app, page, 'the fields');
});

const HOSTILE = [
  '<img src=x onerror="document.title=\'broken\'"><b>bold</b> **stars** [link](https://example.invalid)',
  '\u202Eright to left override\u202C and \u05E9\u05DC\u05D5\u05DD',
  `Z${'\u0336\u0321\u0488\u0300\u0301'.repeat(40)}algo`,
  `${'unbroken'.repeat(400)}`,
];

test('hostile messages are plain text, and 100,000 messages of one chat scroll to the end', async ({
  place,
  demo,
}) => {
  const db = new DatabaseSync(join(demo, 'chat.db'));
  const insert = db.prepare(
    "INSERT INTO event_log (ts, kind, payload_json) VALUES ('2026-11-25T12:00:00Z', 'message', ?)",
  );
  const say = (words: string) =>
    insert.run(JSON.stringify({ chat_id: 'lighthouse', speaker: '\u202E<b>me', text: words }));
  db.exec('BEGIN');
  for (const words of HOSTILE) say(words);
  for (let index = 0; index < 100_000; index += 1)
    say(`Message ${index}${index % 7 === 0 ? ' and more words'.repeat(12) : ''}`);
  db.exec('COMMIT');
  db.close();
  const { app, page } = await place.launch({ data: demo });
  await openConversation(page, 200_000);
  await button(page, 'Next difference (N)').click();
  await expect(focused(page)).toContainText('Rewound here');
  await button(page, 'Next difference (N)').click();
  await expect(focused(page)).toContainText('Written since · 100,004 messages');
  for (const words of HOSTILE.slice(0, 3)) {
    await page.keyboard.press('ArrowDown');
    await expect(focused(page).locator('.bubble-text')).toHaveText(words.trim());
  }
  expect(await page.title()).not.toContain('broken');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await page.evaluate(async () => {
    const scroller = document.querySelector('.page');
    for (let step = 0; step < 60; step += 1) {
      scroller?.scrollBy(0, 900);
      await new Promise((done) => requestAnimationFrame(done));
    }
  });
  await replyLate(app, 'conversation.page', 1_500);
  await page.locator('.line[tabindex="0"]').press('End');
  await expect(focused(page).locator('.unread')).toBeVisible();
  // A key that comes before its message is not lost.
  await page.keyboard.press('h');
  await expect(named(page, 'alertdialog', 'History of this')).toContainText('Message 99999');
  await page.keyboard.press('Escape');
  await expect(focused(page)).toContainText('Message 99999');
  expect(await page.locator('.line').count()).toBeLessThan(60);
  // However far the page is scrolled, the list goes on from the line that has the focus.
  // The list may still be on its way to its end, and would take the page there once more.
  await expect(async () => {
    await page.evaluate(() => document.querySelector('.page')?.scrollTo(0, 3_000_000));
    const far = page.locator('.line').filter({ hasText: /Message [1-8]\d{4}/ });
    await expect(far.nth(8)).toBeInViewport({ timeout: 2_000 });
  }).toPass();
  await expect(focused(page)).toContainText('Message 99999');
  await page.keyboard.press('ArrowUp');
  await expect(focused(page)).toContainText('Message 99998');
  await expect(focused(page)).toBeInViewport();
});
