import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { hero, linesOf, named } from './find.ts';
import { expect, type Place, test } from './fixtures.ts';
import { countSnapshots, listKind } from './judge.ts';
import { pressShortcut } from './keyboard.ts';
import { addCheckpoints } from './many.ts';
import { resize } from './resize.ts';
import { waitUntilDrawn } from './wait-until-drawn.ts';

/** So many that the list is longer than the window. */
const ADDED = 200;

/** Whether a line is seen whole, below the heading that stays on top. */
const isInSight = (line: Locator) =>
  line.evaluate((part) => {
    const { left, right, top, bottom } = part.getBoundingClientRect();
    const list = part.closest('[role=listbox]')?.getBoundingClientRect();
    const x = (left + right) / 2;
    const isSeen = (y: number) => part.contains(document.elementFromPoint(x, y));
    return (
      list !== undefined &&
      top >= list.top - 1 &&
      bottom <= list.bottom + 1 &&
      isSeen(top + 4) &&
      isSeen(bottom - 4)
    );
  });
/** Opens the demo with that many more snapshots. */
async function openLong(place: Place, demo: string) {
  addCheckpoints(demo, ADDED);
  const opened = await place.launch({ data: demo });
  await expect(hero(opened.page)).toBeVisible();
  return opened;
}

const focused = (page: Page) => page.locator('[role=option]:focus');
const placeOf = async (line: Locator) => Number(await line.getAttribute('aria-posinset'));

test('the line with the focus is seen whole at 900 x 600 pixels and 200 %', async ({ place, demo }) => {
  const { app, page } = await openLong(place, demo);
  await resize(app, page, { width: 900, height: 600, zoom: 2 });
  await linesOf(page).nth(1).click();
  for (let step = 0; step < 4; step += 1) {
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => isInSight(focused(page)), { timeout: 5_000 }).toBe(true);
  }
  await page.keyboard.press('End');
  await expect.poll(() => isInSight(focused(page)), { timeout: 5_000 }).toBe(true);
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => isInSight(focused(page)), { timeout: 5_000 }).toBe(true);
});

for (const zoom of [1, 2])
  test(`the focus is in sight wherever keys lead, at ${zoom * 100} %`, async ({ place, demo }) => {
    const { app, page } = await openLong(place, demo);
    await resize(app, page, { width: 1200, height: 760, zoom });
    const all = countSnapshots(demo);
    const lines = linesOf(page);
    await lines.first().click();
    const at = () => placeOf(focused(page));
    const expectAt = async (line: number) => {
      await expect.poll(at).toBe(line);
      await expect
        .poll(() => isInSight(focused(page)), { message: `line ${line} is in sight`, timeout: 5_000 })
        .toBe(true);
      await expect(focused(page)).toHaveAttribute('aria-setsize', String(all));
    };
    for (let step = 2; step <= 40; step += 1) {
      await page.keyboard.press('ArrowDown');
      await expectAt(step);
    }
    for (let step = 39; step >= 20; step -= 1) {
      await page.keyboard.press('ArrowUp');
      await expectAt(step);
    }
    await page.keyboard.press('End');
    await expectAt(all);
    await page.keyboard.press('ArrowUp');
    await expectAt(all - 1);
    await page.keyboard.press('PageUp');
    await expect.poll(at).toBeLessThan(all - 1);
    const above = await at();
    await expectAt(above);
    await page.keyboard.press('PageDown');
    await expect.poll(at).toBeGreaterThan(above);
    await expectAt(await at());
    await page.keyboard.press('Home');
    await expectAt(1);
    await expect(page.locator('.group-head').first()).toBeInViewport({ ratio: 1 });

    // As many as fit, and they follow each other.
    const places = await lines.evaluateAll((some) =>
      some.map((one) => Number(one.getAttribute('aria-posinset'))),
    );
    expect(places).toEqual(places.map((_, line) => line + 1));
    expect(places.length).toBeLessThan(60);
  });

test('the focus stays on its line while another part of the list is looked at, and typing finds far lines', async ({
  place,
  demo,
}) => {
  const { app, page } = await openLong(place, demo);
  const list = named(page, 'listbox', 'Snapshots');
  const lines = linesOf(page);
  const all = countSnapshots(demo);
  await lines.nth(2).click();
  const wheelTo = async (top: number) => {
    await list.evaluate((part, to) => part.scrollTo({ top: to }), top);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  };
  await wheelTo(5_000);
  await expect
    .poll(() => lines.last().evaluate((line) => Number(line.getAttribute('aria-posinset'))))
    .toBeGreaterThan(80);
  await expect(focused(page)).toHaveAttribute('aria-posinset', '3');
  await page.keyboard.press('ArrowDown');
  await expect(focused(page)).toHaveAttribute('aria-posinset', '4');
  await expect.poll(() => isInSight(focused(page))).toBe(true);

  await page.keyboard.press('End');
  await page.keyboard.type('before the rewind of lig');
  await expect(focused(page)).toContainText('Before the rewind of Lighthouse');
  await expect.poll(() => isInSight(focused(page))).toBe(true);

  await page.keyboard.press('Control+a');
  await expect(named(page, 'heading', new RegExp(`^${all} `))).toBeVisible();
  await pressShortcut(app, 'F', 'find');
  await page.keyboard.press('Escape');
});

