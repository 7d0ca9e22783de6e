import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { applyRestore, defaultRestoreOptions, openDataFolder, readHistory } from '../../src/index.ts';
import { expectAccessible } from './axe.ts';
import { button, hero, named, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { listKind } from './judge.ts';
import { tabTo } from './keyboard.ts';

const history = (page: Page) => named(page, 'alertdialog', 'History');
const entries = (page: Page) => history(page).getByRole('listitem');

async function openByKeyboard(page: Page): Promise<void> {
  await button(page, 'More').press('Enter');
  await named(page, 'menuitem', 'History…').press('Enter');
  await expect(history(page)).toBeVisible();
}

/** Restores these snapshots, one after the other, before the window is opened. */
async function restoreEarlier(dir: string, ids: readonly string[]): Promise<void> {
  const folder = await openDataFolder(dir);
  for (const snapshotId of ids)
    await applyRestore(
      folder,
      { ...defaultRestoreOptions, acceptOtherTimeline: true, snapshotId, action: 'restore' },
      { planId: null, whileOpen: false },
    );
}

/** Where the system's dialog would put a file that somebody saves. */
async function saveTo(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
}

test('what was done is told in order, and Undo goes back one restore at a time, by keyboard alone', async ({
  place,
  demo,
}) => {
  const [rewind = ''] = listKind(demo, 'rewind');
  const [checkpoint = ''] = listKind(demo, 'periodic');
  await restoreEarlier(demo, [rewind, checkpoint]);
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  await openByKeyboard(page);
  await expect(entries(page)).toHaveCount(2);
  await expect(entries(page).first()).toContainText('Your chats are like this now');
  await expect(entries(page).last()).toContainText('Brought back Lighthouse, 20 messages');
  await expect(entries(page).last()).toContainText('undo that first');
  await expectAccessible(app, page, 'the history');

  await test.step('the newest restore is undone, and then the one before it', async () => {
    for (const name of [/^Undo “/, 'Undo “Brought back Lighthouse, 20 messages”?']) {
      await expect(button(history(page), /^Undo…/)).toHaveCount(1);
      await tabTo(page, button(history(page), /^Undo…/));
      await page.keyboard.press('Enter');
      const question = named(page, 'alertdialog', name);
      await expect(question).toBeVisible();
      const other = text(question, 'Remove everything newer');
      const confirm = button(question, /^Undo/);
      await expect(confirm).toBeVisible();
      if (await other.isVisible()) await other.click();
      await tabTo(page, confirm);
      await page.keyboard.press('Space');
      const receipt = named(page, 'alertdialog', /^The restore was undone/);
      await expect(receipt).toBeVisible();
      await button(receipt, 'Done').press('Enter');
      await expect(receipt).toBeHidden();
      await openByKeyboard(page);
    }
  });

  await expect(text(history(page), /^All of these were undone/)).toBeVisible();
  await expect(entries(page)).toHaveCount(4);
  await expect(button(history(page), /^Undo…/)).toHaveCount(0);
  await expect(button(history(page), 'Redo… Undo of “Brought back Lighthouse, 20 messages”')).toBeVisible();
  const { entries: told, held } = await readHistory(await openDataFolder(demo));
  expect([told.length, held]).toEqual([4, null]);
  await page.keyboard.press('Escape');
  await expect(history(page)).toBeHidden();
});

test('a receipt is exported into a new file, and never over another one', async ({ place, demo }) => {
  await restoreEarlier(demo, listKind(demo, 'rewind').slice(0, 1));
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  const to = join(place.folder, 'receipt.json');
  await saveTo(app, to);
  await openByKeyboard(page);
  const exporting = button(history(page), 'Export receipt… Brought back Lighthouse, 20 messages');
  await exporting.press('Enter');
  await expect(history(page).getByRole('status')).toHaveText('The receipt is in receipt.json.');
  const written = readFileSync(to, 'utf8');
  expect(JSON.parse(written)).toMatchObject({ format: 'snapback-receipt', kind: 'restore' });
  expect(JSON.parse(written).text[0]).toBe('Brought back Lighthouse, 20 messages');
  await exporting.press('Enter');
  await expect(history(page).getByRole('alert')).toContainText('receipt.json');
  expect(readFileSync(to, 'utf8')).toBe(written);
  await expectAccessible(app, page, 'a receipt that was not exported');
});

test('a folder in which nothing was done says so', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  await openByKeyboard(page);
  await expect(
    text(history(page), 'Nothing has been restored, taken, kept or moved to the trash here yet.'),
  ).toBeVisible();
});
