import { join } from 'node:path';
import { BACK, button, CONFIRM, hero, named, restoredBanner, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { checkDatabase, listKind, readDatabase, readSnapshotFile } from './judge.ts';
import { tabTo } from './keyboard.ts';

const UNDONE = /^The restore was undone\. 20 messages are hidden again\.$/;

test('with the keyboard alone: from the demo to the restore, its undo, and freeing the disk space', async ({
  place,
}) => {
  const { page } = await place.launch();
  const { keyboard } = page;
  await tabTo(page, button(page, 'Try the demo'));
  await keyboard.press('Enter');
  await expect(hero(page)).toBeVisible();
  const dir = join(place.home, 'Snapback Demo');
  const before = readDatabase(dir);
  const [newestRewind = ''] = listKind(dir, 'rewind');

  await test.step('arrow keys move through the list, and the page follows', async () => {
    await tabTo(page, page.getByRole('option', { selected: true }));
    await keyboard.press('ArrowDown');
    await expect(page.locator('.conversation-bar')).toContainText('12 lost');
    await keyboard.press('ArrowUp');
    await expect(hero(page)).toContainText('20 messages');
  });

  await test.step('the confirmation opens with the focus on “Cancel”; Escape leaves it', async () => {
    await tabTo(page, button(page, 'Bring them back'));
    await keyboard.press('Enter');
    const cancel = button(page.getByRole('alertdialog'), 'Cancel');
    await expect(cancel).toBeFocused();
    await expect(button(page, CONFIRM)).toBeVisible();
    await expect(cancel).toBeFocused();
    await keyboard.press('Escape');
    await expect(page.getByRole('alertdialog')).toBeHidden();
    await expect(button(page, 'Bring them back')).toBeFocused();
  });

  await test.step('Enter on the button that removes something does nothing, Space presses it', async () => {
    await keyboard.press('Enter');
    await tabTo(page, button(page, 'Bring back 20 messages'));
    await keyboard.press('Enter');
    await expect(page.getByRole('status').filter({ hasText: 'Press Space to confirm' })).toBeVisible();
    expect(readDatabase(dir)).toEqual(before);
    await keyboard.press('Space');
    await expect(named(page, 'alertdialog', BACK)).toBeVisible();
    await expect(button(page, 'Done')).toBeFocused();
    await keyboard.press('Enter');
    await expect(page.getByRole('alertdialog')).toBeHidden();
    const after = readDatabase(dir);
    const { event_log: events = [], ...tables } = readSnapshotFile(dir, newestRewind);
    for (const [table, rows] of Object.entries(tables)) expect(after[table], table).toEqual(rows);
    expect(after.event_log).toEqual(expect.arrayContaining([...events]));
    expect(after.event_log).toHaveLength(events.length + 3);
    expect(checkDatabase(dir)).toEqual({ integrity: 'ok', broken: 0 });
  });

  await test.step('undo restores everything as before', async () => {
    await expect(restoredBanner(page)).toBeVisible();
    await tabTo(page, button(page, /^Undo “.*”…$/));
    await keyboard.press('Enter');
    await tabTo(page, button(page, 'Undo (hides 20 messages again)'));
    await keyboard.press('Space');
    await expect(named(page, 'alertdialog', UNDONE)).toBeVisible();
    await expect(button(page, 'Done')).toBeFocused();
    await keyboard.press('Enter');
    await expect(page.getByRole('alertdialog')).toBeHidden();
    expect(readDatabase(dir)).toEqual(before);
  });

  await test.step('several snapshots are chosen with Shift and pruned, and the trash emptied', async () => {
    const rewinds = listKind(dir, 'rewind');
    await tabTo(page, named(page, 'radio', 'All'));
    await keyboard.press('ArrowRight');
    await keyboard.press('Space');
    await tabTo(page, page.getByRole('option', { selected: true }));
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    await keyboard.press('Shift+ArrowDown');
    await expect(text(page, '2 snapshots selected')).toBeVisible();
    await tabTo(page, button(named(page, 'region', 'Selected snapshots'), 'Prune…'));
    await keyboard.press('Enter');
    await tabTo(page, button(page, 'Move 2 snapshots to the trash'));
    await keyboard.press('Space');
    await tabTo(page, button(page, 'Move them all the same'));
    await keyboard.press('Space');
    await expect(text(page, /^2 snapshots, .* moved to the trash/)).toBeVisible();
    expect(listKind(dir, 'rewind')).toEqual([rewinds[0], ...rewinds.slice(3)]);
    await tabTo(page, button(page, 'Show trash'));
    await keyboard.press('Enter');
    await tabTo(page, button(page, /^Delete for good/));
    await keyboard.press('Enter');
    await tabTo(page, button(page, /^Delete 2 snapshots/));
    await keyboard.press('Space');
    await tabTo(page, button(page, 'Delete them all the same'));
    await keyboard.press('Space');
    await expect(text(page, /^2 snapshots, .* deleted for good/)).toBeVisible();
  });
});
