import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ElectronApplication, Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { BACK, button, CONFIRM, hero, named, RESTORE, restoredBanner, story, text } from './find.ts';
import { dropOnWindow, expect, findCore, test } from './fixtures.ts';
import { crashHost, endHost, startHost } from './host.ts';
import { listKind } from './judge.ts';
import { addCheckpoints } from './many.ts';

async function leave(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toBeHidden();
}

test('axe finds nothing on any view', async ({ place, demo }) => {
  const { app, page } = await place.launch();
  const look = (name: string) => expectAccessible(app, page, name);
  await expect(button(page, 'Try the demo')).toBeVisible();
  await look('the greeting');
  const empty = join(place.folder, 'empty');
  mkdirSync(empty);
  await dropOnWindow(page, empty);
  await expect(page.getByRole('alert')).toBeVisible();
  await look('a folder that is refused');
  await dropOnWindow(page, demo);
  await expect(hero(page)).toBeVisible();
  await look('a folder with its conversation');
  await expect(await story(page)).toBeVisible();
  await look('a folder with its comparison');
  await button(page, /^\d+ identical tables$/).click();
  await look('the tables that are the same');
  await button(page, 'More').click();
  await expect(page.getByRole('menuitem').first()).toBeVisible();
  await look('the menu');
  await page.keyboard.press('Escape');
  await page.getByRole('option').filter({ hasText: 'damaged' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await look('a damaged snapshot');
  await page.getByRole('option').first().click();
  await page.keyboard.press('Shift+ArrowDown');
  await expect(text(page, '2 snapshots selected')).toBeVisible();
  await look('two snapshots');
});

test('axe finds nothing in any dialog', async ({ place, demo }) => {
  addCheckpoints(demo, 12);
  const { app, page } = await place.launch({ data: demo });
  const look = (name: string) => expectAccessible(app, page, name);
  await expect(hero(page)).toBeVisible();
  await button(page, 'More').click();
  await named(page, 'menuitem', 'Keyboard shortcuts').click();
  await expect(named(page, 'alertdialog', 'Keyboard shortcuts')).toBeVisible();
  await look('help');
  await leave(page);
  await button(page, 'Take snapshot').click();
  await expect(named(page, 'alertdialog', 'Take a snapshot now?')).toBeVisible();
  await look('take');
  await leave(page);
  await prune(app, page);
  await restore(app, page, demo);
});

test('axe finds nothing if something is missing or has gone wrong', async ({ place, demo }) => {
  const crashed = join(place.folder, 'crashed');
  const gone = join(place.folder, 'gone');
  for (const dir of [crashed, gone]) cpSync(demo, dir, { recursive: true, preserveTimestamps: true });
  await crashHost(crashed);
  rmSync(join(gone, 'chat.db'));
  const { app, page } = await place.launch({ data: crashed });
  const look = (name: string) => expectAccessible(app, page, name);
  await expect(text(page, 'You are viewing a copy.')).toBeVisible();
  await expect(hero(page)).toBeVisible();
  await look('a copy is viewed');
  await dropOnWindow(page, gone);
  await expect(text(page, 'No chat database')).toBeVisible();
  await look('a folder without its database');
  await dropOnWindow(page, place.home);
  await expect(named(page, 'alertdialog', 'That folder could not be opened')).toBeVisible();
  await look('a folder that is refused while another is open');
  await leave(page);
  await dropOnWindow(page, demo);
  await expect(named(page, 'heading', 'lighthouse-chats')).toBeVisible();
  await expect(hero(page)).toContainText('20 messages');
  rmSync(join(demo, 'snapshots', `${listKind(demo, 'rewind')[0]}.json`));
  await expect(named(page, 'heading', 'This snapshot is gone')).toBeVisible();
  await look('a snapshot that is gone');
  renameSync(demo, `${demo}-elsewhere`);
  await expect(page.getByRole('alert')).toContainText('missing');
  await look('a folder that is gone');
});

test('axe finds nothing in a plan with every consent', async ({ place, demo }) => {
  const [newest = ''] = listKind(demo, 'rewind');
  const file = join(demo, 'snapshots', `${newest}.json`);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), classifier_failures: [] }));
  const db = new DatabaseSync(join(demo, 'chat.db'));
  db.exec(`ALTER TABLE you_entity DROP COLUMN pronouns;
    UPDATE event_log SET ts = '2020-01-01T00:00:00Z' WHERE id = (SELECT max(id) - 30 FROM event_log);`);
  db.close();
  const host = await startHost(demo);
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  await expectAccessible(app, page, 'a comparison with notes');
  await button(page, RESTORE).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog.getByRole('alert')).toContainText('What was written since can’t be kept');
  await text(dialog, /^Remove \d+ newer messages/).click();
  for (const consent of ['Restore anyway', 'Remove everything newer', 'Leave it out', 'Empty it too'])
    await expect(text(dialog, consent)).toBeVisible();
  await expectAccessible(app, page, 'a plan with every consent');
  host.kill();
});

