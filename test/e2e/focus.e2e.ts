import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { BACK, button, CONFIRM, hero, named, RESTORE, story } from './find.ts';
import { expect, test } from './fixtures.ts';
import { writeMessage } from './judge.ts';
import { pressOn, tabTo } from './keyboard.ts';
import { addCheckpoints } from './many.ts';
import { resize } from './resize.ts';

const ANYTHING = /^(?!nothing)/;

/** Waits until the keyboard focus has come to rest on something whose role and name match. */
async function expectFocus(page: Page, roleAndName: RegExp): Promise<void> {
  const atRest = () =>
    page.evaluate(async () => {
      const describeFocus = () => {
        const element = document.activeElement;
        return element === null || element === document.body
          ? 'nothing'
          : `${element.getAttribute('role') ?? element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? element.textContent?.trim() ?? ''}`;
      };
      const before = describeFocus();
      // A dialog that closes gives the focus back in one of the next frames.
      for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
      const after = describeFocus();
      return before === after ? after : `nothing yet: from ${before} to ${after}`;
    });
  await expect.poll(atRest).toMatch(roleAndName);
}

/** From now on `window.heard` is a promise of the next change of the database. */
function hearChange(page: Page): Promise<void> {
  return page.evaluate(() => {
    const heard = new Promise<void>((done) => {
      Reflect.get(window, 'snapback').onEvent(
        (event: { what?: string }) => event.what === 'database' && done(),
      );
    });
    Reflect.set(window, 'heard', heard);
  });
}

const runCommand = (app: ElectronApplication, id: string) =>
  app.evaluate(({ Menu }, item) => Menu.getApplicationMenu()?.getMenuItemById(item)?.click(), id);

test('the focus is never lost: at the start, after a failure, a confirmation and a menu command', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch();
  await expect(button(page, 'Try the demo')).toBeVisible();
  await expectFocus(page, /^button Open a data folder/);
  await app.close();

  const { app: second, page: window } = await place.launch({ data: demo });
  const dialog = window.getByRole('alertdialog');
  await expect(hero(window)).toBeVisible();
  await expectFocus(window, /^button Bring them back$/);

  await test.step('closing a dialog that the menu opened moves the focus to the button that brings everything back', async () => {
    await window.evaluate(
      () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
    );
    await runCommand(second, 'help');
    await expect(dialog).toBeVisible();
    await window.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expectFocus(window, /^button Bring them back$/);
  });

  await test.step('after a failed “Take” the focus is in the dialog, and Escape closes it', async () => {
    rmSync(join(demo, 'snapshots/rewind'), { recursive: true });
    writeFileSync(join(demo, 'snapshots/rewind'), 'in the way');
    await button(window, 'Take snapshot').click();
    await button(dialog, 'Take snapshot').click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    await expectFocus(window, ANYTHING);
    await expect(window.locator('[role=alertdialog]:focus-within')).toBeVisible();
    await window.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expectFocus(window, ANYTHING);
  });

  await test.step('a restore that is confirmed and closed with the mouse', async () => {
    // What was removed above, Snapback has kept by itself where something would have been lost with it: that stands last.
    await named(window, 'option', /^Checkpoint/)
      .last()
      .click();
    await expect(await story(window)).not.toContainText('Identical to now');
    await button(window, RESTORE).click();
    // The rewind took some of the newer messages, so they cannot be kept.
    await pressOn(named(dialog, 'radio', /^Remove \d+ newer messages/), 'Space');
    await button(dialog, CONFIRM).click();
    await expect(button(dialog, 'Done')).toBeVisible();
    await expectFocus(window, /^button Done$/);
    await button(dialog, 'Done').click();
    await expect(dialog).toBeHidden();
    await expectFocus(window, ANYTHING);
  });
});

test('a dialog that closes while the window is drawn again gives the focus back to its button', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  for (const frames of [0, 1, 2, 3, 4, 5]) {
    await tabTo(page, button(page, RESTORE));
    await page.keyboard.press('Enter');
    await expect(button(page, CONFIRM)).toBeEnabled();
    await expect(button(page, 'Cancel')).toBeFocused();
    await hearChange(page);
    utimesSync(join(demo, 'chat.db'), new Date(), new Date());
    await page.evaluate(async (number) => {
      await Reflect.get(window, 'heard');
      for (let frame = 0; frame < number; frame += 1) await new Promise(requestAnimationFrame);
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    }, frames);
    await expect(page.getByRole('alertdialog')).toBeHidden();
    await expectFocus(page, /^button Bring them back$/);
  }
});

