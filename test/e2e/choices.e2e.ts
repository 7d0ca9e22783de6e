import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { checkDatabase, listKind, readDatabase, readSnapshotFile } from './judge.ts';

/** Opens the confirmation for the snapshot that is shown first. */
async function openRestore(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Restore…' }).click();
  await expect(page.getByRole('button', { name: /^Restore( and)? .*\d/ })).toBeVisible();
}

test('only the projections: the log stays, and the dialog first says what the chat app will replay', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  const before = readDatabase(demo);
  const checkpoints = listKind(demo, 'periodic');
  await openRestore(page);
  await page.getByRole('button', { name: 'What to restore: everything' }).click();
  await page.getByText('Rebuild derived data only (advanced)', { exact: true }).click();
  await expect(page.getByText('The chat app will discard this at its next start.')).toBeVisible();
  await expect(page.getByText(/^Only derived data is rebuilt, as it was at/)).toBeVisible();
  await page.getByRole('button', { name: /^Restore \d+ details$/ }).click();
  await expect(page.getByRole('alertdialog', { name: 'Restored' })).toBeVisible();

  const after = readDatabase(demo);
  const { event_log: _, ...projections } = readSnapshotFile(demo, listKind(demo, 'rewind')[0] ?? '');
  for (const [table, rows] of Object.entries(projections)) expect(after[table], table).toEqual(rows);
  expect(after.event_log).toEqual(before.event_log);
  expect(listKind(demo, 'periodic')).toEqual(checkpoints);
});

test('values without a column today need a consent that says what they are', async ({ place, demo }) => {
  const db = new DatabaseSync(join(demo, 'chat.db'));
  db.exec('ALTER TABLE you_entity DROP COLUMN pronouns');
  db.close();
  const { page } = await place.launch({ data: demo });
  await expect(
    page.getByText('The database has no column you_entity.pronouns today: 1 value can’t be restored.'),
  ).toBeVisible();
  await openRestore(page);
  const confirm = page.getByRole('button', { name: /^Restore and remove/ });
  await expect(confirm).toBeDisabled();
  await page.getByText('Leave it out').click();
  await expect(confirm).toBeEnabled();
  await confirm.click();
  await expect(page.getByRole('alertdialog', { name: 'Restored' })).toBeVisible();
  expect(checkDatabase(demo)).toEqual({ integrity: 'ok', broken: 0 });
});

test('removing a chat that has a draft needs a consent, and the draft stays', async ({ place, demo }) => {
  const db = new DatabaseSync(join(demo, 'chat.db'));
  db.exec(`INSERT INTO chats (id, title, created_at) VALUES ('begun-since', 'Begun since', '2026-01-01T00:00:00Z');
    INSERT INTO drafts VALUES ('begun-since', 'half a thought');`);
  db.close();
  const { page } = await place.launch({ data: demo });
  await page.getByRole('button', { name: 'Restore…' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText(
    'Some rows of “drafts” would point to rows of “chats” that no longer exist.',
  );
  const confirm = dialog.getByRole('button', { name: /^Restore and remove/ });
  await expect(confirm).toBeDisabled();
  await expect(dialog).toContainText('Confirm the points above.');
  await dialog.getByText('Restore anyway').click();
  await expect(dialog).toContainText('1 entry in drafts points to chats that no longer exist.');
  await confirm.click();
  const receipt = page.getByRole('alertdialog', { name: 'Restored' });
  await expect(receipt).toContainText(/Links between tables intact.*not all/);
  // It is not ticked off as a success.
  await expect(receipt.getByRole('listitem').filter({ hasText: 'Links between tables intact' })).toHaveClass(
    'not-run',
  );
  expect(readDatabase(demo).drafts?.join()).toContain('half a thought');
});

test('a table that was empty or did not exist yet stays, unless the user chooses to empty it', async ({
  place,
  demo,
}) => {
  const [newest = ''] = listKind(demo, 'rewind');
  const file = join(demo, 'snapshots', `${newest}.json`);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), classifier_failures: [] }));
  const before = readDatabase(demo);
  expect(before.classifier_failures?.length).toBeGreaterThan(0);
  const { page } = await place.launch({ data: demo });
  await expect(page.getByText(/^classifier_failures was empty or did not exist yet/)).toBeVisible();
  await openRestore(page);
  await page.getByText('Empty it too').click();
  const confirm = page.getByRole('button', { name: /^Restore and remove/ });
  await expect(confirm).toBeEnabled();
  await page.getByText('Empty it too').click();
  await expect(confirm).toBeEnabled();
  await confirm.click();
  await expect(page.getByRole('alertdialog', { name: 'Restored' })).toBeVisible();
  expect(readDatabase(demo).classifier_failures).toEqual(before.classifier_failures);
});

test('pruning by age and by hand shows exactly what is pruned and why anything stays', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  const prune = page.getByRole('alertdialog', { name: 'Move snapshots to the trash?' });

  await test.step('by age', async () => {
    await expect(page.locator('.story')).toBeVisible();
    await page.getByRole('button', { name: 'Prune…' }).click();
    await prune.getByText('Those older than').click();
    await expect(prune.getByText('1 snapshot would be removed')).toBeVisible();
    await prune.getByRole('textbox', { name: 'Age in days' }).fill('5');
    await page.keyboard.press('Tab');
    await expect(prune.getByRole('button', { name: 'Move 3 snapshots to the trash' })).toBeEnabled();
    await expect(prune.getByRole('listitem').filter({ hasText: 'damaged' })).toHaveCount(1);
    await prune.getByRole('button', { name: 'Cancel' }).click();
    expect(listKind(demo, 'rewind')).toHaveLength(4);
  });

  await test.step('the safety copy of the newest restore cannot be pruned, whatever is picked', async () => {
    await openRestore(page);
    await page.getByRole('button', { name: /^Restore and remove/ }).click();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Prune…' }).click();
    await prune.getByText('The ones I select').click();
    await expect(prune.getByText('Select snapshots.')).toBeVisible();
    const pick = prune.getByRole('listbox', { name: 'Snapshots to move' });
    await pick.press('End');
    await prune.getByRole('option', { name: /^Safety copy/ }).click();
    await expect(prune.getByText('stays: needed for Undo')).toBeVisible();
    await expect(prune.getByRole('button', { name: 'Move to the trash' })).toBeDisabled();
    await pick.press('Home');
    await prune
      .getByRole('option', { name: /^Before the rewind/ })
      .first()
      .click();
    await expect(prune.getByRole('button', { name: 'Move 1 snapshot to the trash' })).toBeEnabled();
  });
});
