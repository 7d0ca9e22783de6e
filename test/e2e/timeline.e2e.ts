import { expectAccessible } from './axe.ts';
import { button, named, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { tabTo } from './keyboard.ts';
import { addCheckpoints } from './many.ts';

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

test('the timeline is zoomed by keys, hidden, and told as a table', async ({ place, demo }) => {
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
