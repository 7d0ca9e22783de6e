import type { Page } from '@playwright/test';
import { button, CONFIRM, hero, named, RESTORE, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { pressShortcut } from './keyboard.ts';
import { addCheckpoints } from './many.ts';
import { resize } from './resize.ts';

const SIZES = [
  { width: 900, height: 600, zoom: 1 },
  { width: 900, height: 600, zoom: 2 },
] as const;
const KEYS = [
  ...Array.from({ length: 6 }, () => 'ArrowDown'),
  ...['ArrowUp', 'ArrowUp', 'End', 'ArrowUp', 'Home', 'PageDown', 'PageUp'],
];

/**
 * By how many pixels the start and the end of what has the focus are cut off by what scrolls around it, once that has come
 * to rest. What is higher than there is room begins at the start of it.
 */
function cutOff(page: Page) {
  return page.evaluate(async () => {
    for (let frame = 0; frame < 25; frame += 1) await new Promise(requestAnimationFrame);
    const { activeElement } = document;
    const focused = activeElement?.closest('label') ?? activeElement;
    const cut = { start: 0, end: 0 };
    for (let part = focused?.parentElement ?? null; part !== null; part = part.parentElement) {
      if (!['auto', 'scroll'].includes(getComputedStyle(part).overflowY) || focused == null) continue;
      const { top, bottom, height } = focused.getBoundingClientRect();
      const covered = Number.parseFloat(getComputedStyle(part).scrollPaddingTop) || 0;
      const start = part.getBoundingClientRect().top + part.clientTop + covered;
      const room = part.clientHeight - covered;
      cut.start = Math.max(cut.start, Math.floor(start - top));
      if (height <= room - 8) cut.end = Math.max(cut.end, Math.floor(bottom - start - room));
      else if (top > start + 8) cut.start = Number.POSITIVE_INFINITY;
    }
    return cut;
  });
}

async function expectInSight(page: Page, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await page.keyboard.press(key);
    expect(await cutOff(page), `after ${key}`).toEqual({ start: 0, end: 0 });
  }
}

for (const size of SIZES) {
  const at = `at ${size.width} x ${size.height} and ${size.zoom * 100} %`;
  test(`the hit or line that keys lead to is in sight, at least from its start, ${at}`, async ({
    place,
    demo,
  }) => {
    addCheckpoints(demo, 12);
    const { app, page } = await place.launch({ data: demo });
    await expect(hero(page)).toBeVisible();
    await resize(app, page, size);
    await test.step('hits', async () => {
      await pressShortcut(app, 'F', 'find');
      await expect(named(page, 'searchbox', 'Search everything that ever was')).toBeFocused();
      await page.keyboard.type('the');
      await expect(page.getByRole('status').filter({ hasText: /of them gone now$/ })).toBeVisible();
      await expectInSight(page, KEYS);
      // What stays in place above them then covers some.
      await named(page, 'grid', 'Hits').getByRole('checkbox').first().press('Space');
      await expect(text(page, '1 hit chosen.')).toBeVisible();
      await expectInSight(page, KEYS);
    });
    await test.step('lines in a dialog', async () => {
      await page.keyboard.press('Escape');
      await button(page, 'Prune…').click();
      const dialog = page.getByRole('alertdialog');
      await text(dialog, 'The ones I select').click();
      await dialog.getByRole('option').first().focus();
      await expectInSight(page, KEYS);
    });
  });

  test(`the choice that Tab leads to is in sight, ${at}`, async ({ place, demo }) => {
    const { app, page } = await place.launch({ data: demo });
    await expect(hero(page)).toBeVisible();
    await resize(app, page, size);
    const dialog = page.getByRole('alertdialog');
    await button(page, RESTORE).click();
    await expect(button(dialog, CONFIRM)).toBeEnabled();
    await button(dialog, 'Technical details').click();
    await expect(text(dialog, /^Rehearsed on a copy: /)).toBeVisible();
    await expectInSight(
      page,
      Array.from({ length: 10 }, () => 'Tab'),
    );
    await expectInSight(page, ['Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab']);
  });
}
