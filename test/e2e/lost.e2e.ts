import { existsSync } from 'node:fs';
import type { ElectronApplication, Page } from '@playwright/test';
import { applyPrune, openDataFolder } from '../../src/index.ts';
import { expectAccessible } from './axe.ts';
import { button, CONFIRM, hero, named, RESTORE, restoredBanner, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { listKind } from './judge.ts';
import { pressOn, tabTo } from './keyboard.ts';
import { addCheckpoints } from './many.ts';

test('a snapshot taken to be safe does not hide the one that holds the lost chat', async ({
  place,
  demo,
}) => {
  const first = await place.launch({ data: demo });
  await expect(hero(first.page)).toContainText('You rewound Lighthouse');
  await button(first.page, 'Take snapshot').click();
  await button(first.page.getByRole('alertdialog'), 'Take snapshot').click();
  await expect(text(first.page, /^Snapshot taken/)).toBeVisible();
  await first.app.close();
  const { page } = await place.launch();
  await expect(hero(page)).toContainText('You rewound Lighthouse');
});

/** Chooses the newest snapshot for the trash: the only one that holds what was lost. */
async function chooseOnlyCopy(page: Page): Promise<void> {
  const dialog = page.getByRole('alertdialog');
  await expect(page.getByRole('option').filter({ hasText: '20 messages' }).first()).toBeVisible();
  await button(page, 'Prune…').click();
  await text(dialog, 'The ones I select').click();
  await dialog.getByRole('option').first().click();
  await expect(text(dialog, ONLY_COPY)).toBeVisible();
  await button(dialog, 'Move 1 snapshot to the trash').click();
  await expect(named(page, 'alertdialog', SECOND_QUESTION)).toBeVisible();
}

const ONLY_COPY = /can bring back \d+ messages in “Lighthouse”/;
const SECOND_QUESTION = 'Move it to the trash all the same?';

test('pruning the only snapshot that holds a lost chat asks once more and names it, and Undo puts it back', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toContainText('You rewound Lighthouse');
  const before = listKind(demo, 'rewind');
  const question = named(page, 'alertdialog', SECOND_QUESTION);
  await test.step('the question begins on the harmless button, which leads back and moves nothing', async () => {
    await chooseOnlyCopy(page);
    await expect(text(question, ONLY_COPY)).toBeVisible();
    await expect(button(question, 'Keep that one')).toBeFocused();
    await expectAccessible(app, page, 'the second question');
    await page.keyboard.press('Enter');
    await expect(question).toBeHidden();
    await expect(named(page, 'alertdialog', 'Move snapshots to the trash?')).toBeVisible();
    await page.keyboard.press('Escape');
    expect(listKind(demo, 'rewind')).toEqual(before);
  });

  await test.step('Enter does not answer it, Space does, and the toast is reached by Tab', async () => {
    await chooseOnlyCopy(page);
    await tabTo(page, button(question, 'Move it all the same'));
    await page.keyboard.press('Enter');
    await expect(question).toBeVisible();
    await page.keyboard.press('Space');
    const news = page.getByRole('status').filter({ hasText: /^1 snapshot, .* moved to the trash/ });
    await expect(news).toBeVisible();
    await expect(page.locator(':focus')).toHaveCount(1);
    expect(listKind(demo, 'rewind')).toEqual(before.slice(1));
    await tabTo(page, button(news, 'Undo'));
    await page.keyboard.press('Enter');
    await expect(text(page, '1 snapshot put back.')).toBeVisible();
    await expect(page.locator(':focus')).toHaveCount(1);
    expect(listKind(demo, 'rewind')).toEqual(before);
    await expect(hero(page)).toContainText('You rewound Lighthouse');
  });

  await test.step('the key of Undo puts back what was moved last', async () => {
    await chooseOnlyCopy(page);
    await pressOn(button(question, 'Move it all the same'), 'Space');
    await expect(text(page, /^1 snapshot, .* moved to the trash/)).toBeVisible();
    await choose(app, 'undo');
    await expect(text(page, '1 snapshot put back.')).toBeVisible();
    expect(listKind(demo, 'rewind')).toEqual(before);
  });

  await test.step('after a restore, Undo means the restore again', async () => {
    await chooseOnlyCopy(page);
    await button(question, 'Move it all the same').click();
    await expect(text(page, /^1 snapshot, .* moved to the trash/)).toBeVisible();
    await page.getByRole('option').filter({ hasText: '12 messages' }).first().click();
    await button(page, RESTORE).click();
    // The rewind took some of the newer messages, so they cannot be kept.
    await pressOn(named(page, 'radio', /^Remove \d+ newer messages/), 'Space');
    await button(page, CONFIRM).click();
    await button(page, 'Done').click();
    await expect(restoredBanner(page)).toBeVisible();
    await expect(text(page, /^1 snapshot, .* moved to the trash/)).toBeHidden();
    await choose(app, 'undo');
    await expect(button(page.getByRole('alertdialog'), /^Undo/)).toBeVisible();
  });
});