test('Tab reaches the snapshots and their page before the controls of the whole folder, and typing finds a line', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  await page.getByRole('option', { selected: true }).focus();
  const seen: string[] = [];
  for (let step = 0; step < 20; step += 1) {
    await page.keyboard.press('Tab');
    seen.push(
      await page.evaluate(
        () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
      ),
    );
  }
  const at = (name: string) => seen.findIndex((one) => one.trim() === name);
  expect(at('Bring them back')).toBeGreaterThan(-1);
  for (const name of ['Take snapshot', 'Prune…', 'Open…'])
    expect(at(name), seen.join(' | ')).toBeGreaterThan(at('Bring them back'));

  await page.getByRole('option', { selected: true }).click();
  await page.keyboard.type('check');
  await expect(page.locator('[role=option]:focus')).toContainText('Checkpoint');
});

test('a long list of snapshots to prune scrolls with the keyboard', async ({ place, demo }) => {
  addCheckpoints(demo, 12);
  const { page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  await button(page, 'Prune…').click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('textbox').fill('0');
  await page.keyboard.press('Tab');
  await expect(button(dialog, /^Move 1\d/)).toBeEnabled();
  const list = named(dialog, 'region', 'Snapshots of this plan');
  await list.focus();
  await page.keyboard.press('End');
  await expect.poll(() => list.evaluate((part) => part.scrollTop)).toBeGreaterThan(0);
});

test('at 200 % no time and no title is cut off', async ({ place, demo }) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  await resize(app, page, { width: 1200, height: 760, zoom: 2 });
  const findCut = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('.snap-time')]
        .filter((part) => {
          const line = part.closest('.snap')?.getBoundingClientRect();
          const { left, right } = part.getBoundingClientRect();
          return line === undefined || left < line.left || right > line.right;
        })
        .map((part) => part.textContent),
    );
  await expect.poll(findCut).toEqual([]);
  const titles = page.locator('.snap-title');
  await expect(titles.filter({ hasText: 'Before the rewind of Lighthouse' })).toBeVisible();
  const findCutTitles = () =>
    titles.evaluateAll((all) =>
      all
        .filter((one) => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1)
        .map((one) => one.textContent),
    );
  await expect.poll(findCutTitles, { timeout: 10_000 }).toEqual([]);
  const findTop = () =>
    page.evaluate(() => document.querySelector('.panes')?.getBoundingClientRect().top ?? Infinity);
  await expect.poll(findTop).toBeLessThan(0.3 * 380);
});

test('a look at the database leaves the focus on the button that confirms, and a change of it takes the hint away', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  const confirm = button(page, 'Bring back 20 messages');
  const hint = page.getByRole('status').filter({ hasText: 'Press Space to confirm' });
  const afterChange = () => page.evaluate(() => Reflect.get(window, 'heard'));
  await button(page, RESTORE).click();
  await tabTo(page, confirm);
  await page.keyboard.press('Enter');
  await expect(hint).toBeVisible();

  await test.step('the plan is made again and is the same', async () => {
    await hearChange(page);
    utimesSync(join(demo, 'chat.db'), new Date(), new Date());
    await afterChange();
    await expectFocus(page, /^button Bring back 20 messages$/);
    await expect(hint).toBeVisible();
  });

  await test.step('the plan is made again and differs', async () => {
    writeMessage(demo, 'Are you still there?');
    await expect(button(page, 'Show the new figures')).toBeVisible();
    await expect(confirm).toBeDisabled();
    await expect(hint).toBeHidden();
  });

  await test.step('the new figures are confirmed by keyboard', async () => {
    await tabTo(page, button(page, 'Show the new figures'));
    await page.keyboard.press('Enter');
    await tabTo(page, button(page, 'Bring back 20 messages'));
    await page.keyboard.press('Space');
    await expect(named(page, 'alertdialog', BACK)).toBeVisible();
  });
});
