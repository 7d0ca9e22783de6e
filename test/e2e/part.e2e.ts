import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ElectronApplication, Locator, Page, TestInfo } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { BACK, button, named, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { type Content, readDatabase } from './judge.ts';
import { pressOn, pressShortcut, tabTo } from './keyboard.ts';
import { resize } from './resize.ts';

/** Looks at it in both sizes and themes. */
async function look(app: ElectronApplication, page: Page, info: TestInfo, name: string): Promise<void> {
  for (const [width, height] of [
    [900, 600],
    [1200, 760],
  ] as const) {
    await resize(app, page, { width, height });
    await page.screenshot({ path: info.outputPath(`${name}-${width}.png`) });
  }
  await expectAccessible(app, page, name);
  await page.screenshot({ path: info.outputPath(`${name}-dark.png`) });
}

test('one chat comes back by keyboard alone, and what was written in another one stays', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch({ data: demo });
  const dialog = page.getByRole('alertdialog');
  await expect(page.locator('.bubble.lost').first()).toBeVisible();
  await tabTo(page, button(page, 'Next difference (N)'));
  await page.keyboard.press('Enter');
  await expect(page.locator(':focus')).toContainText(/^Rewound here/);
  await look(app, page, info, 'boundary');
  const before = readDatabase(demo);

  await test.step('the question tells what comes back, what stays, and what is only a guess', async () => {
    await tabTo(page, button(page, 'Bring back only this chat…'));
    await page.keyboard.press('Enter');
    await expect(named(page, 'alertdialog', /^Bring only Lighthouse back as it was/)).toBeVisible();
    await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
    await expect(dialog).toContainText('Your other chats stay as they are');
    await expect(dialog).not.toContainText('newer message');
    await look(app, page, info, 'chat-confirm');
  });

  await test.step('it comes back, and nothing of another chat changes', async () => {
    await tabTo(page, button(dialog, 'Bring back 20 messages'));
    await page.keyboard.press('Space');
    const done = '20 messages are back in Lighthouse; other chats are unchanged.';
    await expect(named(page, 'alertdialog', done)).toBeVisible();
    await look(app, page, info, 'chat-receipt');
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    const after = readDatabase(demo);
    const others = (content: Content) => content.event_log?.filter((row) => row.includes('harbour'));
    expect(others(after)).toEqual(others(before));
  });

  await test.step('the banner says that it was a part, and the undo is exact', async () => {
    await tabTo(page, button(page, /^Undo “.*”…$/));
    await page.keyboard.press('Enter');
    await tabTo(page, button(dialog, 'Undo (hides 20 messages again)'));
    await page.keyboard.press('Space');
    await expect(text(dialog, /^The restore was undone\./)).toBeVisible();
    expect(readDatabase(demo)).toEqual(before);
  });
});

