import type { Page } from '@playwright/test';
import { rewindAndEdit, spoilSnapshot } from './edit-both-sides.ts';
import { button, CONFIRM, hero, named, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { endHost, startHost } from './host.ts';
import { addCheckpoints } from './many.ts';
import { type Take, taker } from './take-picture.ts';

/* More of the pictures that `screenshots.ts` makes: of what a person has chosen, and of what is open then. */

test('what a person has chosen', async ({ place, demo }) => {
  test.setTimeout(1_200_000);
  addCheckpoints(demo, 12);
  const { app, page } = await place.launch({ data: demo });
  const take = taker(app, page);
  await expect(hero(page)).toBeVisible();
  await expect(page.locator('.timeline-took').first()).toBeVisible();
  await takeList(page, take);
  await takeTimeline(page, take);
  await takeChosenMessages(page, take);
  await takeChosenRows(page, take);
  await takeNewer(page, take);
  const host = await startHost(demo);
  await expect(page.locator('.head-use.in-use')).toBeVisible({ timeout: 15_000 });
  await take('in-use');
  await button(page, 'Bring them back').click();
  await expect(page.getByRole('checkbox')).toBeVisible();
  await take('confirm-in-use');
  await page.keyboard.press('Escape');
  await endHost(host);
  await takeUndone(page, take);
});

async function takeList(page: Page, take: Take): Promise<void> {
  await named(page, 'listbox', 'Snapshots').getByRole('option').nth(1).click();
  await page.keyboard.press('Shift+F10');
  await expect(named(page, 'menu', 'Snapshot')).toBeVisible();
  await take('list-menu');
  await page.keyboard.press('Escape');
  await named(page, 'searchbox', 'Filter the list').fill('lighthouse');
  await take('list-filter', page.getByRole('option').first());
  await named(page, 'searchbox', 'Filter the list').fill('');
}

async function takeTimeline(page: Page, take: Take): Promise<void> {
  const marks = named(page, 'region', 'Timeline').getByRole('toolbar').getByRole('button');
  await marks.last().focus();
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('+');
  await expect(page.locator('.timeline-pane.zoomed')).toBeVisible();
  await take('timeline-zoomed');
  const pane = await page.locator('.timeline-pane').boundingBox();
  if (pane === null) throw new Error('There is no timeline.');
  await page.mouse.move(pane.x + 300, pane.y + 20);
  await page.mouse.down();
  await page.mouse.move(pane.x + 620, pane.y + 20, { steps: 4 });
  await page.mouse.up();
  await take('timeline-dragged');
  await marks.last().focus();
  await page.keyboard.press('0');
  await expect(page.locator('.timeline-pane.zoomed')).toBeHidden();
}

async function takeChosenMessages(page: Page, take: Take): Promise<void> {
  await page.getByRole('option').filter({ hasText: '20 messages' }).first().click();
  await expect(page.locator('.bubble.lost').first()).toBeVisible();
  await button(page, 'Next difference (N)').click();
  // The focus goes there once the line is drawn.
  await expect(page.locator('.line:focus')).toBeVisible();
  for (const key of ['ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key);
  await expect(text(page, '3 lost entries selected.')).toBeVisible();
  await take('messages-chosen', page.locator('.line:focus'));
  await button(page, 'Bring these back…').click();
  await expect(button(page.getByRole('alertdialog'), CONFIRM)).toBeEnabled();
  await take('messages-confirm');
  await page.keyboard.press('Escape');
  await button(page, 'Clear selection').click();
}

async function takeChosenRows(page: Page, take: Take): Promise<void> {
  const tables = named(page, 'listbox', 'Tables');
  await named(page, 'tab', 'Rows').click();
  for (const table of ['memories', 'edges']) {
    await named(tables, 'option', new RegExp(`^${table} `)).click();
    const grid = named(page, 'grid', `Rows of ${table} that differ`);
    await expect(grid.getByRole('row').nth(1)).toContainText(/Back|Changed/);
    await grid.focus();
    for (const key of ['Space', 'Shift+ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key);
    await expect(grid.getByRole('row', { selected: true })).not.toHaveCount(0);
  }
  await expect(text(page, /^\d rows in 2 tables chosen$/)).toBeVisible();
  await take('rows-chosen', page.getByRole('row', { selected: true }).last());
  await button(page, /^Bring back \d rows…$/).click();
  await expect(button(page.getByRole('alertdialog'), /^Restore \d rows$/)).toBeEnabled();
  await take('rows-confirm');
  await page.keyboard.press('Escape');
  await button(page, 'Clear').click();
  await named(page, 'tab', 'Conversation').click();
}

async function takeNewer(page: Page, take: Take): Promise<void> {
  const dialog = page.getByRole('alertdialog');
  await button(page, 'Bring them back').click();
  await button(dialog, 'Choose which of them stay').click();
  await dialog.getByRole('checkbox').nth(1).press('Space');
  await expect(button(dialog, /remove 1 newer message$/)).toBeEnabled();
  await take('newer-picked', dialog.getByRole('checkbox').nth(1));
  await page.keyboard.press('Escape');
  await button(page, 'Something else…').press('Enter');
  await expect(named(page, 'menuitem', 'Show me both…')).toBeVisible();
  await take('something-else');
  await named(page, 'menuitem', 'Show me both…').press('Enter');
  await expect(button(dialog, 'Choose 7 more')).toBeDisabled();
  await take('both');
  await button(dialog, 'Choose 7 more').scrollIntoViewIfNeeded();
  await dialog.locator('.conflict').last().scrollIntoViewIfNeeded();
  await take('both-lower');
  await page.keyboard.press('Escape');
}

async function takeUndone(page: Page, take: Take): Promise<void> {
  const dialog = page.getByRole('alertdialog');
  await button(page, 'Bring them back').click();
  await button(dialog, CONFIRM).click();
  await button(dialog, 'Undo').click();
  await expect(button(dialog, /^Undo \(/)).toBeEnabled();
  await take('undo');
  await button(dialog, /^Undo \(/).click();
  await expect(text(dialog, /^The restore was undone\./)).toBeVisible();
  await take('undone');
  await button(dialog, 'Done').click();
  await expect(dialog).toBeHidden();
  await take('undone-state');
}

test('both versions beside a third one', async ({ place, demo }) => {
  test.setTimeout(1_200_000);
  const { base } = await rewindAndEdit(demo);
  const { app, page } = await place.launch({ data: demo });
  const take = taker(app, page);
  const dialog = page.getByRole('alertdialog');
  const openBoth = async () => {
    await button(page, 'Something else…').press('Enter');
    await named(page, 'menuitem', 'Show me both…').press('Enter');
  };
  await openBoth();
  await expect(button(dialog, 'Choose 8 more')).toBeDisabled();
  await button(dialog, /^7 memories/).click();
  await expect(dialog.locator('.conflict').first()).toContainText(/Just after the rewind/);
  await take('both-base');
  await page.keyboard.press('Escape');
  spoilSnapshot(demo, base);
  await openBoth();
  await expect(dialog.getByRole('alert')).toContainText('but it can’t be read');
  await take('both-other-base');
});
