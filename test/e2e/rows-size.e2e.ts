import type { Page } from '@playwright/test';
import { hero, named } from './find.ts';
import { expect, type Place, test } from './fixtures.ts';
import { resize } from './resize.ts';

async function openRows(place: Place, demo: string) {
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  await named(page, 'tab', 'Rows').click();
  await expect(
    named(page, 'grid', /^Rows of/)
      .getByRole('row')
      .nth(1),
  ).toContainText('Changed');
  return { app, page };
}

test('the page of the rows does not scroll sideways, however many tables stand above them', async ({
  place,
  demo,
}) => {
  const { app, page } = await openRows(place, demo);
  await resize(app, page, { width: 900, height: 600, zoom: 1 });
  const beyond = () =>
    page.getByRole('tabpanel').evaluate((panel) => {
      const part = panel.closest('.page');
      return part === null ? Number.NaN : part.scrollWidth - part.clientWidth;
    });
  await expect.poll(beyond).toBe(0);
});

test('rows that fit have no scrollbars, and what is drawn keeps its size', async ({ place, demo }) => {
  const { app, page } = await openRows(place, demo);
  // The height of the rows is a fraction in some of them.
  for (const height of [1080, 1079, 1078, 1077]) {
    await resize(app, page, { width: 1920, height, zoom: 1 });
    await expect.poll(() => scrollbars(page), `at a height of ${height}`).toEqual([0, 0]);
    expect(await countSizes(page), `at a height of ${height}`).toBe(0);
  }
});

/** How wide and high they are. */
function scrollbars(page: Page) {
  return page.getByRole('grid').evaluate((grid) => {
    if (!(grid instanceof HTMLElement)) return [];
    const border = 2;
    return [grid.offsetWidth - grid.clientWidth - border, grid.offsetHeight - grid.clientHeight - border];
  });
}

/** How often the drawn part gets another size within some frames. */
function countSizes(page: Page) {
  return page.locator('.rows-window').evaluate(async (drawn) => {
    let times = 0;
    const observer = new MutationObserver(() => {
      times += 1;
    });
    observer.observe(drawn, { attributeFilter: ['style'] });
    for (let frame = 0; frame < 20; frame += 1) await new Promise(requestAnimationFrame);
    observer.disconnect();
    return times;
  });
}
