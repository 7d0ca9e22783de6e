import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BACK, button, hero, named, restoredBanner, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { readDatabase, writeMessage } from './judge.ts';
import { tabTo } from './keyboard.ts';
import { look } from './look-at.ts';

const WAITING = /Start your chat app once to see 3 newer messages\./;

test('bringing the lost messages back keeps the newer ones, and says until the chat app has started that it has to', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch({ data: demo });
  const before = readDatabase(demo);
  const dialog = page.getByRole('alertdialog');

  await test.step('three keys lead to the receipt', async () => {
    await expect(button(page, 'Bring them back')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
    await look(app, page, info, 'keep-confirm');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await expect(named(page, 'alertdialog', BACK)).toContainText(
      '3 newer messages stay; start your chat app once to see them.',
    );
    await expect(dialog).toContainText('One thing first');
    await look(app, page, info, 'keep-receipt');
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
  });

  await test.step('nothing that only waits is called lost', async () => {
    await expect(restoredBanner(page)).toBeVisible();
    await expect(named(page, 'region', 'State of the folder')).toContainText(WAITING);
    await expect(hero(page)).toHaveText(
      /^20 messages are back in Lighthouse\..*Nothing was lost since\. 3 newer messages in Harbour appear when your chat app starts next\.$/,
    );
    // What is still missing was taken by older rewinds.
    await expect(page.locator('.snap-detail').filter({ hasText: 'message' })).toHaveText([
      /^holds 4 messages you no longer have/,
      /^holds 5 messages you no longer have/,
    ]);
    await look(app, page, info, 'keep-waiting');
  });

  await test.step('a snapshot is refused meanwhile, with words that help', async () => {
    await button(page, 'Take snapshot').click();
    await button(dialog, 'Take snapshot').click();
    await expect(dialog.getByRole('alert')).toContainText('The chat app has to start once first');
    await expect(dialog.getByRole('alert')).toContainText('Start the chat app, then take the snapshot.');
    await expect(page.locator('[role=alertdialog]:focus-within')).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('undo hides the lost ones again and leaves the newer ones; redo says what stays', async () => {
    await tabTo(page, button(page, /^Undo “.*”…$/));
    await page.keyboard.press('Enter');
    await expect(dialog).toContainText('20 messages are hidden again');
    await expect(dialog).not.toContainText(/newer (?:message|event)/);
    await tabTo(page, button(dialog, 'Undo (hides 20 messages again)'));
    await page.keyboard.press('Space');
    await expect(text(dialog, /^The restore was undone\./)).toBeVisible();
    expect(readDatabase(demo)).toEqual(before);
    await tabTo(page, button(dialog, 'Redo'));
    await page.keyboard.press('Enter');
    await expect(dialog).toContainText('3 newer messages stay and appear when your chat app starts next');
    await tabTo(page, button(dialog, 'Redo (brings 20 messages back)'));
    await page.keyboard.press('Space');
    await expect(named(page, 'alertdialog', BACK)).toContainText('3 newer messages stay');
    await page.keyboard.press('Enter');
    await expect(named(page, 'region', 'State of the folder')).toContainText(WAITING);
  });

  await test.step('once the chat app has applied them, a snapshot can be taken', async () => {
    run(demo, "UPDATE chats SET title = title || ' ' WHERE id = 'harbour'");
    await expect(named(page, 'region', 'State of the folder')).not.toContainText(WAITING);
    await button(page, 'Take snapshot').click();
    await button(dialog, 'Take snapshot').click();
    await expect(text(page, /^Snapshot taken/)).toBeVisible();
  });
});

test('the dialog lets a person choose between keeping and removing, and the focus stays on the choice', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch({ data: demo });
  const dialog = page.getByRole('alertdialog');
  await test.step('single ones can be left out, by keyboard, and put back', async () => {
    await button(page, 'Bring them back').click();
    await tabTo(page, button(dialog, 'Choose which of them stay'));
    await page.keyboard.press('Enter');
    const ticks = dialog.getByRole('checkbox');
    await expect(ticks).toHaveCount(3);
    await expect(dialog.getByRole('checkbox', { checked: true })).toHaveCount(3);
    await tabTo(page, ticks.nth(1));
    await page.keyboard.press('Space');
    await expect(ticks.nth(1)).not.toBeChecked();
    await expect(button(dialog, 'Bring back 20 messages and remove 1 newer message')).toBeEnabled();
    await expect(named(dialog, 'radio', /^Keep 2 newer messages/)).toBeChecked();
    await expect(ticks.nth(1)).toBeFocused();
    await look(app, page, info, 'keep-picked');
    await page.keyboard.press('Space');
    await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });

  await button(page, 'Bring them back').click();
  const keep = named(dialog, 'radio', /^Keep 3 newer messages/);
  const both = named(dialog, 'radio', /^Show me both/);
  const remove = named(dialog, 'radio', /^Remove 3 newer messages/);
  await tabTo(page, keep);
  await page.keyboard.press('ArrowDown');
  await expect(both).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(remove).toBeChecked();
  await expect(remove).toBeFocused();
  await expect(button(dialog, 'Bring back 20 messages and remove 3 newer messages')).toBeEnabled();
  await expect(dialog).toContainText('3 newer messages in Harbour are removed');
  await expect(remove).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(both).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(keep).toBeFocused();
  await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
  await expect(keep).toBeFocused();
  await page.keyboard.press('Escape');

  await test.step('the second choice of the first screen begins on removing them', async () => {
    await button(page, 'Go back without the 3 newer messages…').click();
    await expect(remove).toBeChecked();
    await expect(button(dialog, 'Bring back 20 messages and remove 3 newer messages')).toBeEnabled();
  });
});

test('where keeping is refused, both versions come first, and where they can’t be merged, the dialog says why and leads on', async ({
  place,
  demo,
}, info) => {
  writeFileSync(join(demo, 'snapback-profile.json'), JSON.stringify({ log: { replays: false } }));
  const { app, page } = await place.launch({ data: demo });
  const dialog = page.getByRole('alertdialog');
  const keep = named(dialog, 'radio', /^Keep /);
  const both = named(dialog, 'radio', /^Show me both/);
  const remove = named(dialog, 'radio', /^Remove /);

  await test.step('one key leads to the choice between the two', async () => {
    await expect(hero(page)).toContainText(
      '3 newer messages in Harbour can stay as well: you choose where the two differ.',
    );
    await expect(button(page, 'Bring them back')).toBeHidden();
    await expect(button(page, 'Show me both')).toBeFocused();
    await look(app, page, info, 'both-first');
    await page.keyboard.press('Enter');
    await expect(button(dialog, 'Choose 7 more')).toBeDisabled();
    await expect(both).toBeChecked();
    await tabTo(page, both);
    await page.keyboard.press('ArrowUp');
    await expect(dialog.getByRole('alert')).toHaveText(
      'What was written since can’t be kept: this chat app does not apply them again when it starts.',
    );
    await expect(dialog).toContainText('First choose what happens to what was written since.');
    await expect(dialog.locator('.consent')).toHaveCSS('border-left-style', 'solid');
    await look(app, page, info, 'keep-refused');
    await page.keyboard.press('Escape');
  });

  await test.step('after another rewind they can’t be merged either, and removing is chosen, never done unasked', async () => {
    run(
      demo,
      `INSERT INTO event_log (ts, kind, payload_json)
        VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), 'rewind', '{"chat_id": "lighthouse"}');`,
    );
    writeMessage(demo, 'Still here?');
    await expect(hero(page)).toContainText('4 newer messages in Harbour');
    await button(page, 'Show me both').press('Enter');
    await expect(dialog.getByRole('alert')).toContainText('The two states can’t be merged.');
    await expect(button(dialog, /^Bring back/)).toBeHidden();
    await look(app, page, info, 'merge-refused');
    await tabTo(page, both);
    await page.keyboard.press('ArrowDown');
    await expect(remove).toBeFocused();
    const confirm = button(dialog, 'Bring back 20 messages and remove 4 newer messages');
    await expect(confirm).toBeEnabled();
    await expect(keep).not.toBeChecked();
    await tabTo(page, confirm);
    await page.keyboard.press('Space');
    await expect(named(page, 'alertdialog', BACK)).toBeVisible();
  });
});

function run(dir: string, sql: string): void {
  const db = new DatabaseSync(join(dir, 'chat.db'));
  db.exec(sql);
  db.close();
}
