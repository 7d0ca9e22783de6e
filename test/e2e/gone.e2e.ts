import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures.ts';
import { listKind } from './judge.ts';

test('a snapshot that disappears while it is read is reported as gone, and no other takes its place', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(page.locator('.story')).toContainText('20 messages');
  const [newest = '', ...others] = listKind(demo, 'rewind');
  rmSync(join(demo, 'snapshots', `${newest}.json`));
  await expect(page.getByRole('alert')).toContainText('This snapshot is gone');
  await expect(page.getByRole('button', { name: 'Restore…' })).toBeHidden();
  await expect(page.getByRole('option')).toHaveCount(others.length + listKind(demo, 'periodic').length);
  await expect(page.getByRole('option', { selected: true })).toHaveCount(0);
  await page.getByRole('button', { name: 'Show another one' }).click();
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
  await page.getByRole('button', { name: 'Prune…' }).click();
  await page.getByText('The ones I select').click();
  await page.getByRole('alertdialog').getByRole('option').first().click();
  await page.getByRole('button', { name: 'Move 1 snapshot to the trash' }).click();
  await expect(page.getByText(/^1 snapshot, .* moved to the trash: it stays in/)).toBeVisible();
  await expect(page.locator('.story')).not.toContainText('20 messages');
  expect(await page.evaluate(() => Reflect.get(window, 'alarms'))).toEqual([]);
});

test('a folder that is gone for a while is reported, its contents stay on screen, and it comes back by itself', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(page.locator('.story')).toContainText('20 messages');
  const count = await page.getByRole('option').count();
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
  await expect(page.getByText('No snapshots yet')).toBeVisible();
  await expect(page.getByText('Nothing to compare yet')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Prune…' })).toBeDisabled();
  await page.getByRole('button', { name: 'Take snapshot' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Take snapshot' }).click();
  await expect(page.locator('.story')).toHaveText('Identical to now.');
  await expect(page.getByRole('button', { name: 'Prune…' })).toBeEnabled();
});
