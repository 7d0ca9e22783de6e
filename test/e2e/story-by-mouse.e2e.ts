import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures.ts';
import { checkDatabase, listKind, readDatabase, readSnapshotFile } from './judge.ts';

test('with the mouse: from the demo to the restore, its undo, and freeing the disk space', async ({
  place,
}) => {
  const { page } = await place.launch();

  await test.step('the demo opens in a place that its user can see, and is marked as a demo', async () => {
    await page.getByRole('button', { name: 'Try the demo' }).click();
    await expect(page.getByText('Sample data.')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Snapback Demo' })).toBeVisible();
  });
  const dir = join(place.home, 'Snapback Demo');
  const before = readDatabase(dir);
  const [newestRewind = ''] = listKind(dir, 'rewind');

  await test.step('the snapshot before the mistaken rewind is shown first, and says in words what it would bring back', async () => {
    const list = page.getByRole('listbox', { name: 'Snapshots' });
    await expect(list.getByRole('option', { selected: true })).toHaveCount(1);
    await expect(
      list
        .getByRole('group', { name: /Before rewinds/ })
        .getByRole('option')
        .first(),
    ).toHaveAttribute('aria-selected', 'true');
    await expect(page.locator('.story')).toHaveText(
      /^Restoring brings back 20 messages in Lighthouse, .* and removes 3 newer messages in Harbour and the record of the rewind\.$/,
    );
  });

  await test.step('the comparison counts by table and folds away what is unchanged', async () => {
    const row = page.getByRole('row', { name: /^event_log/ });
    await expect(row.getByRole('cell')).toHaveText([
      (readSnapshotFile(dir, newestRewind).event_log?.length ?? 0).toLocaleString('en-GB'),
      (before.event_log?.length ?? 0).toLocaleString('en-GB'),
      '37',
      '0',
      '4',
    ]);
    await expect(page.getByText('containers', { exact: true })).toBeHidden();
    await page.getByRole('button', { name: /identical tables/ }).click();
    await expect(page.getByText('containers', { exact: true })).toBeVisible();
  });

  await test.step('the confirmation first names what would be lost', async () => {
    await page.getByRole('button', { name: 'Restore…' }).click();
    const dialog = page.getByRole('alertdialog', { name: /^Restore the snapshot of (today|yesterday)/ });
    const loss = dialog.getByRole('region', { name: 'What would be removed' });
    await expect(loss).toContainText('3 messages written in Harbour since then will be removed.');
    await expect(loss).toContainText('Robin: “We should leave');
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    expect(readDatabase(dir)).toEqual(before);
  });

  await test.step('neither a click outside nor Enter confirms', async () => {
    await page.mouse.click(5, 300);
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await page.getByRole('button', { name: 'Restore and remove 3 newer messages' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByText('Press Space to confirm')).toBeVisible();
    expect(readDatabase(dir)).toEqual(before);
  });

  await test.step('restoring makes the database what the snapshot holds, with a safety copy and a fresh checkpoint', async () => {
    await page.getByRole('button', { name: 'Restore and remove 3 newer messages' }).click();
    const receipt = page.getByRole('alertdialog', { name: 'Restored' });
    await expect(receipt.getByText('All rows match')).toBeVisible();
    await receipt.getByRole('button', { name: /^Hashes of/ }).click();
    await expect(receipt.getByRole('row', { name: /^memories/ })).toBeVisible();
    const after = readDatabase(dir);
    for (const [table, rows] of Object.entries(readSnapshotFile(dir, newestRewind)))
      expect(after[table], table).toEqual(rows);
    expect({ settings: after.settings, drafts: after.drafts }).toEqual({
      settings: before.settings,
      drafts: before.drafts,
    });
    expect(checkDatabase(dir)).toEqual({ integrity: 'ok', broken: 0 });
    const [safety = ''] = listKind(dir, 'restore');
    for (const [table, rows] of Object.entries(readSnapshotFile(dir, safety)))
      expect(before[table], table).toEqual(rows);
    const [checkpoint = ''] = listKind(dir, 'periodic');
    expect(readSnapshotFile(dir, checkpoint)).toEqual(readSnapshotFile(dir, newestRewind));
    await receipt.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('the banner stays and undo brings back exactly what was', async () => {
    await expect(page.getByText(/^Restored to/)).toBeVisible();
    await page.getByRole('button', { name: 'Undo restore…' }).click();
    const dialog = page.getByRole('alertdialog', { name: /^Undo the restore, back to (today|yesterday)/ });
    await dialog
      .getByRole('button', { name: /^Undo \(hides 20 messages again, brings 3 messages back\)$/ })
      .click();
    await expect(page.getByRole('alertdialog', { name: 'The restore was undone' })).toBeVisible();
    expect(readDatabase(dir)).toEqual(before);
    await page.getByRole('button', { name: 'Close' }).click();
  });

  await test.step('the undo can be undone too', async () => {
    await page.getByRole('button', { name: 'Redo restore…' }).click();
    await page.getByRole('button', { name: /^Redo and remove 3 newer messages$/ }).click();
    await expect(page.getByRole('alertdialog', { name: 'Restored again' })).toBeVisible();
    const after = readDatabase(dir);
    for (const [table, rows] of Object.entries(readSnapshotFile(dir, newestRewind)))
      expect(after[table], table).toEqual(rows);
    await expect(page.getByRole('alertdialog')).toContainText('Everything is back again.');
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(page.getByText(/^Restored to/)).toBeVisible();
    await page.reload();
    await expect(page.getByText(/^Restored to/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Undo restore…' })).toBeEnabled();
  });

  await test.step('pruning moves exactly what was shown, into a trash that can be emptied', async () => {
    const checkpoints = listKind(dir, 'periodic');
    await page.getByRole('button', { name: 'Prune…' }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Move snapshots to the trash?' });
    await expect(dialog.getByText('3 snapshots would be removed')).toBeVisible();
    expect(listKind(dir, 'periodic')).toEqual(checkpoints);
    await dialog.getByRole('button', { name: 'Move 3 snapshots to the trash' }).click();
    await expect(page.getByText(/^3 snapshots, .* moved to the trash/)).toBeVisible();
    expect(listKind(dir, 'periodic')).toEqual(checkpoints.slice(0, 5));

    await page.getByRole('button', { name: 'Empty…' }).click();
    await page.getByRole('button', { name: /^Delete 3 snapshots/ }).click();
    await expect(page.getByText(/^3 snapshots, .* deleted for good/)).toBeVisible();
    const trash = join(dir, 'snapback/trash');
    expect(existsSync(trash) ? readdirSync(trash) : []).toEqual([]);
  });
});
