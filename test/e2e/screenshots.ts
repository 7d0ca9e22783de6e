import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { BACK, button, CONFIRM, hero, named, RESTORE, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { addCheckpoints } from './many.ts';
import { type Take, taker } from './take-picture.ts';

/*
 * Makes a picture of each view in each size and theme, for a person to look at: `npm run screenshots` writes them into
 * `test-results/screenshots/`. Not part of the tests. Those of the README are `first`, `conversation`, `rows` and `confirm` at
 * 1200 by 760 in light. `VIEWS=hits,prune` makes only those. What a person has chosen is in `screenshots-of-choices.ts`.
 */

test('each view', async ({ place, demo }) => {
  test.setTimeout(1_200_000);
  const greeting = await place.launch();
  await expect(button(greeting.page, 'Try the demo')).toBeVisible();
  await taker(greeting.app, greeting.page)('welcome');
  await greeting.app.close();

  const data = join(place.home, 'lighthouse-chats');
  renameSync(demo, data);
  const { app, page } = await place.launch({ data });
  await app.evaluate(
    ({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    },
    join(place.folder, 'saved.json'),
  );
  const take = taker(app, page);
  await expect(hero(page)).toBeVisible();
  await expect(page.locator('.timeline-took').first()).toBeVisible();
  await expect(page.locator('.said').first()).toBeVisible();
  await take('first');
  await button(page, 'Next difference (N)').click();
  await expect(page.locator('.boundary').first()).toBeInViewport();
  await take('conversation');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+F10');
  await expect(named(page, 'menu', 'Message')).toBeVisible();
  await take('message-menu');
  await page.keyboard.press('Enter');
  await expect(text(page, /versions?, oldest first/)).toBeVisible();
  await take('message-history');
  await leave(page);
  await takeViews(page, take);
  await takeSearch(page, take);
  addCheckpoints(data, 3);
  await takeDialogs(page, take);
  await takeOtherSnapshots(page, take);
  await takeRestore(page, take);
});

async function takeViews(page: Page, take: Take): Promise<void> {
  await named(page, 'tab', 'Details').click();
  await expect(page.locator('.story')).toBeVisible();
  await take('details');
  await named(page, 'tab', 'Rows').click();
  await expect(named(page, 'grid', /^Rows of/)).toBeVisible();
  await take('rows', page.getByRole('grid'));
  await page.getByRole('grid').focus();
  for (const key of ['ArrowDown', 'Shift+F10']) await page.keyboard.press(key);
  await expect(named(page, 'menu', 'Row')).toBeVisible();
  await take('row-menu');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('grid')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await take('row');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await named(page, 'tab', 'Conversation').click();
}

async function takeSearch(page: Page, take: Take): Promise<void> {
  const field = named(page, 'searchbox', 'Search everything that ever was');
  await field.click();
  await expect(named(page, 'grid', 'The last messages that were lost')).toBeVisible();
  await take('search');
  await field.fill('lantern');
  await expect(page.getByRole('status').filter({ hasText: /gone now$/ })).toBeVisible();
  await take('hits', page.getByRole('row').first());
  await button(page, 'History of this').first().click();
  await expect(text(page, /versions?, oldest first/)).toBeVisible();
  await take('history');
  await leave(page);
  await field.click();
  await page.keyboard.press('Escape');
  await expect(page.locator('.search-page')).toBeHidden();
}

async function takeDialogs(page: Page, take: Take): Promise<void> {
  const dialog = page.getByRole('alertdialog');
  await button(page, 'As table').click();
  await expect(dialog).toBeVisible();
  await take('timeline');
  await leave(page);
  await button(page, 'More').click();
  await expect(page.getByRole('menuitem').first()).toBeVisible();
  await take('menu');
  await page.keyboard.press('Escape');
  for (const [name, item] of [
    ['protection', 'Protection…'],
    ['help', 'Keyboard shortcuts'],
  ] as const) {
    await button(page, 'More').press('Enter');
    await named(page, 'menuitem', item).press('Enter');
    await expect(dialog).toBeVisible();
    await take(name);
    await leave(page);
  }
  await button(page, 'Message fields…').click();
  await expect(dialog).toBeVisible();
  await take('fields');
  await leave(page);
  await button(page, 'Bring back only this chat…').click();
  await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
  await take('confirm-chat');
  await leave(page);
  await button(page, /^Space /).click();
  await expect(text(dialog, /^Snapshots take /)).toBeVisible();
  await take('space');
  await leave(page);
  await button(page, 'Take snapshot').click();
  await expect(dialog).toBeVisible();
  await take('take');
  await leave(page);
  await button(page, 'Prune…').click();
  await expect(button(dialog, /^Move 3/)).toBeEnabled();
  await take('prune');
  await text(dialog, 'The ones I select').click();
  await take('prune-selected');
  await dialog.getByRole('option').first().click();
  await button(dialog, 'Move 1 snapshot to the trash').click();
  await expect(button(dialog, 'Move it all the same')).toBeVisible();
  await take('prune-only-copy');
  await page.keyboard.press('Escape');
  await text(dialog, 'All but the newest').click();
  await button(dialog, 'Move 3 snapshots to the trash').click();
  await expect(text(page, /^3 snapshots, .* moved to the trash/)).toBeVisible();
  await take('undo-prune');
  await button(page, 'Show trash').click();
  await expect(named(dialog, 'listbox', 'Snapshots in the trash')).toBeVisible();
  await take('trash');
  await button(dialog, /^Delete for good/).click();
  await expect(button(dialog, /^Delete 3 snapshots/)).toBeVisible();
  await take('delete-for-good');
  await page.keyboard.press('Escape');
  await button(dialog, 'Put back 3 snapshots').click();
  await expect(dialog).toBeHidden();
  await expect(text(page, /^3 snapshots put back/)).toBeVisible();
  await take('put-back');
  await button(page, 'Prune…').click();
  await button(dialog, /^Move 3/).click();
  await button(page, 'Show trash').first().click();
  await button(dialog, /^Delete for good/).click();
  await button(dialog, /^Delete 3 snapshots/).click();
  await expect(button(dialog, /^Delete 3 snapshots/)).toBeHidden();
  await take('trash-emptied');
  if (await dialog.isVisible()) await leave(page);
  await button(page, 'Dismiss').click();
}

async function takeOtherSnapshots(page: Page, take: Take): Promise<void> {
  await page.getByRole('option').filter({ hasText: 'damaged' }).click();
  await expect(button(page, 'Save what is whole…')).toBeVisible();
  await take('damaged');
  await button(page, 'Save what is whole…').click();
  await expect(text(page, /It is in “saved\.json”\.$/)).toBeVisible();
  await take('salvaged');
  await page.getByRole('option').filter({ hasText: 'removed' }).first().click();
  await button(page, 'Keep…').click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await take('keep');
  await leave(page);
  await page.getByRole('option').first().click();
  await page.keyboard.press('Shift+ArrowDown');
  await expect(text(page, '2 snapshots selected')).toBeVisible();
  await take('two');
  await button(page, 'Compare').click();
  await expect(named(page, 'grid', /^Rows of/)).toBeVisible();
  await take('two-compared');
}

async function takeRestore(page: Page, take: Take): Promise<void> {
  const dialog = page.getByRole('alertdialog');
  await page.getByRole('option').filter({ hasText: '20 messages' }).first().click();
  await button(page, RESTORE).click();
  await expect(button(dialog, CONFIRM)).toBeEnabled();
  await take('confirm');
  await text(dialog, 'Remove 3 newer messages').click();
  await expect(button(dialog, /remove 3 newer messages$/)).toBeEnabled();
  await take('confirm-remove');
  await text(dialog, 'Keep 3 newer messages').click();
  await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
  await button(dialog, 'Technical details').click();
  await expect(text(dialog, /^Rehearsed on a copy: /)).toBeVisible();
  await take('confirm-details');
  await button(dialog, CONFIRM).click();
  await expect(named(page, 'alertdialog', BACK)).toBeVisible();
  await take('receipt');
  await button(dialog, 'Done').click();
  await expect(page.locator('.banner b')).toBeVisible();
  await expect(hero(page)).toContainText('appear when your chat app starts next');
  await take('restored');
  await button(page, 'More').press('Enter');
  await named(page, 'menuitem', 'History…').press('Enter');
  await expect(named(dialog, 'listitem', /^Brought back/)).toBeVisible();
  await take('action-history');
  await leave(page);
  await button(page, 'Take snapshot').click();
  await button(dialog, 'Take snapshot').click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await take('take-refused');
  await leave(page);
}

async function leave(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toBeHidden();
}
