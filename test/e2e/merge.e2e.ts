import { rewindAndEdit, spoilSnapshot } from './edit-both-sides.ts';
import { BACK, button, hero, named, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { readDatabase } from './judge.ts';
import { tabTo } from './keyboard.ts';
import { look } from './look-at.ts';

test('both sides are merged by keyboard alone: nothing is chosen at first, each version is shown, and what was chosen is done and undone exactly', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch({ data: demo });
  const before = readDatabase(demo);
  const dialog = page.getByRole('alertdialog');
  const then = /^As it was then/;

  await test.step('“Something else…” leads to both versions, and nothing can be done until all is chosen', async () => {
    await expect(hero(page)).toContainText('3 newer messages');
    await tabTo(page, button(page, 'Something else…'));
    await page.keyboard.press('Enter');
    await expect(named(page, 'menuitem', 'Show me both…')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(button(dialog, 'Choose 7 more')).toBeDisabled();
    await expect(dialog).toContainText('Bring Lighthouse back and keep what was written since?');
    await expect(dialog).toContainText('What was written since stays');
    await expect(dialog).toContainText('Snapback can’t tell which side changed them');
    await expect(named(dialog, 'radiogroup', 'mara · you')).toBeVisible();
    await expect(dialog.getByRole('radio', { checked: true })).toHaveCount(1);
    await expect(named(dialog, 'radio', /^Show me both/)).toBeChecked();
    await look(app, page, info, 'merge-open');
  });

  await test.step('one by one, by table and for all; the focus stays where the choice is', async () => {
    const one = named(dialog, 'radiogroup', 'mara · you');
    await tabTo(page, named(one, 'radio', /^As it is now/));
    await page.keyboard.press('ArrowRight');
    await expect(named(one, 'radio', then)).toBeChecked();
    await expect(named(one, 'radio', then)).toBeFocused();
    await expect(button(dialog, 'Choose 6 more')).toBeDisabled();
    await expect(text(dialog, '6 still to choose.')).toBeVisible();
    const all = named(dialog, 'radiogroup', 'For all of them');
    await tabTo(page, named(all, 'radio', 'As it is now'));
    await page.keyboard.press('Space');
    await expect(named(all, 'radio', 'As it is now')).toBeChecked();
    await expect(named(all, 'radio', 'As it is now')).toBeFocused();
    await expect(text(dialog, 'All are chosen.')).toBeVisible();
    await tabTo(page, named(one, 'radio', /^As it is now/));
    await page.keyboard.press('ArrowRight');
    await expect(named(one, 'radio', then)).toBeChecked();
    await expect(button(dialog, 'Bring back 20 messages')).toBeEnabled();
    await expect(named(one, 'radio', then)).toBeFocused();
    await expect(dialog).toContainText('7 entries become what you chose');
    await look(app, page, info, 'merge-chosen');
  });

  await test.step('it is done as chosen, and undone exactly', async () => {
    await tabTo(page, button(dialog, 'Bring back 20 messages'));
    await page.keyboard.press('Space');
    await expect(named(page, 'alertdialog', BACK)).toBeVisible();
    await expect(dialog).not.toContainText('start your chat app once');
    const after = readDatabase(demo);
    expect(after.chat_state).toEqual(before.chat_state);
    expect(after.edges).not.toEqual(before.edges);
    expect(after.memories?.length).toBe((before.memories?.length ?? 0) + 11);
    await tabTo(page, button(dialog, 'Undo'));
    await page.keyboard.press('Enter');
    await tabTo(page, button(dialog, /^Undo \(/));
    await page.keyboard.press('Space');
    await expect(text(dialog, /^The restore was undone\./)).toBeVisible();
    expect(readDatabase(demo)).toEqual(before);
  });
});

test('a snapshot of just after the rewind tells who changed what, page by page and inside a message; another one is named where it can’t be read', async ({
  place,
  demo,
}, info) => {
  const { base, message } = await rewindAndEdit(demo);
  const { app, page } = await place.launch({ data: demo });
  const dialog = page.getByRole('alertdialog');
  const openBoth = async () => {
    await button(page, 'Something else…').press('Enter');
    await named(page, 'menuitem', 'Show me both…').press('Enter');
  };

  await test.step('each version is shown beside that of just after the rewind', async () => {
    await openBoth();
    await expect(button(dialog, 'Choose 8 more')).toBeDisabled();
    await expect(dialog).toContainText('Both versions differ from the one just after the rewind.');
    const event = named(dialog, 'radiogroup', String(message));
    await expect(event.locator('.bubble')).toHaveCount(2);
    await button(dialog, /^7 memories/).press('Enter');
    const shown = dialog.locator('.conflict-table').filter({ hasText: 'For all of these' });
    await expect(shown.locator('.conflict')).toHaveCount(5);
    await expect(shown).toContainText('1–5 of 7');
    await expect(shown.locator('.conflict').first()).toContainText(/Just after the rewind.*rewound \d/);
    await look(app, page, info, 'merge-base');
    await tabTo(page, button(shown, 'Next'));
    await page.keyboard.press('Enter');
    await expect(shown.locator('.conflict')).toHaveCount(2);
    await expect(button(shown, 'Previous')).toBeFocused();
    const last = shown.getByRole('radiogroup').last();
    await named(last, 'radio', /^As it was then/).press('Space');
    await expect(button(dialog, 'Choose 7 more')).toBeDisabled();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });

  await test.step('where it can’t be read, another one is offered by its time', async () => {
    spoilSnapshot(demo, base);
    await openBoth();
    await expect(dialog.getByRole('alert')).toContainText(
      /“Checkpoint, today [\d:]+” may show .*, but it can’t be read/,
    );
    await expect(dialog.getByRole('alert')).not.toContainText(base);
    await button(dialog, 'Technical details').press('Enter');
    await expect(dialog).toContainText(`${base} could show who changed a row, but cannot be read.`);
    await button(dialog, 'Technical details').press('Enter');
    await expect(dialog.getByRole('alert')).toContainText('Compare with another one, which is offered here');
    await look(app, page, info, 'merge-other-base');
    await tabTo(page, button(dialog, /^Compare with what was there at /));
    await page.keyboard.press('Enter');
    await expect(button(dialog, 'Choose 1 more')).toBeDisabled();
    await named(dialog, 'radio', /^As it is now/).press('Space');
    await expect(button(dialog, /^Bring back/)).toBeEnabled();
    await expect(page.locator('[role=alertdialog]:focus-within')).toBeVisible();
  });
});
