import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { defaultRestoreOptions, openDataFolder, restoreToCopy } from '../../src/index.ts';
import { expectAccessible } from './axe.ts';
import { button, hero, named, restoredBanner, story, text } from './find.ts';
import { dropOnWindow, expect, findCore, test } from './fixtures.ts';
import { listKind, readDatabase, readSnapshotFile } from './judge.ts';
import { tabTo } from './keyboard.ts';

/** A copy of the database from before the rewind, as somebody might have made it, outside of the data folder. */
async function makeBackup(demo: string): Promise<string> {
  const to = join(demo, '..', 'chat.db.bak');
  const [snapshotId = ''] = listKind(demo, 'rewind');
  const folder = await openDataFolder(demo);
  await restoreToCopy(folder, { ...defaultRestoreOptions, snapshotId, to }, { planId: null });
  return to;
}

/** Answers the system's next open dialogs with this path. */
async function answerOpen(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [filePath] });
  }, path);
}

const line = (page: Page) => page.getByRole('option').filter({ hasText: 'chat.db.bak' });

async function openFromMenu(page: Page): Promise<void> {
  await tabTo(page, button(page, 'More'));
  await page.keyboard.press('Enter');
  await named(page, 'menuitem', 'Open a backup…').press('Enter');
}

test('a backup from anywhere is opened beside the snapshots, compared, restored from and closed, by keyboard alone', async ({
  place,
  demo,
}, info) => {
  const backup = await makeBackup(demo);
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  await answerOpen(app, backup);
  await openFromMenu(page);
  await expect(line(page)).toHaveAttribute('aria-selected', 'true');
  await expect(text(named(page, 'listbox', 'Snapshots'), 'Opened files')).toBeVisible();
  await expect(hero(page)).toContainText('chat.db.bak');
  await expect(page.locator('.conversation-bar')).toContainText('lost');
  await page.screenshot({ path: info.outputPath('backup.png') });
  await expectAccessible(app, page, 'an opened file');
  const before = readDatabase(demo);

  await test.step('it is restored from like any snapshot, and that is undone', async () => {
    await tabTo(page, button(hero(page), 'Restore…'));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('alertdialog');
    const remove = named(dialog, 'radio', /^Remove 3 newer messages/);
    await expect(dialog).toContainText('this snapshot does not say exactly where it ends');
    await tabTo(page, named(dialog, 'radio', /^Show me both/));
    await page.keyboard.press('ArrowDown');
    await expect(remove).toBeChecked();
    await tabTo(page, button(dialog, 'Bring back 20 messages and remove 3 newer messages'));
    await page.keyboard.press('Space');
    await expect(button(page, 'Done')).toBeFocused();
    await page.keyboard.press('Enter');
    const [rewind = ''] = listKind(demo, 'rewind');
    const { event_log: events, ...tables } = readSnapshotFile(demo, rewind);
    expect(readDatabase(demo)).toMatchObject({ event_log: events, memories: tables.memories });
    await expect(restoredBanner(page)).toBeVisible();
    await tabTo(page, button(page, /^Undo “Brought back/));
    await page.keyboard.press('Enter');
    await tabTo(page, button(page, /^Undo \(hides 20 messages again/));
    await page.keyboard.press('Space');
    await expect(button(page, 'Done')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    expect(readDatabase(demo)).toEqual(before);
  });

  await test.step('it is closed, and the list is as before', async () => {
    await tabTo(page, button(hero(page), 'Close file'));
    await page.keyboard.press('Enter');
    await expect(line(page)).toHaveCount(0);
    await expect(text(page, 'Opened files')).toHaveCount(0);
    await expect(hero(page)).toContainText('20 messages');
  });
});

test('a file that is dropped on an open folder is opened beside its snapshots, or refused in words', async ({
  place,
  demo,
}) => {
  const backup = await makeBackup(demo);
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  const diary = join(place.folder, 'diary.txt');
  writeFileSync(diary, 'Dear diary');
  await dropOnWindow(page, diary);
  await expect(page.getByRole('alertdialog')).toContainText('“diary.txt” cannot be opened');
  await page.keyboard.press('Escape');
  await dropOnWindow(page, backup);
  await expect(line(page)).toHaveAttribute('aria-selected', 'true');
  await expect(await story(page)).toContainText('20 messages');

  await test.step('if the file vanishes, that is said, and what it held is still shown', async () => {
    const aside = join(place.folder, 'aside');
    renameSync(backup, aside);
    await expect(line(page)).toContainText('no longer there');
    await expect(text(page, /^The file is no longer there\./)).toBeVisible();
    await expect(await story(page)).toContainText('20 messages');
    renameSync(aside, backup);
    await expect(line(page)).not.toContainText('no longer there');
  });

  await test.step('it is still open after the core stopped', async () => {
    process.kill(await findCore(app), 'SIGKILL');
    await expect(page.getByRole('status').filter({ hasText: 'was started again' })).toBeVisible();
    await named(page, 'tab', 'Rows').click();
    await expect(page.getByRole('grid').first()).toBeVisible();
    await expect(line(page)).toHaveCount(1);
  });
});
