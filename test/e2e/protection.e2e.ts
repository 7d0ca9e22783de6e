import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessible } from './axe.ts';
import { button, named, story, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { listKind } from './judge.ts';
import { tabTo } from './keyboard.ts';

const TAKE = 'Take a checkpoint when one is due while Snapback is open';
const TIDY = 'Tidy up by the chat app’s rules while Snapback is open';

test('nothing is taken by itself before it is allowed, by keyboard alone; the history tells, and it stays allowed', async ({
  place,
  demo,
}) => {
  // The newest checkpoint is an hour old, and so is the last write of the chat app.
  const hourAgo = Date.now() / 1000 - 3_600;
  const checkpoints = listKind(demo, 'periodic');
  utimesSync(join(demo, 'snapshots', `${checkpoints[0]}.json`), hourAgo, hourAgo);
  utimesSync(join(demo, 'chat.db'), hourAgo, hourAgo);
  const { app, page } = await place.launch({ data: demo });
  await expect(await story(page)).toBeVisible();
  await button(page, 'More').press('Enter');
  await named(page, 'menuitem', 'Protection…').press('Enter');
  const dialog = named(page, 'alertdialog', 'Protection');
  const [take, tidy] = [named(dialog, 'checkbox', TAKE), named(dialog, 'checkbox', TIDY)];
  await expect(take).not.toBeChecked();
  await expect(tidy).not.toBeChecked();
  await expect(text(dialog, 'Nothing has been done automatically yet.')).toBeVisible();
  await expectAccessible(app, page, 'protection');
  expect(listKind(demo, 'periodic')).toHaveLength(checkpoints.length);

  await tabTo(page, take);
  await page.keyboard.press('Space');
  await expect(take).toBeChecked();
  await expect(text(dialog, /^Last checked .*: a checkpoint was taken\.$/)).toBeVisible();
  expect(listKind(demo, 'periodic')).toHaveLength(checkpoints.length + 1);

  await tabTo(page, button(dialog, 'History…'));
  await page.keyboard.press('Enter');
  const newest = named(page, 'alertdialog', 'History').getByRole('listitem').first();
  await expect(newest).toContainText('Took a checkpoint');
  await expect(newest).toContainText('Automatic');
  await app.close();

  const again = await place.launch({ data: demo });
  await expect(await story(again.page)).toBeVisible();
  await button(again.page, 'More').press('Enter');
  await named(again.page, 'menuitem', 'Protection…').press('Enter');
  await expect(named(again.page, 'checkbox', TAKE)).toBeChecked();
  await expect(named(again.page, 'checkbox', TIDY)).not.toBeChecked();
});

test('two ticks right after each other both count', async ({ place, demo }) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(await story(page)).toBeVisible();
  await button(page, 'More').press('Enter');
  await named(page, 'menuitem', 'Protection…').press('Enter');
  const ticks = [TAKE, TIDY].map((name) => named(page, 'checkbox', name));
  await expect(text(page, 'Nothing has been done automatically yet.')).toBeVisible();
  await tabTo(page, named(page, 'checkbox', TAKE));
  for (const key of ['Space', 'Tab', 'Space']) await page.keyboard.press(key);
  for (const one of ticks) await expect(one).toBeChecked();
  await app.close();

  const again = await place.launch({ data: demo });
  await expect(await story(again.page)).toBeVisible();
  await button(again.page, 'More').press('Enter');
  await named(again.page, 'menuitem', 'Protection…').press('Enter');
  for (const name of [TAKE, TIDY]) await expect(named(again.page, 'checkbox', name)).toBeChecked();
});