test('the line is in sight when the focus comes back to it by keyboard', async ({ place, demo }) => {
  const { app, page } = await openLong(place, demo);
  await resize(app, page, { width: 900, height: 600 });
  const all = countSnapshots(demo);
  await linesOf(page).nth(2).click();
  await page.keyboard.press('End');
  const leave = async (by: () => Promise<void>) => {
    await expect(focused(page)).toHaveAttribute('aria-posinset', String(all));
    await by();
    await expect(focused(page)).toHaveCount(0);
    await named(page, 'listbox', 'Snapshots').evaluate((part) => part.scrollTo({ top: 0 }));
    await expect(page.locator('[role=option][aria-posinset="1"]')).toBeInViewport();
  };
  const expectInSight = () =>
    expect
      .poll(async () => (await focused(page).count()) === 1 && (await isInSight(focused(page))), {
        timeout: 5_000,
      })
      .toBe(true);
  await leave(() => page.keyboard.press('Tab'));
  await page.keyboard.press('Shift+Tab');
  await expectInSight();
  await leave(() => pressShortcut(app, 'F', 'find'));
  await page.keyboard.press('Escape');
  await expectInSight();
});

test('the line with the focus stays in sight below new lines, in a lower list and in larger letters, unless a person scrolled away', async ({
  place,
  demo,
}) => {
  const { app, page } = await openLong(place, demo);
  await resize(app, page, { width: 1200, height: 760 });
  await linesOf(page).first().click();
  // To the last line that is seen whole.
  await page.keyboard.press('PageDown');
  const [newest = ''] = listKind(demo, 'periodic');
  copyFileSync(
    join(demo, 'snapshots', `${newest}.json`),
    join(demo, 'snapshots/periodic/20990101T000000Z.json'),
  );
  await expect(focused(page)).toHaveAttribute('aria-setsize', String(countSnapshots(demo)));
  await expect.poll(() => isInSight(focused(page)), { timeout: 5_000 }).toBe(true);

  await page.keyboard.press('End');
  await expect.poll(() => isInSight(focused(page))).toBe(true);
  await resize(app, page, { width: 1200, height: 560 });
  await expect.poll(() => isInSight(focused(page)), { timeout: 5_000 }).toBe(true);
  for (let step = 0; step < 12; step += 1) await page.keyboard.press('PageUp');
  for (const zoom of [2, 1]) {
    await resize(app, page, { width: 1200, height: 760, zoom });
    await expect.poll(() => isInSight(focused(page)), { timeout: 5_000 }).toBe(true);
  }

  await linesOf(page).first().hover();
  await page.mouse.wheel(0, -3_000);
  await expect.poll(() => isInSight(focused(page))).toBe(false);
  await resize(app, page, { width: 1200, height: 500 });
  await page.waitForTimeout(300);
  expect(await isInSight(focused(page))).toBe(false);
});

test('its day stays on top, and a reader in its middle stays where they are when snapshots come and go', async ({
  place,
  demo,
}) => {
  const { page } = await openLong(place, demo);
  const list = named(page, 'listbox', 'Snapshots');
  const lines = linesOf(page);
  /** The line in the middle of the list and where it is, and the heading on top with that of the line below it. */
  const look = () =>
    list.evaluate((part) => {
      const { left, right, top, bottom } = part.getBoundingClientRect();
      const at = (y: number) => document.elementFromPoint((left + right) / 2, y);
      const middle = at((top + bottom) / 2)?.closest<HTMLElement>('[data-key], .group-head');
      const below = at(top + 60)
        ?.closest('[role=group]')
        ?.getAttribute('aria-label');
      return {
        middle: middle?.dataset.key ?? middle?.textContent,
        y: Math.round(middle?.getBoundingClientRect().top ?? 0),
        heading: at(top + 4)?.closest('.group-head')?.textContent,
        below,
      };
    });
  const expectSteady = async (change: () => void, count: number) => {
    const before = await look();
    change();
    await expect(lines.first()).toHaveAttribute('aria-setsize', String(count));
    await waitUntilDrawn(page);
    expect(await look()).toEqual(before);
  };
  const all = countSnapshots(demo);
  await expect(lines.first()).toHaveAttribute('aria-setsize', String(all));
  for (const top of [900, 4_000, 8_000]) {
    await list.evaluate((part, to) => part.scrollTo({ top: to }), top);
    await expect.poll(async () => (await look()).middle).toBeTruthy();
    const { heading, below } = await look();
    expect(heading, `at ${top}`).toBe(below);
  }
  const [newest = ''] = listKind(demo, 'periodic');
  const file = (id: string) => join(demo, 'snapshots', `${id}.json`);
  const added = file('periodic/20990101T000000Z');
  await expectSteady(() => copyFileSync(file(newest), added), all + 1);
  await expectSteady(() => rmSync(added), all);
});