test('messages from here to there are chosen by keyboard and asked about, and so is a single one', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch({ data: demo });
  const dialog = page.getByRole('alertdialog');
  await expect(page.locator('.bubble.lost').first()).toBeVisible();
  await pressOn(button(page, 'Next difference (N)'), 'Enter');
  await expect(page.locator(':focus')).toContainText(/^Rewound here/);
  await page.keyboard.press('ArrowDown');
  await expect(page.locator(':focus')).toContainText(/· Lost ·|· lost/i);
  for (const lines of [2, 3]) {
    await page.keyboard.press('Shift+ArrowDown');
    await expect(page.locator('.line.chosen')).toHaveCount(lines);
  }
  await expect(text(page, '3 lost entries selected.')).toBeVisible();
  await test.step('the line with the focus is never behind a bar', async () => {
    for (const size of [
      { width: 900, height: 600 },
      { width: 900, height: 600, zoom: 2 },
    ]) {
      await resize(app, page, size);
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowUp', 'ArrowUp']) {
        await page.keyboard.press(`Shift+${key}`);
        await expectFocusUncovered(page);
      }
    }
    await resize(app, page, { width: 1200, height: 760 });
  });
  await expect(text(page, '3 lost entries selected.')).toBeVisible();
  await look(app, page, info, 'chosen');
  await tabTo(page, button(page, 'Bring these back…'));
  await page.keyboard.press('Enter');
  await expect(
    named(page, 'alertdialog', /^Bring the selected messages back .*, with what belonged/),
  ).toBeVisible();
  await expect(named(dialog, 'radio', /^With what belonged to them/)).toBeChecked();
  await expect(button(dialog, /^(Bring back|Restore) \d/)).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await pressOn(button(page, 'Clear selection'), 'Enter');
  await expect(page.locator('.line.chosen')).toHaveCount(0);
  await expect(page.locator('.line:focus')).toBeVisible();
  await page.locator('.bubble.lost').first().click({ button: 'right' });
  await named(page, 'menuitem', 'Select messages from here').click();
  await expect(page.locator('.line.chosen')).toHaveCount(1);
  await page.locator('.bubble.lost').first().click({ button: 'right' });
  await expect(named(page, 'menuitem', 'Select messages to here')).toBeVisible();
  await named(page, 'menuitem', 'Bring back this message…').click();
  await expect(
    named(page, 'alertdialog', /^Bring this message back .*, with what belonged to it/),
  ).toBeVisible();
  await pressOn(button(dialog, 'Bring back 1 message'), 'Space');
  await expect(named(page, 'alertdialog', /^1 message is back/)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  // It is another conversation now, in which these places may be those of other messages.
  await expect(page.locator('.line.chosen')).toHaveCount(0);
});

test('what a chat needs comes along, what differs elsewhere stays, and a guess is left to choose', async ({
  place,
  demo,
}, info) => {
  run(
    demo,
    `PRAGMA foreign_keys = OFF;
      UPDATE bots SET persona = 'Somebody else by now.' WHERE id = 'mara';
      DELETE FROM memories WHERE bot_id = 'tam'; DELETE FROM bots WHERE id = 'tam';
      DELETE FROM classifier_failures WHERE chat_id = 'lighthouse';`,
  );
  const { app, page } = await place.launch({ data: demo });
  const dialog = page.getByRole('alertdialog');
  await openChatQuestion(page);
  await expect(button(dialog, /^Bring back 20 messages/)).toBeEnabled();
  const guess = named(dialog, 'checkbox', 'Bring that back too');
  await expect(guess).not.toBeChecked();
  await expect(dialog).toContainText('may belong to this chat, too. That is a guess');
  for (const fold of [/^1 entry that is needed comes along$/, /differs? and stays?/]) {
    await tabTo(page, button(dialog, fold));
    await page.keyboard.press('Enter');
  }
  await expect(text(dialog, /^bots tam, because /)).toBeVisible();
  await expect(text(dialog, /^bots mara\.$/)).toBeVisible();
  await look(app, page, info, 'chat-notes');
  await tabTo(page, guess);
  await page.keyboard.press('Space');
  await expect(guess).toBeChecked();
  await expect(guess).toBeFocused();
  await tabTo(page, button(dialog, /^Bring back 20 messages/));
  await page.keyboard.press('Space');
  await expect(named(page, 'alertdialog', /^20 messages are back in Lighthouse; other chats/)).toBeVisible();
  const { bots, classifier_failures: failures } = readDatabase(demo);
  expect(bots?.some((row) => row.includes('"tam"'))).toBe(true);
  expect(bots?.some((row) => row.includes('Somebody else by now.'))).toBe(true);
  expect(failures?.some((row) => row.includes('"lighthouse"'))).toBe(true);
});

