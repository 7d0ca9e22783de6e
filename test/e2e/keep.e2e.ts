import { existsSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { button, named, story, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { listKind } from './judge.ts';
import { pressOn, tabTo } from './keyboard.ts';
import { addCheckpoints } from './many.ts';

/** Chooses the first snapshot of the list whose line says this. */
async function choose(page: Page, words: string): Promise<void> {
  const line = page.getByRole('option').filter({ hasText: words }).first();
  await line.scrollIntoViewIfNeeded();
  await line.click();
  await expect(line).toHaveAttribute('aria-selected', 'true');
}

/** What is kept of a snapshot: the file and its note; not what is still being written. */
function keptOf(dir: string, id: string | undefined): readonly string[] {
  const place = join(dir, 'snapback/kept');
  const name = id?.split('/').at(-1) ?? '?';
  return existsSync(place) ? readdirSync(place).filter((file) => file.startsWith(`${name}.`)) : [];
}

/** Answers the system's next save dialogs with this path. */
async function answerSave(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, path);
}

test('a snapshot that goes at the next checkpoint says so, and is kept with a name by keyboard alone', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(await story(page)).toBeVisible();
  await choose(page, 'removed at the next checkpoint');
  await expect(
    text(page, /removed at the next checkpoint \(within 100 events or 30 minutes\)\.$/).first(),
  ).toBeVisible();
  await expectAccessible(app, page, 'a snapshot in danger');
  await tabTo(page, button(page, 'Keep…'));
  await page.keyboard.press('Enter');
  await expect(named(page, 'alertdialog', 'Keep this snapshot?')).toBeVisible();
  await expectAccessible(app, page, 'keep');
  await named(page, 'textbox', 'Name (optional)').focus();
  await page.keyboard.type('Before I broke it');
  await tabTo(page, button(page, 'Keep'));
  await page.keyboard.press('Enter');
  await expect(
    text(page, 'Kept as “Before I broke it”. It stays until you move it to the trash.'),
  ).toBeVisible();
  await expect(text(page, 'You keep this one: it stays until you move it to the trash.')).toBeVisible();
  expect(keptOf(demo, listKind(demo, 'periodic').at(-1))).toHaveLength(2);
});

test('what would bring something back and is about to be removed is kept by itself, and let go on request', async ({
  place,
  demo,
}) => {
  const old = listKind(demo, 'rewind').at(-1);
  const { app, page } = await place.launch({ data: demo });
  await expect(await story(page)).toBeVisible();
  await expect.poll(() => keptOf(demo, old)).toHaveLength(2);
  await choose(page, 'older than 14 days');
  const said = text(page, /so Snapback keeps it as long as this window is open\.$/);
  await expect(said).toBeVisible();
  await expectAccessible(app, page, 'a snapshot that is kept by itself');
  await pressOn(button(page, 'Don’t keep'), 'Enter');
  await expect(said).toBeHidden();
  expect(keptOf(demo, old)).toEqual([]);
});

test('what the chat app removes meanwhile stays, and nothing else is left when the window closes', async ({
  place,
  demo,
}) => {
  // Of the other ones, the newest is not old enough, and one is damaged.
  const [, , old = '', older] = listKind(demo, 'rewind');
  const { app, page } = await place.launch({ data: demo });
  await expect(await story(page)).toBeVisible();
  await expect.poll(() => keptOf(demo, old)).toHaveLength(2);
  await expect.poll(() => keptOf(demo, older)).toHaveLength(2);
  rmSync(join(demo, 'snapshots', `${old}.json`));
  await expect(page.getByRole('option').filter({ hasText: 'Kept' }).first()).toBeVisible();
  await button(page, 'More').press('Enter');
  await named(page, 'menuitem', 'History…').press('Enter');
  await expect(named(page, 'alertdialog', 'History').getByRole('listitem').first()).toContainText(
    'Automatic',
  );
  await app.close();
  expect(keptOf(demo, old)).toHaveLength(2);
  expect(keptOf(demo, older)).toEqual([]);
});

test('while a snapshot in danger is decided on, it cannot be lost; nothing is left when nobody chose it', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(await story(page)).toBeVisible();
  await choose(page, 'removed at the next checkpoint');
  const oldest = listKind(demo, 'periodic').at(-1);
  const kept = () => keptOf(demo, oldest);
  await button(page, 'Restore…').click();
  await expect.poll(kept).toHaveLength(2);
  await page.keyboard.press('Escape');
  await expect.poll(kept).toHaveLength(0);
  await button(page, 'Restore…').click();
  await expect.poll(kept).toHaveLength(2);
  rmSync(join(demo, 'snapshots', `${listKind(demo, 'periodic').at(-1)}.json`));
  await page.keyboard.press('Escape');
  await expect(
    page
      .getByRole('option')
      .filter({ hasText: 'Kept' })
      .or(named(page, 'heading', 'This snapshot is gone'))
      .first(),
  ).toBeVisible();
  await expect.poll(kept).toHaveLength(2);
});

test('the space that snapshots take leads to pruning by the rule that frees the most', async ({
  place,
  demo,
}) => {
  addCheckpoints(demo, 12);
  const { app, page } = await place.launch({ data: demo });
  await expect(await story(page)).toBeVisible();
  await pressOn(button(page, /^Space [\d.]+ [kM]B$/), 'Enter');
  const space = named(page, 'alertdialog', 'Space on the disk');
  await expect(text(space, /^Snapshots take/)).toBeVisible();
  await expect(space).toContainText('old checkpoints');
  await expectAccessible(app, page, 'space');
  await pressOn(button(space, 'Prune…'), 'Enter');
  await expect(
    button(named(page, 'alertdialog', 'Move snapshots to the trash?'), /^Move \d+ snapshots to the trash$/),
  ).toBeVisible();
});

test('of a damaged snapshot the page says what is whole, and saves that where it is told', async ({
  place,
  demo,
}) => {
  const [id = ''] = listKind(demo, 'rewind');
  truncateSync(join(demo, 'snapshots', `${id}.json`), 100_000);
  const { app, page } = await place.launch({ data: demo });
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.getByRole('option').filter({ hasText: 'damaged' }).first().click();
  const salvage = named(page, 'region', 'What can be saved');
  await expect(salvage).toContainText(/\d+ of 11 tables can be saved\./);
  await expectAccessible(app, page, 'a damaged snapshot');
  const to = join(place.folder, 'saved.json');
  await answerSave(app, to);
  await pressOn(button(salvage, 'Save what is whole…'), 'Enter');
  await expect(text(salvage, /It is in “saved\.json”\.$/)).toBeVisible();
  expect(JSON.parse(readFileSync(to, 'utf8'))._snapback.about.salvaged.why).toContain('damaged');
  await pressOn(button(salvage, 'Save what is whole…'), 'Enter');
  await expect(salvage.getByRole('alert')).toContainText('exists');
});