async function prune(app: ElectronApplication, page: Page): Promise<void> {
  const look = (name: string) => expectAccessible(app, page, name);
  const dialog = page.getByRole('alertdialog');
  await button(page, 'Prune…').click();
  await expect(button(dialog, /^Move 12/)).toBeEnabled();
  await look('prune by number');
  await text(dialog, 'Those older than').click();
  await look('prune by age');
  await text(dialog, 'The ones I select').click();
  await dialog.getByRole('option').last().click();
  await look('prune by hand');
  await text(dialog, 'All but the newest').click();
  await dialog.getByRole('textbox').fill('0');
  await page.keyboard.press('Tab');
  await expect(button(dialog, /^Move 1\d/)).toBeEnabled();
  await look('prune with a long list');
  await dialog.getByRole('textbox').fill('15');
  await page.keyboard.press('Tab');
  await button(dialog, /^Move 2/).click();
  await expect(text(page, /^\d+ snapshots, .* moved to the trash/)).toBeVisible();
  await look('news and the trash');
  await button(page, 'Show trash').click();
  await expect(button(dialog, /^Delete for good/)).toBeVisible();
  await look('the trash');
  await leave(page);
}

async function restore(app: ElectronApplication, page: Page, demo: string): Promise<void> {
  const look = (name: string) => expectAccessible(app, page, name);
  const dialog = page.getByRole('alertdialog');
  const host = await startHost(demo);
  await button(page, RESTORE).click();
  await expect(dialog.getByRole('checkbox')).toBeVisible();
  await look('a plan with a consent');
  host.kill();
  await once(host, 'exit');
  const confirm = button(dialog, CONFIRM);
  await expect(confirm).toBeEnabled();
  await button(dialog, 'Technical details').click();
  await look('a plan with its details');
  const writer = await startHost(demo, true);
  await dialog.locator('.tick').click();
  await confirm.click();
  await expect(text(page, 'Waiting for another program to unlock the database…')).toBeVisible();
  await look('a restore under way');
  process.kill(await findCore(app), 'SIGKILL');
  await expect(button(dialog, 'Try again')).toBeVisible();
  await look('a core that was lost');
  await endHost(writer);
  await button(dialog, 'Close').click();
  await expect(text(page, 'A part of Snapback stopped unexpectedly and was started again.')).toBeVisible();
  await look('the notice of the core');
  await button(page, RESTORE).click();
  await confirm.click();
  await expect(named(page, 'alertdialog', BACK)).toBeVisible();
  await look('the receipt');
  await button(dialog, 'Technical details').click();
  await look('the receipt with hashes');
  await leave(page);
  await expect(restoredBanner(page)).toBeVisible();
  await look('a restored state');
  await button(page, /^Undo “.*”…$/).click();
  await expect(button(dialog, /^Undo/)).toBeEnabled();
  await look('the undo');
  await leave(page);
  // What is kept by itself would stay.
  rmSync(join(demo, 'snapback/kept'), { recursive: true, force: true });
  rmSync(join(demo, 'snapshots'), { recursive: true });
  mkdirSync(join(demo, 'snapshots'));
  await expect(text(page, 'No snapshots yet')).toBeVisible();
  await look('no snapshots');
}