test('the trash shows by kind and time what is in it, and gives one snapshot back, also after a restart', async ({
  place,
  demo,
}) => {
  addCheckpoints(demo, 3);
  const first = await place.launch({ data: demo });
  await expect(hero(first.page)).toContainText('You rewound Lighthouse');
  const [rewinds, checkpoints] = [listKind(demo, 'rewind'), listKind(demo, 'periodic')];
  await button(first.page, 'Prune…').click();
  await button(first.page, 'Move 3 snapshots to the trash').click();
  await expect(text(first.page, /^3 snapshots, .* moved to the trash/)).toBeVisible();
  await chooseOnlyCopy(first.page);
  await button(first.page, 'Move it all the same').click();
  await expect(text(first.page, /^1 snapshot, .* moved to the trash/)).toBeVisible();
  await first.app.close();

  const { app, page } = await place.launch();
  await expect(hero(page)).toBeVisible();
  const trash = named(page, 'alertdialog', 'Trash');
  await choose(app, 'trash');
  await expect(text(trash, /^4 snapshots, [\d.]+ .B\.$/)).toBeVisible();
  await expect(named(trash, 'list', 'By kind').getByRole('listitem')).toHaveText([
    /^Checkpoints3 snapshots/,
    /^Before rewinds1 snapshot/,
  ]);
  const list = named(trash, 'listbox', 'Snapshots in the trash');
  await expect(list.getByRole('option')).toHaveCount(4);
  await expect(list.getByRole('option', { selected: true })).toHaveText([/^Before the rewind/]);
  await expectAccessible(app, page, 'the trash');

  await test.step('one of three by keyboard', async () => {
    await tabTo(page, list.getByRole('option').first());
    await page.keyboard.press('Space');
    await expect(button(trash, 'Put back')).toBeDisabled();
    await page.keyboard.press('End');
    await page.keyboard.press('Space');
    await tabTo(page, button(trash, 'Put back 1 snapshot'));
    await page.keyboard.press('Enter');
    await expect(text(page, '1 snapshot put back.')).toBeVisible();
    await expect(page.locator(':focus')).toHaveCount(1);
    expect(listKind(demo, 'periodic')).toHaveLength(checkpoints.length - 2);
  });

  await test.step('then all that is left', async () => {
    await button(page, 'Show trash').click();
    await tabTo(page, list.getByRole('option', { selected: true }));
    await page.keyboard.press('Control+a');
    await button(trash, 'Put back 3 snapshots').click();
    await expect(text(page, '3 snapshots put back.')).toBeVisible();
    expect(listKind(demo, 'rewind')).toEqual(rewinds);
    expect(listKind(demo, 'periodic')).toEqual(checkpoints);
    await expect(hero(page)).toContainText('You rewound Lighthouse');
    await expect(button(page, 'Show trash')).toBeHidden();
  });

  await test.step('an empty trash says so', async () => {
    await choose(app, 'trash');
    await expect(text(trash, 'The trash is empty.')).toBeVisible();
    await expectAccessible(app, page, 'the empty trash');
  });
});

test('the trash is deleted for good after one more question, moved to the system’s trash, or refused if it has changed', async ({
  place,
  demo,
}) => {
  addCheckpoints(demo, 3);
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  const dialog = page.getByRole('alertdialog');
  const prune = async (how: string) => {
    await button(page, 'Prune…').click();
    await text(dialog, how).click();
    await button(dialog, /^Move \d snapshots? to the trash/).click();
  };
  const showTrash = async () => {
    await expect(text(page, /^\d snapshots?, .* moved to the trash/)).toBeVisible();
    await button(page, 'Show trash').click();
  };
  await prune('Those older than');
  await button(dialog, 'Move it all the same').click();
  await showTrash();
  await button(dialog, /^Delete for good, frees [\d.]+ .B…$/).click();
  const question = named(page, 'alertdialog', 'Delete 1 snapshot for good?');
  await expect(button(question, 'Cancel')).toBeFocused();
  await expectAccessible(app, page, 'delete for good');
  await page.keyboard.press('Escape');
  await expect(named(page, 'alertdialog', 'Trash')).toBeVisible();
  await button(dialog, /^Delete for good/).click();
  await expect(text(question, /can bring back 5 messages in “Kitchen Table”\.$/)).toBeVisible();

  await test.step('what came into the trash meanwhile is not deleted', async () => {
    const { trashFolder } = await applyPrune(await openDataFolder(demo), {
      ...{ by: 'count', kind: 'periodic', keep: 7 },
    });
    await button(question, /^Delete 1 snapshot, free/).click();
    const again = named(page, 'alertdialog', 'Delete it for good all the same?');
    await expect(text(again, /can bring back 5 messages in “Kitchen Table”\.$/)).toBeVisible();
    await expect(text(again, 'Once that is deleted, nothing can bring it back.')).toBeVisible();
    await expect(button(again, 'Keep it')).toBeFocused();
    await expectAccessible(app, page, 'delete the only copy for good');
    await button(again, 'Keep it').click();
    await button(question, /^Delete 1 snapshot, free/).click();
    await button(again, 'Delete it all the same').click();
    await expect(text(dialog, 'The data has changed in the meantime')).toBeVisible();
    expect(existsSync(trashFolder)).toBe(true);
    await button(dialog, 'Look again').click();
    await expect(text(dialog, /^2 snapshots, /)).toBeVisible();
    await button(dialog, /^Delete for good/).click();
    await button(dialog, /^Delete 2 snapshots, free/).click();
    await button(dialog, 'Delete them all the same').click();
    await expect(text(page, /^2 snapshots, .*, deleted for good\.$/)).toBeVisible();
    expect(existsSync(trashFolder)).toBe(false);
  });

  await prune('All but the newest');
  await showTrash();
  await button(dialog, 'Move to the system’s trash').click();
  await expect(
    text(
      page,
      /^2 snapshots, .* moved to the system’s trash\.$|^The system has no trash for this place/,
    ).first(),
  ).toBeVisible();
});

/** As the menu does for its key, which Playwright's keys do not reach. */
async function choose(app: ElectronApplication, command: string): Promise<void> {
  await app.evaluate(({ Menu, BrowserWindow }, id) => {
    const [window] = BrowserWindow.getAllWindows();
    Menu.getApplicationMenu()?.getMenuItemById(id)?.click(undefined, window, window?.webContents);
  }, command);
}
