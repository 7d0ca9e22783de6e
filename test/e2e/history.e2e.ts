import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { button, named, story, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { pressOn } from './keyboard.ts';
import { replyLate } from './late-reply.ts';

const history = (page: Page): Locator => named(page, 'alertdialog', 'History of this');

async function expectVersions(page: Page, what: RegExp): Promise<void> {
  await expect(text(history(page), /^\d+ versions?, oldest first/)).toBeVisible();
  await expect(history(page).locator('.row-version').first()).toContainText(what);
}

async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(history(page)).toBeHidden();
}

test('the history of a message is one key away, in its menu and beside it, and gives the focus back', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(named(page, 'feed', 'Messages of Lighthouse')).toBeVisible();
  await named(page, 'tab', 'Conversation').focus();
  for (let key = 0; key < 5; key += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('n');
  await expect(page.locator('.line:focus .boundary')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  const line = page.locator('.line:focus');
  await expect(line.locator('.bubble.lost')).toContainText('I put the sealed letter on the table');
  const place1 = await line.getAttribute('aria-posinset');

  await test.step('by H', async () => {
    await page.keyboard.press('h');
    await expectVersions(page, /sealed letter/);
    await expect(history(page).locator('.row-version')).not.toHaveCount(1);
    await expect(history(page).locator('.row-version .bubble')).toHaveCount(1);
    await expect(history(page).locator('.row-version').last()).toContainText(
      'The same words, hidden from the chat',
    );
    await expectAccessible(app, page, 'the history of a message');
    await close(page);
    await expect(line).toHaveAttribute('aria-posinset', place1 ?? '');
  });

  await test.step('by the menu', async () => {
    await page.keyboard.press('Shift+F10');
    await expect(named(page, 'menu', 'Message')).toBeVisible();
    await expectAccessible(app, page, 'the menu of a message');
    await expect(named(page, 'menuitem', 'History of this')).toBeFocused();
    await expect(named(page, 'menuitem', 'Bring all back…')).toBeVisible();
    await page.keyboard.press('Enter');
    await expectVersions(page, /sealed letter/);
    await close(page);
    await expect(line).toHaveAttribute('aria-posinset', place1 ?? '');
    await page.keyboard.press('Shift+F10');
    await page.keyboard.press('Escape');
    await expect(named(page, 'menu', 'Message')).toBeHidden();
    await expect(line).toHaveAttribute('aria-posinset', place1 ?? '');
  });

  await test.step('by the button beside it', async () => {
    await page.keyboard.press('Tab');
    const more = button(page, 'More about this message').and(page.locator(':focus'));
    await expect(more).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(named(page, 'menuitem', 'History of this')).toBeFocused();
    await page.keyboard.press('Enter');
    await expectVersions(page, /sealed letter/);
    await close(page);
    await expect(more).toBeFocused();
  });
});

test('the history of a row is one key away, in its menu and on the row alone, and gives the focus back', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(await story(page)).toBeVisible();
  await named(page, 'tab', 'Rows').click();
  await replyLate(app, 'rows.page', 1_500);
  await named(named(page, 'listbox', 'Tables'), 'option', /^memories/).click();
  const grid = named(page, 'grid', 'Rows of memories that differ');
  await grid.focus();
  for (const key of ['ArrowDown', 'ArrowRight']) await page.keyboard.press(key);

  // The rows are still being read.
  await expect(grid).toContainText('…');
  await page.keyboard.press('h');
  await expectVersions(page, /./);
  await close(page);
  await expect(grid).toBeFocused();

  await page.keyboard.press('Shift+F10');
  await expect(named(page, 'menu', 'Row')).toBeVisible();
  await expectAccessible(app, page, 'the menu of a row');
  await expect(named(page, 'menuitem', 'History of this')).toBeEnabled();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expectVersions(page, /./);
  await close(page);
  await expect(grid).toBeFocused();

  await page.keyboard.press('Enter');
  const row = page.getByRole('dialog');
  await pressOn(button(row, 'History of this'), 'Enter');
  await expectVersions(page, /./);
  await expectAccessible(app, page, 'the history of a row over the row');
  await pressOn(button(history(page), 'Bring this back…').first(), 'Enter');
  await expect(named(page, 'alertdialog', /^Bring 1 row of \w+ back as it was/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toBeHidden();
  await pressOn(button(row, 'History of this'), 'Enter');
  await expectVersions(page, /./);
  await close(page);
  await expect(button(row, 'History of this')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(row).toBeHidden();
  await expect(grid).toBeFocused();
});

test('a row is offered no history where nothing names it', async ({ place, demo }) => {
  const db = new DatabaseSync(join(demo, 'chat.db'));
  db.exec(
    'CREATE TABLE loose AS SELECT * FROM memories; DROP TABLE memories; ALTER TABLE loose RENAME TO memories; DELETE FROM memories',
  );
  db.close();
  const { page } = await place.launch({ data: demo });
  await expect(await story(page)).toBeVisible();
  await named(page, 'tab', 'Rows').click();
  await named(named(page, 'listbox', 'Tables'), 'option', /^memories/).click();
  await named(page, 'grid', 'Rows of memories that differ').focus();
  await page.keyboard.press('Shift+F10');
  await expect(named(page, 'menuitem', 'Show this row')).toBeFocused();
  await expect(named(page, 'menuitem', 'History of this')).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(button(page.getByRole('dialog'), 'Copy row')).toBeVisible();
  await expect(button(page, 'History of this')).toHaveCount(0);
});
