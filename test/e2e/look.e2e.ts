import type { ElectronApplication, Page, TestInfo } from '@playwright/test';
import { expectNothingCutOff } from './cut-off.ts';
import { button, CONFIRM, hero, named, RESTORE } from './find.ts';
import { expect, test } from './fixtures.ts';
import { startHost } from './host.ts';
import { resize } from './resize.ts';
import { setTheme } from './set-theme.ts';
import { waitUntilDrawn } from './wait-until-drawn.ts';

const SIZES = [
  { width: 1200, height: 760 },
  { width: 900, height: 600 },
];

test('at 900 by 600 nothing is cut off or scrolls sideways, in either theme', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch();
  await expect(button(page, 'Try the demo')).toBeVisible();
  await look(app, page, info, 'welcome');

  await test.step('a folder in use, with a full header, and its dialogs', async () => {
    const host = await startHost(demo);
    const { app: other, page: window } = await place.launch({
      data: demo,
      args: [`--user-data-dir=${place.folder}/other-user`],
    });
    await expect(hero(window)).toBeVisible();
    await expect(window.locator('.head-facts')).toContainText(`(process ${host.pid})`);
    await expect(window.locator('.timeline-took').first()).toBeVisible();
    await expect(window.locator('.said').first()).toBeVisible();
    await expect(window.getByRole('option').filter({ hasText: 'damaged' })).toBeVisible();
    expect(await movedParts(window), 'what moved while the folder was opened').toEqual([]);
    await expectTabsMoveNothing(other, window);
    await look(other, window, info, 'folder');
    for (const [name, open, confirm] of [
      ['restore', RESTORE, CONFIRM],
      ['take', 'Take snapshot', 'Take snapshot'],
      ['prune', 'Prune…', 'Move to the trash'],
    ] as const) {
      await button(window, open).click();
      await expect(button(window.getByRole('alertdialog'), confirm)).toBeVisible();
      await look(other, window, info, name);
      await window.keyboard.press('Escape');
      await expect(window.getByRole('alertdialog')).toBeHidden();
    }
    await window.getByRole('option').filter({ hasText: 'damaged' }).click();
    await expect(window.getByRole('alert')).toBeVisible();
    await look(other, window, info, 'damaged');
    host.kill();
  });
});

/** What can be clicked as soon as it is there, and what stands around it. */
const PARTS = '.actions, .timeline, .list-pane, .hero, .view-tabs';

/** What of these parts stood elsewhere before, since the window was opened. What is drawn anew in another place counts, too. */
function movedParts(page: Page): Promise<readonly string[]> {
  return page.evaluate((parts) => {
    type Shift = PerformanceEntry & { readonly sources: readonly { readonly node: Node | null }[] };
    const shifts = new Promise<readonly Shift[]>((done) => {
      new PerformanceObserver((list) => done(list.getEntries() as Shift[])).observe({
        type: 'layout-shift',
        buffered: true,
      });
      // Without any, the observer is never called.
      requestAnimationFrame(() => requestAnimationFrame(() => done([])));
    });
    return shifts.then((all) =>
      all.flatMap(({ sources }) =>
        sources.flatMap(({ node }) => {
          const element = node instanceof Element ? node : node?.parentElement;
          return element?.closest(parts) ? [element.outerHTML.slice(0, 200)] : [];
        }),
      ),
    );
  }, PARTS);
}

async function expectTabsMoveNothing(app: ElectronApplication, page: Page): Promise<void> {
  const places = () =>
    page.evaluate(() =>
      // Not what they say: ages count on, and the marks of the timeline move with each minute.
      [...document.querySelectorAll('.actions button, .snap, .hero, .hero *, .view-tab')].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return `${element.className} ${[x, y, width, height].map(Math.round)}`;
      }),
    );
  for (const [width, height] of [
    [1920, 1080],
    [1200, 760],
    [900, 600],
  ] as const) {
    await named(page, 'tab', 'Conversation').click();
    await expect(page.locator('.said').first()).toBeVisible();
    await resize(app, page, { width, height });
    await waitUntilDrawn(page);
    const before = await places();
    for (const [tab, seen] of [
      ['Rows', '.rows-row'],
      ['Details', '.changes'],
    ] as const) {
      await named(page, 'tab', tab).click();
      await expect(page.locator(seen).first()).toBeVisible();
      expect(await places(), `after choosing ${tab} at ${width} by ${height}`).toEqual(before);
    }
  }
  await named(page, 'tab', 'Conversation').click();
}

async function look(app: ElectronApplication, page: Page, info: TestInfo, name: string): Promise<void> {
  for (const { width, height } of SIZES) {
    await resize(app, page, { width, height });
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(app, page, theme);
      await page.screenshot({ path: info.outputPath(`${name}-${width}-${theme}.png`) });
      await expectNothingCutOff(page, `${name} at ${width} by ${height}, ${theme}`);
    }
  }
}