test('where a chat cannot come back on its own, the question says why and what to do', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch({ data: demo });
  const dialog = page.getByRole('alertdialog');
  await button(page, 'Bring them back').click();
  await button(dialog, 'Bring back 20 messages').click();
  await button(named(page, 'alertdialog', BACK), 'Done').click();
  await expect(page.locator('.bubble.lost')).toHaveCount(0);
  await page.locator('.bubble').last().click({ button: 'right' });
  await named(page, 'menuitem', 'Bring back only this chat…').click();
  await expect(dialog.getByRole('alert')).toContainText('This part can’t be restored on its own.');
  await expect(dialog.getByRole('alert')).toContainText('Start the chat app once, then try again');
  await expect(dialog).not.toContainText('There is nothing to restore');
  await look(app, page, info, 'chat-refused');
  await saveTo(app, join(place.folder, 'whole.db'));
  await tabTo(page, button(dialog, 'Whole snapshot into a new file…'));
  await page.keyboard.press('Enter');
  await expect(named(page, 'alertdialog', 'Written into a new file')).toContainText(
    'holds your chats as they',
  );
});

test('a whole table and a single row come back from Rows by keyboard, and all else stays', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch({ data: demo });
  const dialog = page.getByRole('alertdialog');
  const before = readDatabase(demo);
  const tables = named(page, 'listbox', 'Tables');
  await tabTo(page, named(page, 'tab', 'Conversation'));
  await page.keyboard.press('ArrowRight');
  await pressOn(named(tables, 'option', /^scenes /), 'Space');
  await expect(named(page, 'grid', 'Rows of scenes that differ')).toBeVisible();

  await test.step('a row', async () => {
    const grid = named(page, 'grid', 'Rows of scenes that differ');
    await expect(grid.getByRole('row').nth(1)).toContainText(/Back|Changed/);
    await grid.focus();
    await page.keyboard.press('Shift+F10');
    await pressOn(named(page, 'menuitem', /^Bring .*this row/), 'Enter');
    await expect(named(page, 'alertdialog', /^Bring 1 row of scenes back as it was/)).toBeVisible();
    await expect(button(dialog, 'Restore 1 row')).toBeEnabled();
    await expect(dialog).toContainText('Everything else stays as it is');
    const alone = named(dialog, 'radio', /^Only this row/);
    await expect(alone).toBeChecked();
    await tabTo(page, alone);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect(named(page, 'alertdialog', /, with all that the rewind took\?$/)).toBeVisible();
    await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
    await expect(dialog).toContainText(/Also coming back: .*11 memories/);
    await look(app, page, info, 'row-operation');
    await tabTo(page, named(dialog, 'radio', /^With everything/));
    await page.keyboard.press('ArrowDown');
    await expect(alone).toBeChecked();
    await expect(button(dialog, 'Restore 1 row')).toBeEnabled();
    await tabTo(page, button(dialog, 'Restore 1 row'));
    await page.keyboard.press('Space');
    const done = '1 row is as it was then; everything else is unchanged.';
    await expect(named(page, 'alertdialog', done)).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    const { scenes: _, ...others } = readDatabase(demo);
    expect(before).toMatchObject(others);
  });

  await test.step('several rows, of more than one table', async () => {
    await expect(restored(page)).toBeVisible();
    await pressOn(named(tables, 'option', 'memories 11 differing rows'), 'Space');
    const grid = named(page, 'grid', 'Rows of memories that differ');
    const chosen = grid.getByRole('row', { selected: true });
    await expect(grid.getByRole('row').nth(1)).toContainText('Back');
    await grid.focus();
    await page.keyboard.press('Space');
    await expect(text(page, '1 row chosen')).toBeVisible();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await expect(text(page, '3 rows chosen')).toBeVisible();
    await page.keyboard.press('Shift+ArrowUp');
    await expect(text(page, '2 rows chosen')).toBeVisible();
    await expect(chosen).toHaveCount(2);
    await look(app, page, info, 'rows-chosen');
    await named(page, 'columnheader', 'id').click();
    await named(page, 'columnheader', /^id/).click();
    await expect(page.locator('[aria-sort="descending"]')).toBeVisible();
    await expect(grid.getByRole('row').nth(11)).toHaveAttribute('aria-selected', 'true');
    await expect(chosen).toHaveCount(2);
    // The chat app writes meanwhile.
    run(demo, "UPDATE bots SET name = name || '!'");
    await expect(named(tables, 'option', /^bots /)).toBeVisible();
    await expect(grid.getByRole('row').nth(11)).toHaveAttribute('aria-selected', 'true');
    await expect(chosen).toHaveCount(2);
    await expect(page.locator('[aria-sort="descending"]')).toBeVisible();
    await expect(grid).toBeFocused();
    await page.keyboard.press('Control+a');
    await expect(button(page, 'Bring back 11 rows…')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(chosen).toHaveCount(0);
    await expect(button(page, 'Bring back this table…')).toBeVisible();
    await grid.locator('[data-choose]').nth(3).click();
    await grid
      .locator('[data-choose]')
      .nth(4)
      .click({ modifiers: ['Shift'] });
    await expect(text(page, '2 rows chosen')).toBeVisible();
    await named(tables, 'option', /^edges /).click();
    const edges = named(page, 'grid', 'Rows of edges that differ');
    await expect(edges.getByRole('row').nth(1)).toContainText('Changed');
    await edges.focus();
    await page.keyboard.press('Space');
    await expect(text(page, '3 rows in 2 tables chosen')).toBeVisible();
    await tabTo(page, button(page, 'Bring back 3 rows…'));
    await page.keyboard.press('Enter');
    await expect(named(page, 'alertdialog', /^Bring 3 rows back as they were/)).toBeVisible();
    await expect(named(dialog, 'radio', /^Only these 3 rows/)).toBeChecked();
    await look(app, page, info, 'rows-confirm');
    await tabTo(page, button(dialog, 'Restore 3 rows'));
    await page.keyboard.press('Space');
    const done = '3 rows are as they were then; everything else is unchanged.';
    await expect(named(page, 'alertdialog', done)).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await expect(text(page, '3 rows in 2 tables chosen')).toHaveCount(0);
    await expect(page.locator(':focus')).not.toHaveCount(0);
    expect(readDatabase(demo).memories).toHaveLength((before.memories?.length ?? 0) + 2);
  });

  await test.step('Ctrl+Z undoes it from a box to tick, and what is ticked stays', async () => {
    await pressOn(named(tables, 'option', 'memories 9 differing rows'), 'Space');
    await named(page, 'grid', 'Rows of memories that differ').locator('[data-choose]').first().click();
    await expect(text(page, '1 row chosen')).toBeVisible();
    await pressShortcut(app, 'Z', 'undo');
    await expect(named(page, 'alertdialog', /^Undo “/)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(text(page, '1 row chosen')).toBeVisible();
    await pressOn(button(page, 'Clear'), 'Enter');
    await pressShortcut(app, 'F', 'find');
    await named(page, 'checkbox', 'Whole words').focus();
    await pressShortcut(app, 'Z', 'undo');
    await expect(named(page, 'alertdialog', /^Undo “/)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(named(page, 'checkbox', 'Whole words')).toBeFocused();
    await page.keyboard.press('Escape');
    await pressOn(named(tables, 'option', /^event_log /), 'Space');
  });

  await test.step('a table', async () => {
    await pressOn(named(tables, 'option', 'memories 9 differing rows'), 'Shift+F10');
    await pressOn(named(page, 'menuitem', 'Bring back this table…'), 'Enter');
    await expect(named(page, 'alertdialog', /^Bring the table memories back as it was/)).toBeVisible();
    await expect(button(dialog, 'Restore 9 rows')).toBeEnabled();
    await look(app, page, info, 'table-confirm');
    await tabTo(page, button(dialog, 'Restore 9 rows'));
    await page.keyboard.press('Space');
    await expect(named(page, 'alertdialog', /^9 rows of memories are as they were then;/)).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    const { memories, event_log: log } = readDatabase(demo);
    expect(memories).toHaveLength((before.memories?.length ?? 0) + 11);
    expect(log).toEqual(before.event_log);
    await expect(named(tables, 'option', /^memories/)).toHaveCount(0);
    await expect(page.locator(':focus')).not.toHaveCount(0);
    await look(app, page, info, 'rows-after');
  });
});

test('any of it goes into a new file at the place that the system asked for, and the database stays as it is', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch({ data: demo });
  const dialog = page.getByRole('alertdialog');
  const before = readDatabase(demo);
  const whole = join(place.folder, 'whole.db');
  await saveTo(app, whole);
  await button(page, 'Bring them back').click();
  await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
  await look(app, page, info, 'copy-offered');

  await test.step('dismissing the system’s dialog leads back to the question', async () => {
    await saveTo(app, null);
    await tabTo(page, button(dialog, 'Into a new file…'));
    await page.keyboard.press('Enter');
    await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
    await expect(page.locator('[role=alertdialog]:focus-within')).toBeVisible();
    await saveTo(app, whole);
  });

  await test.step('a whole snapshot, and the file is shown in its folder', async () => {
    await tabTo(page, button(dialog, 'Into a new file…'));
    await page.keyboard.press('Enter');
    const done = named(page, 'alertdialog', 'Written into a new file');
    await expect(done).toContainText(
      /^Written into a new file.*whole\.db in .* holds your chats as they were/,
    );
    await expect(done).toContainText('3 newer messages are not in it. Your own database stays as it is.');
    await expect(done).toContainText('Verified: 11 tables match the snapshot');
    await look(app, page, info, 'copy-written');
    await app.evaluate(({ shell }) => {
      shell.showItemInFolder = (path) => Object.assign(globalThis, { shown: path });
    });
    await tabTo(page, button(done, 'Show in folder'));
    await page.keyboard.press('Enter');
    await expect.poll(() => app.evaluate(() => Reflect.get(globalThis, 'shown'))).toBe(whole);
    await pressOn(button(done, 'Done'), 'Enter');
    expect(readDatabase(demo)).toEqual(before);
  });

  await test.step('nothing is overwritten, and the question is still there', async () => {
    await openChatQuestion(page);
    await tabTo(page, button(dialog, 'Into a new file…'));
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('alert')).toContainText('Already exists');
    await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
  });

  await test.step('a part, beside everything else as it is now', async () => {
    await saveTo(app, join(place.folder, 'part.db'));
    await tabTo(page, button(dialog, 'Into a new file…'));
    await page.keyboard.press('Enter');
    await expect(named(page, 'alertdialog', 'Written into a new file')).toContainText(
      /part\.db in .* holds Lighthouse as it was .*, and everything else as it is now\./,
    );
    expect(readDatabase(demo)).toEqual(before);
  });
});

