import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BACK, button, hero, named, restoredBanner, story, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { checkDatabase, listKind, readDatabase, readSnapshotFile } from './judge.ts';

const UNDONE = /^The restore was undone\. 20 messages are hidden again\.$/;

test('with the mouse: from the demo to the restore, its undo, and freeing the disk space', async ({
  place,
}) => {
  const { page } = await place.launch();

  await test.step('the demo opens in a place that its user can see, and is marked as a demo', async () => {
    await button(page, 'Try the demo').click();
    await expect(text(page, 'Sample data.')).toBeVisible();
    await expect(named(page, 'heading', 'Snapback Demo')).toBeVisible();
  });
  const dir = join(place.home, 'Snapback Demo');
  const before = readDatabase(dir);
  const [newestRewind = ''] = listKind(dir, 'rewind');

  await test.step('the snapshot before the mistaken rewind is shown first, and says in words what it would bring back', async () => {
    const list = named(page, 'listbox', 'Snapshots');
    await expect(list.getByRole('option', { selected: true })).toHaveCount(1);
    await expect(named(list, 'option', /^Before the rewind of Lighthouse/)).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await expect(hero(page)).toContainText(
      /^You rewound Lighthouse .*\. 20 messages, 11 memories and a scene are hidden\./,
    );
    await expect(hero(page)).toContainText(
      '3 newer messages in Harbour stay; your chat app shows them again when it starts next.',
    );
    await expect(named(page, 'article', 'A lost message').last()).toContainText('Nobody sleeps tonight');
    await expect(await story(page)).toHaveText(
      /^Restoring brings back 20 messages in Lighthouse, .* and removes 3 newer messages in Harbour\.$/,
    );
  });

  await test.step('the comparison counts by table and folds away what is unchanged', async () => {
    const row = named(page, 'row', /^event_log/);
    await expect(row.getByRole('cell')).toHaveText([
      (readSnapshotFile(dir, newestRewind).event_log?.length ?? 0).toLocaleString('en-GB'),
      (before.event_log?.length ?? 0).toLocaleString('en-GB'),
      '37',
      '0',
      '4',
    ]);
    await expect(text(page, 'containers')).toBeHidden();
    await button(page, /^\d+ identical tables$/).click();
    await expect(text(page, 'containers')).toBeVisible();
  });

  await test.step('the confirmation names what comes back, then what is removed, in at most 45 words', async () => {
    await button(page, 'Go back without the 3 newer messages…').click();
    const dialog = named(page, 'alertdialog', /^Bring Lighthouse back as it was /);
    await expect(dialog.getByRole('listitem')).toHaveText([
      /20 messages come back“.I put the .* to “.One thing first/,
      /3 newer messages in Harbour are removed“.We should leave .* to “.Five it is/,
      /You can undo this\./,
    ]);
    const words = [
      await dialog.getByRole('heading').first().textContent(),
      ...(await dialog.locator('.dialog-body p:not(.visually-hidden)').allTextContents()),
    ];
    await expect(button(dialog, 'Technical details')).toHaveAttribute('aria-expanded', 'false');
    const shown = words.slice(0, words.indexOf('You can undo this.') + 1);
    expect(shown.join(' ').split(/\s+/u).length).toBeLessThanOrEqual(45);
    await expect(button(dialog, 'Cancel')).toBeFocused();
    await button(dialog, 'Technical details').click();
    const loss = named(dialog, 'region', 'What would be removed');
    await expect(loss).toContainText('3 messages written in Harbour since then will be removed.');
    await expect(loss).toContainText('Robin: “We should leave');
    await expect(text(dialog, /^Rehearsed on a copy: \d+ rows written in \d+ tables, all /)).toBeVisible();
    await expect(text(dialog, /^Undone on the copy: the same as before in all \d+ tables/)).toBeVisible();
    expect(readDatabase(dir)).toEqual(before);
  });

  await test.step('neither a click outside nor Enter confirms', async () => {
    await page.mouse.click(5, 300);
    await expect(page.getByRole('alertdialog')).toBeVisible();
    const confirm = button(page, 'Bring back 20 messages and remove 3 newer messages');
    await expect(confirm).toBeEnabled();
    await confirm.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('status').filter({ hasText: 'Press Space to confirm' })).toBeVisible();
    expect(readDatabase(dir)).toEqual(before);
  });

  await test.step('restoring makes the database what the snapshot holds, with a safety copy and a fresh checkpoint', async () => {
    await button(page, 'Bring back 20 messages and remove 3 newer messages').click();
    const receipt = named(page, 'alertdialog', BACK);
    await expect(receipt.getByRole('article')).toContainText('One thing first');
    await expect(text(receipt, 'Verified: 11 tables match the snapshot')).toBeVisible();
    await expect(text(receipt, /^All rows match/)).toBeHidden();
    await button(receipt, 'Technical details').click();
    await expect(text(receipt, /^All rows match/)).toBeVisible();
    await expect(named(receipt, 'row', /^memories/)).toBeVisible();
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
    await button(receipt, 'Done').click();
  });

  await test.step('the banner stays and undo brings back exactly what was', async () => {
    await expect(restoredBanner(page)).toBeVisible();
    await expect(hero(page)).toContainText('20 messages are back in Lighthouse.');
    await button(page, 'Undo “Brought back Lighthouse, 20 messages”…').click();
    const dialog = named(page, 'alertdialog', 'Undo “Brought back Lighthouse, 20 messages”?');
    await button(dialog, 'Undo (hides 20 messages again, brings 3 messages back)').click();
    await expect(named(page, 'alertdialog', UNDONE)).toBeVisible();
    expect(readDatabase(dir)).toEqual(before);
    await button(page, 'Done').click();
    await expect(hero(page)).toContainText('You rewound Lighthouse');
  });

  await test.step('the undo can be undone too', async () => {
    await button(page, 'Redo “Brought back Lighthouse, 20 messages”…').click();
    await button(page, 'Redo and remove 3 newer messages').click();
    await expect(named(page, 'alertdialog', BACK)).toBeVisible();
    const after = readDatabase(dir);
    for (const [table, rows] of Object.entries(readSnapshotFile(dir, newestRewind)))
      expect(after[table], table).toEqual(rows);
    await button(page, 'Done').click();
    await expect(restoredBanner(page)).toBeVisible();
    await page.reload();
    await expect(restoredBanner(page)).toBeVisible();
    await expect(button(page, 'Undo “Brought back Lighthouse, 20 messages”…')).toBeEnabled();
  });

  await test.step('pruning moves exactly what was shown, into a trash that can be emptied', async () => {
    const checkpoints = listKind(dir, 'periodic');
    await button(page, 'Prune…').click();
    const dialog = named(page, 'alertdialog', 'Move snapshots to the trash?');
    await expect(text(dialog, /^3 snapshots would be removed,/)).toBeVisible();
    expect(listKind(dir, 'periodic')).toEqual(checkpoints);
    await button(dialog, 'Move 3 snapshots to the trash').click();
    await expect(text(page, /^3 snapshots, .* moved to the trash/)).toBeVisible();
    expect(listKind(dir, 'periodic')).toEqual(checkpoints.slice(0, 5));

    await button(page, 'Show trash').click();
    await button(page, /^Delete for good/).click();
    await button(page, /^Delete 3 snapshots/).click();
    await expect(text(page, /^3 snapshots, .* deleted for good/)).toBeVisible();
    const trash = join(dir, 'snapback/trash');
    expect(existsSync(trash) ? readdirSync(trash) : []).toEqual([]);
  });
});
