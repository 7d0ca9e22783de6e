import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { BACK, button, CONFIRM, named, RESTORE, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { tabTo } from './keyboard.ts';
import { replyLate } from './late-reply.ts';
import { addCheckpoints } from './many.ts';
import { resize } from './resize.ts';

/** Where there is only drawing, in pixels from the top of the timeline. */
const ABOVE_MARKS = 30;

test('the timeline tells what each rewind took, and its marks choose snapshots by keyboard', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  const timeline = named(page, 'region', 'Timeline');
  await expect(timeline).toContainText('−20 messages · Lighthouse');
  await expect(timeline.getByRole('button', { pressed: true })).toHaveCount(1);
  const first = timeline.getByRole('toolbar').getByRole('button').first();
  await tabTo(page, first);
  await page.keyboard.press('Space');
  await expect(first).toHaveAttribute('aria-pressed', 'true');
  const name = await first.getAttribute('aria-label');
  await expect(named(page, 'heading', name ?? '')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(first).not.toBeFocused();
  await page.keyboard.press('Space');
  await expect(first).toHaveAttribute('aria-pressed', 'false');
});

test('where it takes long to find out what was lost, the timeline does not wait for it', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(button(page, 'Bring them back')).toBeVisible();
  await replyLate(app, 'folder.happened', 600_000);
  await page.reload();
  const timeline = named(page, 'region', 'Timeline');
  await expect(timeline).toContainText('−20 messages · Lighthouse');
  await expect(button(page, 'Bring them back')).toBeHidden();
  // Nothing is chosen for the person yet, and a mark can be.
  await expect(timeline.getByRole('button', { pressed: true })).toHaveCount(0);
});

test('the timeline is zoomed by keys and pointer, hidden, and told as a table', async ({
  place,
  demo,
}, info) => {
  addCheckpoints(demo, 60);
  const { app, page } = await place.launch({ data: demo });
  const timeline = named(page, 'region', 'Timeline');
  const marks = timeline.getByRole('toolbar').getByRole('button');
  const drawing = page.locator('.timeline-drawing');
  await expect(marks.first()).toBeVisible();
  const widthOf = async () => (await drawing.boundingBox())?.width ?? 0;
  const whole = await widthOf();
  await tabTo(page, marks.first());
  await page.keyboard.press('+');
  await expect.poll(widthOf).toBeCloseTo(whole * 2, 0);
  await page.keyboard.press('0');
  await expect.poll(widthOf).toBeCloseTo(whole, 0);

  const at = await pointAtRewind(page);
  const high = (await topOf(drawing)) + ABOVE_MARKS;
  await test.step('by the mouse and two fingers, around what is under the pointer', async () => {
    for (const times of [2, 4, 8]) {
      await wheelWithCtrl(page, -200);
      await expect.poll(widthOf).toBeCloseTo(whole * times, 0);
      await expectRewindAt(page, at, times + 1);
    }
    // Two fingers come as many small turns of a wheel.
    for (let step = 1; step <= 10; step += 1) {
      await wheelWithCtrl(page, -20);
      await expect.poll(widthOf).toBeCloseTo(whole * 8 * 2 ** (step / 10), 0);
    }
    await expectRewindAt(page, at, 16 + 1);
  });

  await test.step('moved sideways by the wheel, two fingers and by dragging it', async () => {
    const from = await endOfRewind(page);
    await page.mouse.wheel(-120, 0);
    await expectRewindAt(page, from + 120);
    await page.mouse.wheel(60, 0);
    await expectRewindAt(page, from + 60);
    await page.mouse.down();
    await page.mouse.move(at - 40, high, { steps: 4 });
    await page.mouse.up();
    await expectRewindAt(page, from + 20);
    await page.mouse.move(at - 80, high);
    await expectRewindAt(page, from + 20);
    await page.screenshot({ path: info.outputPath('zoomed.png') });
  });

  await test.step('in a window of another width, the middle stays the middle', async () => {
    const offMiddle = async () => {
      const { x, width } = await boxOf(page.locator('.timeline-pane'));
      return ((await endOfRewind(page)) - x) / width - 0.5;
    };
    const before = await offMiddle();
    for (const width of [900, 1920, 1200]) {
      await resize(app, page, { width, height: 760 });
      await expect.poll(async () => Math.abs((await offMiddle()) - before)).toBeLessThan(0.02);
    }
    for (let step = 0; step < 5; step += 1) await wheelWithCtrl(page, 200);
    await expect.poll(widthOf).toBeCloseTo(whole, 0);
  });

  await button(page, 'As table').click();
  const table = named(page, 'alertdialog', 'Timeline');
  await expect(table.getByRole('row').filter({ hasText: 'Rewind of' })).not.toHaveCount(0);
  await expect(text(table, '−20 messages · Lighthouse')).toBeVisible();
  await expectAccessible(app, page, 'the timeline as a table');
  await page.keyboard.press('Escape');
  await expect(button(page, 'As table')).toBeFocused();
  await button(page, 'Hide the timeline').click();
  await expect(drawing).toBeHidden();
  await button(page, 'Show the timeline').click();
  await expect(drawing).toBeVisible();
});

/** Where the newest rewind ends, in pixels of the window. */
async function endOfRewind(page: Page): Promise<number> {
  const { x, width } = await boxOf(page.locator('.timeline-rewind').first());
  return x + width;
}

/** Puts the pointer on the end of the newest rewind, above the marks, and answers where that is. */
async function pointAtRewind(page: Page): Promise<number> {
  const at = Math.round(await endOfRewind(page));
  await page.mouse.move(at, (await topOf(page.locator('.timeline-drawing'))) + ABOVE_MARKS);
  return at;
}

/** To the pixels that scrolling knows: what was half of one beside the pointer is as many times farther after a zoom. */
async function expectRewindAt(page: Page, x: number, pixels = 2): Promise<void> {
  await expect.poll(async () => Math.abs((await endOfRewind(page)) - x)).toBeLessThan(pixels);
}

async function topOf(locator: Locator): Promise<number> {
  return (await boxOf(locator)).y;
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`${locator} is not shown`);
  return box;
}

async function wheelWithCtrl(page: Page, turn: number): Promise<void> {
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, turn);
  await page.keyboard.up('Control');
}

test('the list says which rewind a snapshot was taken before, also once a restore has taken the rewind back', async ({
  place,
  demo,
}) => {
  const { page } = await place.launch({ data: demo });
  const line = named(page, 'listbox', 'Snapshots').getByRole('option', { selected: true });
  await expect(line).toContainText('holds 20 messages you no longer have');
  await expect(line).toHaveAccessibleName(/^Before the rewind of Lighthouse/);
  await button(page, RESTORE).click();
  await button(page, CONFIRM).click();
  await button(named(page, 'alertdialog', BACK), 'Done').click();
  // The timeline knows of the restore.
  await expect(line).not.toContainText('you no longer have');
  await expect(line).toHaveAccessibleName(/^Before the rewind of Lighthouse/);
});