/** What the system's dialog answers; null: it is dismissed. */
async function saveTo(app: ElectronApplication, filePath: string | null): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: path === null, filePath: path ?? '' });
  }, filePath);
}

/** Its end that is nearer to a bar can be seen. A line may be higher than the room. */
async function expectFocusUncovered(page: Page): Promise<void> {
  const isSeen = () =>
    page.locator('.line:focus').evaluate((line) => {
      const { top, bottom, left } = line.getBoundingClientRect();
      return [top + 3, bottom - 3].some((y) => line.contains(document.elementFromPoint(left + 20, y)));
    });
  await expect.poll(isSeen).toBe(true);
}

/** Opens the question about the chat that is shown, by its boundary. */
async function openChatQuestion(page: Page): Promise<void> {
  await tabTo(page, button(page, 'Next difference (N)'));
  await page.keyboard.press('Enter');
  await expect(page.locator(':focus')).toContainText(/^Rewound here/);
  await tabTo(page, button(page, 'Bring back only this chat…'));
  await page.keyboard.press('Enter');
}

/** The banner that says that a part was restored. */
function restored(page: Page): Locator {
  return text(named(page, 'region', 'State of the folder'), /^A part of/);
}

function run(dir: string, sql: string): void {
  const db = new DatabaseSync(join(dir, 'chat.db'));
  db.exec(sql);
  db.close();
}
