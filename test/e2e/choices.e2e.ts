import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from '@playwright/test';
import { BACK, button, CONFIRM, hero, named, RESTORE, restoredBanner, story, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { checkDatabase, listKind, readDatabase, readSnapshotFile } from './judge.ts';

/** Opens the confirmation for the snapshot that is shown first. */
async function openRestore(page: Page): Promise<void> {
  await button(page, RESTORE).click();
  await expect(button(page, CONFIRM)).toBeVisible();
}

test('only the projections: the log stays, and the dialog first says what the chat app will replay', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  const before = readDatabase(demo);
  const checkpoints = listKind(demo, 'periodic');
  await openRestore(page);
  await button(page, 'Technical details').click();
  await button(page, 'What to restore: everything').click();
  await text(page, 'Rebuild derived data only (advanced)').click();
  await expect(text(page, 'The chat app will discard this at its next start.')).toBeVisible();
  await expect(text(page, /^Only derived data is rebuilt, as it was at/)).toBeVisible();
  await button(page, /^Restore \d+ details$/).click();
  await expect(named(page, 'alertdialog', 'Restored')).toBeVisible();

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
  await story(page);
  await expect(
    text(page, 'The database has no column you_entity.pronouns today: 1 value can’t be restored.'),
  ).toBeVisible();
  await openRestore(page);
  const confirm = button(page, CONFIRM);
  await expect(confirm).toBeDisabled();
  await text(page, 'Leave it out').click();
  await expect(confirm).toBeEnabled();
  await confirm.click();
  await expect(named(page, 'alertdialog', BACK)).toBeVisible();
  expect(checkDatabase(demo)).toEqual({ integrity: 'ok', broken: 0 });
});

test('removing a chat that has a draft needs a consent, and the draft stays', async ({ place, demo }) => {
  const db = new DatabaseSync(join(demo, 'chat.db'));
  db.exec(`INSERT INTO chats (id, title, created_at) VALUES ('begun-since', 'Begun since', '2026-01-01T00:00:00Z');
    INSERT INTO drafts VALUES ('begun-since', 'half a thought');`);
  db.close();
  const { page } = await place.launch({ data: demo });
  await button(page, RESTORE).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText(
    'Some rows of “drafts” would point to rows of “chats” that no longer exist.',
  );
  const confirm = button(dialog, CONFIRM);
  await expect(confirm).toBeDisabled();
  await expect(dialog).toContainText('Confirm the points above.');
  await text(dialog, 'Restore anyway').click();
  await expect(dialog).toContainText('1 entry in drafts points to chats that no longer exist.');
  await confirm.click();
  const receipt = named(page, 'alertdialog', BACK);
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
  await story(page);
  await expect(text(page, /^classifier_failures was empty or did not exist yet/)).toBeVisible();
  await openRestore(page);
  await text(page, 'Empty it too').click();
  const confirm = button(page, CONFIRM);
  await expect(confirm).toBeEnabled();
  await text(page, 'Empty it too').click();
  await expect(confirm).toBeEnabled();
  await confirm.click();
  await expect(named(page, 'alertdialog', BACK)).toBeVisible();
  expect(readDatabase(demo).classifier_failures).toEqual(before.classifier_failures);
});

test('pruning by age and by hand shows exactly what is pruned and why anything stays', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  const prune = named(page, 'alertdialog', 'Move snapshots to the trash?');

  await test.step('by age', async () => {
    await expect(hero(page)).toBeVisible();
    await button(page, 'Prune…').click();
    await text(prune, 'Those older than').click();
    await expect(text(prune, /^1 snapshot would be removed,/)).toBeVisible();
    await named(prune, 'textbox', 'Age in days').fill('5');
    await page.keyboard.press('Tab');
    await expect(button(prune, 'Move 3 snapshots to the trash')).toBeEnabled();
    await expect(prune.getByRole('listitem').filter({ hasText: 'damaged' })).toHaveCount(1);
    await button(prune, 'Cancel').click();
    expect(listKind(demo, 'rewind')).toHaveLength(4);
  });

  await test.step('the safety copy of the newest restore cannot be pruned, whatever is picked', async () => {
    await openRestore(page);
    await button(page, CONFIRM).click();
    await button(page, 'Done').click();
    // From then on the list contains the safety copy too.
    await expect(restoredBanner(page)).toBeVisible();
    await button(page, 'Prune…').click();
    await text(prune, 'The ones I select').click();
    await expect(text(prune, 'Select snapshots.')).toBeVisible();
    const pick = named(prune, 'listbox', 'Snapshots to move');
    await pick.press('End');
    await named(prune, 'option', /^Safety copy/).click();
    await expect(text(prune, 'stays: needed for Undo')).toBeVisible();
    await expect(button(prune, 'Move to the trash')).toBeDisabled();
    await pick.press('Home');
    await named(prune, 'option', /^Before the rewind/)
      .first()
      .click();
    await expect(button(prune, 'Move 1 snapshot to the trash')).toBeEnabled();
  });
});
