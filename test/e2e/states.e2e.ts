import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { button, hero, named, RESTORE, story, text } from './find.ts';
import { dropOnWindow, expect, test } from './fixtures.ts';

test('a folder without its database still shows its snapshots, says what is missing, and recovers when it is back', async ({
  place,
  demo,
}) => {
  renameSync(join(demo, 'chat.db'), join(place.folder, 'chat.db'));
  const { page } = await place.launch({ data: demo });
  await expect(text(page, 'There is no chat database to compare with or to restore into.')).toBeVisible();
  await expect(text(page, /makes a new one from a snapshot\.$/)).toBeVisible();
  await expect(page.getByRole('option').first()).toBeVisible();
  await expect(page.getByRole('option', { selected: true })).toHaveCount(1);
  for (const name of [RESTORE, 'Take snapshot']) await expect(button(page, name)).toBeDisabled();
  await expect(page.getByRole('alert')).toBeHidden();
  await test.step('its snapshots can be moved to the trash, and put back from there', async () => {
    const count = await page.getByRole('option').count();
    await button(page, 'Prune…').click();
    await text(page, 'The ones I select').click();
    await page.getByRole('alertdialog').getByRole('option').first().click();
    await button(page, 'Move 1 snapshot to the trash').click();
    await button(page, 'Move it all the same').click();
    await expect(page.getByRole('option')).toHaveCount(count - 1);
    await button(page, 'More').click();
    await named(page, 'menuitem', 'Show trash').click();
    await button(page, 'Put back 1 snapshot').click();
    await expect(page.getByRole('option')).toHaveCount(count);
  });
  renameSync(join(place.folder, 'chat.db'), join(demo, 'chat.db'));
  await expect(button(page, RESTORE)).toBeEnabled();
  await expect(text(page, 'There is no chat database to compare with or to restore into.')).toBeHidden();
});

test('if nothing differs there is nothing to restore, and the button is grey', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  await expect(button(page, RESTORE)).toBeEnabled();
  await button(page, 'Take snapshot').click();
  await button(page.getByRole('alertdialog'), 'Take snapshot').click();
  await expect(await story(page)).toHaveText('Identical to now.');
  await expect(button(page, RESTORE)).toBeDisabled();
});

test('list and page describe a damaged snapshot in the same words, and do not offer to try again', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  const line = page
    .getByRole('option')
    .filter({ hasText: 'damaged' })
    .or(page.getByRole('option').filter({ hasText: 'incomplete' }));
  await expect(line.locator('.snap-detail')).not.toBeEmpty();
  const said = (await line.locator('.snap-detail').textContent()) ?? '';
  await line.click();
  await expect(page.getByRole('alert')).toContainText(said);
  await expect(button(page, 'Try again')).toBeHidden();
});

test('a first folder that cannot be opened yet is told of as any other, and is opened by “Try again” and after a reload', async ({
  place,
  demo,
}) => {
  const host = new Database(join(demo, 'chat.db'));
  host.pragma('locking_mode = EXCLUSIVE');
  host.exec('BEGIN EXCLUSIVE');
  const { page } = await place.launch({ data: demo });
  await expect(named(page, 'heading', 'Another program is using the database')).toBeVisible();
  host.close();
  await button(page, 'Try again').click();
  await expect(hero(page)).toBeVisible();
  await page.reload();
  await expect(hero(page)).toBeVisible();
});

test('“Try again” is offered only if it can help', async ({ place, demo }) => {
  const { page } = await place.launch();
  await expect(button(page, 'Try the demo')).toBeVisible();
  writeFileSync(join(demo, 'snapback-profile.json'), '{');
  await dropOnWindow(page, demo);
  await expect(page.getByRole('alert')).toContainText('profile');
  await expect(button(page, 'Try again')).toBeHidden();
  writeFileSync(join(demo, 'snapback-profile.json'), '{}');
  renameSync(demo, `${demo}-away`);
  await dropOnWindow(page, demo);
  await expect(named(page, 'heading', 'The folder is missing')).toBeVisible();
  renameSync(`${demo}-away`, demo);
  await button(page, 'Try again').click();
  await expect(hero(page)).toBeVisible();
});
