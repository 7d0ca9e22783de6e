import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { button, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { countSnapshots, listKind } from './judge.ts';

test('a snapshot that disappears while it is read is reported as gone, and no other takes its place', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(page.locator('.story')).toContainText('20 messages');
  const [newest = ''] = listKind(demo, 'rewind');
  rmSync(join(demo, 'snapshots', `${newest}.json`));
  await expect(page.getByRole('alert')).toContainText('This snapshot is gone');
  await expect(button(page, 'Restore…')).toBeHidden();
  await expect(page.getByRole('option')).toHaveCount(countSnapshots(demo));
  await expect(page.getByRole('option', { selected: true })).toHaveCount(0);
  await button(page, 'Show another one').click();
  await expect(page.locator('.story')).toBeVisible();
  await expect(page.getByRole('option', { selected: true })).toHaveCount(1);
});

test('after pruning the snapshot that is shown, another one is shown without an alarm', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(page.locator('.story')).toContainText('20 messages');
  await page.evaluate(() => {
    const seen: string[] = [];
    Reflect.set(window, 'alarms', seen);
    new MutationObserver(() => {
      for (const alert of document.querySelectorAll('[role=alert]')) seen.push(alert.textContent ?? '');
    }).observe(document.body, { childList: true, subtree: true });
  });
  await button(page, 'Prune…').click();
  await text(page, 'The ones I select').click();
  await page.getByRole('alertdialog').getByRole('option').first().click();
  await button(page, 'Move 1 snapshot to the trash').click();
  await expect(text(page, /^1 snapshot, .* moved to the trash: it stays in/)).toBeVisible();
  await expect(page.locator('.story')).not.toContainText('20 messages');
  expect(await page.evaluate(() => Reflect.get(window, 'alarms'))).toEqual([]);
});

test('a folder that is gone for a while is reported, its contents stay on screen, and it comes back by itself', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(page.locator('.story')).toContainText('20 messages');
  const count = countSnapshots(demo);
  renameSync(demo, `${demo}-elsewhere`);
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('option')).toHaveCount(count);
  renameSync(`${demo}-elsewhere`, demo);
  await expect(page.locator('.story')).toContainText('20 messages');
  await expect(page.getByRole('alert')).toBeHidden();
});

test('a folder without snapshots says what will appear there, and offers no pruning', async ({
  place,
  demo,
}) => {
  rmSync(join(demo, 'snapshots'), { recursive: true });
  mkdirSync(join(demo, 'snapshots'));
  const { page } = await place.launch({ data: demo });
  await expect(text(page, 'No snapshots yet')).toBeVisible();
  await expect(text(page, 'Nothing to compare yet')).toBeVisible();
  await expect(button(page, 'Prune…')).toBeDisabled();
  await button(page, 'Take snapshot').click();
  await button(page.getByRole('alertdialog'), 'Take snapshot').click();
  await expect(page.locator('.story')).toHaveText('Identical to now.');
  await expect(button(page, 'Prune…')).toBeEnabled();
});
