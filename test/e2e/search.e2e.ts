import type { ElectronApplication, Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { expectNothingCutOff } from './cut-off.ts';
import { button, named, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { pressOn, tabTo } from './keyboard.ts';
import { waitForMeasuring } from './measuring.ts';
import { resize } from './resize.ts';
import { setTheme } from './set-theme.ts';

/** As the menu does for its shortcut, which Playwright's keys do not reach. */
async function find(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ Menu, BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    Menu.getApplicationMenu()?.getMenuItemById('find')?.click(undefined, window, window?.webContents);
  });
  // Keys that a test sends may overtake the command.
  const field = named(await app.firstWindow(), 'searchbox', 'Search everything that ever was');
  await expect(field).toBeFocused();
}

const hits = (page: Page) => named(page, 'grid', 'Hits').getByRole('row');

test('a lost word is found by keyboard, with where it was, and its snapshot opened', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch({ data: demo });
  const field = named(page, 'searchbox', 'Search everything that ever was');
  await expect(page.locator('.hero')).toBeVisible();
  await find(app);
  await expect(field).toBeFocused();
  const lost = named(page, 'grid', 'The last messages that were lost');
  await expect(lost.getByRole('row').first()).toBeVisible();
  const words = (await lost.locator('.hit-text').first().innerText()).split(/\s+/).slice(0, 3).join(' ');
  await look(app, page, info.outputPath('before'));
  await expectAccessible(app, page, 'the search before anything is typed');

  await page.keyboard.type(words.toUpperCase());
  await expect(
    page.getByRole('status').filter({ hasText: /^\d+ hits?, (?:all |\d+ of them )?gone now$/ }),
  ).toBeVisible();
  const first = hits(page).first();
  await expect(first.locator('mark').first()).toHaveText(new RegExp(`^${words}$`, 'i'));
  await expect(first).toContainText('hidden now');
  await expect(first).toContainText(/hidden since the rewind /);
  await look(app, page, info.outputPath('found'));
  await expectAccessible(app, page, 'the hits of a search');

  await page.keyboard.press('ArrowDown');
  await expect(first).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(button(first, 'History of this')).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = named(page, 'alertdialog', 'History of this');
  await expect(text(dialog, /^\d+ versions, oldest first/)).toBeVisible();
  await expect(button(dialog, 'Bring this back…').first()).toBeVisible();
  await look(app, page, info.outputPath('history'));
  await expectAccessible(app, page, 'the history of a row');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(hits(page).first()).toBeVisible();
  await expect(first).toBeFocused();
  await pressOn(button(first, 'Bring this back…'), 'Enter');
  await expect(
    named(page, 'alertdialog', /^Bring this message back .*, with what belonged to it/),
  ).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toBeHidden();
  await expect(first).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('.search-page')).toBeHidden();
  await expect(page.getByRole('option', { selected: true })).toContainText(/./);
  await expect(page.locator('.hero')).toBeVisible();
  await expect(page.locator('.line:focus .bubble')).toHaveText(new RegExp(words, 'i'));
  await expect(page.locator('.line:focus .bubble')).toHaveClass(/lost/);
  await look(app, page, info.outputPath('opened'));
});

test('whoever goes on to the hits before they are there gets to the first one, unless they go on typing', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  const field = named(page, 'searchbox', 'Search everything that ever was');
  await expect(page.locator('.hero')).toBeVisible();
  await find(app);
  await page.keyboard.type('letter');
  await page.keyboard.press('Enter');
  await expect(hits(page).first()).toBeFocused();
  await find(app);
  await page.keyboard.type('lett');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.type('er');
  await expect(page.getByRole('status').filter({ hasText: /gone now$/ })).toBeVisible();
  await expect(hits(page).first()).toBeVisible();
  await expect(field).toBeFocused();
});

test('a search leaves what was chosen and read before it, and the focus returns there', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(page.locator('.hero')).toBeVisible();
  await named(page, 'tab', 'Rows').click();
  const grid = named(page, 'grid', /^Rows of/);
  await expect(grid.getByRole('row').nth(1)).toContainText(/Back|Changed/);
  await grid.focus();
  await page.keyboard.press('Space');
  await expect(text(page, '1 row chosen')).toBeVisible();
  const scrolled = () => page.locator('.page:has(.rows-pane)').evaluate(({ scrollTop }) => scrollTop);
  const before = await scrolled();
  await find(app);
  await page.keyboard.type('lantern');
  await expect(hits(page).first()).toBeVisible();
  await expect(grid).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(grid).toBeFocused();
  await expect(text(page, '1 row chosen')).toBeVisible();
  expect(await scrolled()).toBe(before);
});

test('several hits are chosen by keyboard and brought back at once', async ({ place, demo }, info) => {
  const { app, page } = await place.launch({ data: demo });
  const dialog = page.getByRole('alertdialog');
  await expect(page.locator('.hero')).toBeVisible();
  await find(app);
  await page.keyboard.type('the');
  await expect(page.getByRole('status').filter({ hasText: /of them gone now$/ })).toBeVisible();
  await named(page, 'checkbox', 'Only what is gone now').press('Space');
  await expect(page.getByRole('status').filter({ hasText: /, all gone now$/ })).toBeVisible();
  const chosen = named(page, 'grid', 'Hits').getByRole('row', { selected: true });
  await test.step('on its box, Enter does nothing, Space chooses a hit, and the arrow keys lead on', async () => {
    await hits(page).first().getByRole('checkbox').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    await expect(text(page, '1 hit chosen.')).toBeVisible();
    await page.keyboard.press('Space');
    await expect(chosen).toHaveCount(0);
    await page.keyboard.press('ArrowLeft');
    await expect(button(hits(page).first(), 'Bring this back…')).toBeFocused();
  });
  await hits(page).first().focus();
  await page.keyboard.press('Space');
  await expect(text(page, '1 hit chosen.')).toBeVisible();
  // Between the two is an event that is no message.
  for (const key of ['ArrowDown', 'ArrowDown', 'Space']) await page.keyboard.press(key);
  await expect(text(page, '2 hits chosen.')).toBeVisible();
  await expect(chosen).toHaveCount(2);
  await look(app, page, info.outputPath('chosen'));
  await expectAccessible(app, page, 'chosen hits');

  await test.step('the question names them, and they stay chosen', async () => {
    await tabTo(page, button(page, 'Bring 2 back…'));
    await page.keyboard.press('Enter');
    await expect(named(page, 'alertdialog', /^Bring the selected messages back/)).toBeVisible();
    await expect(button(dialog, 'Bring back 2 messages')).toBeEnabled();
    await page.keyboard.press('Escape');
    await expect(button(page, 'Bring 2 back…')).toBeFocused();
    await expect(chosen).toHaveCount(2);
  });

  await test.step('they are cleared without losing the focus, and Escape closes the search only then', async () => {
    await pressOn(button(page, 'Clear selection'), 'Enter');
    await expect(chosen).toHaveCount(0);
    await expect(hits(page).first()).toBeFocused();
    await page.keyboard.press('Space');
    await expect(chosen).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(chosen).toHaveCount(0);
    await expect(page.locator('.search-page')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.locator('.search-page')).toBeHidden();
  });
});

test('a hit opens its chat at its message, also where that is folded away, and another row its table', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(page.locator('.hero')).toBeVisible();
  await find(app);
  await page.keyboard.type('light');
  const count = page.locator('.search-count');
  await expect(count).toHaveText(/^(?:The first )?[\d,]+ hits, \d+ of them gone now$/);
  const said = hits(page).filter({ has: page.locator('.hit-chat') });
  const kept = said.filter({ hasNotText: /hidden now|gone now/ }).filter({ hasNotText: 'In no snapshot' });
  const chat = (await kept.last().locator('.hit-chat').innerText()).replace(/^in /, '');
  const words = await kept.last().locator('.hit-text').innerText();
  await kept.last().focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.line:focus .bubble-text')).toHaveText(words.replaceAll('…', ''));
  await expect(page.locator('.line:focus')).toBeInViewport();
  await expect(page.locator('.chat-picker')).toContainText(chat);
  await look(app, page, info.outputPath('folded'));

  await find(app);
  await page.keyboard.type('about the key, and meant it');
  const memory = hits(page).filter({ hasNot: page.locator('.hit-chat') });
  await memory.first().focus();
  await page.keyboard.press('Enter');
  await expect(named(page, 'tab', 'Rows')).toHaveAttribute('aria-selected', 'true');
  const tables = named(page, 'listbox', 'Tables');
  await expect(tables.getByRole('option', { selected: true })).toContainText('memories');
});

test('in a low window, too, a hit that is opened is in sight, and what Tab reaches below the messages', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  await resize(app, page, { width: 900, height: 600 });
  await expect(page.locator('.bubble.lost').first()).toBeAttached();
  await button(page, 'Message fields…').focus();
  for (const key of ['Tab', 'Tab']) await page.keyboard.press(key);
  await expect(button(page, 'Show what differs')).toBeFocused();
  await waitForMeasuring(page);
  await expect(button(page, 'Show what differs')).toBeInViewport({ ratio: 0.9 });
  await find(app);
  await page.keyboard.type('lantern');
  await expect(
    page.getByRole('status').filter({ hasText: /^\d+ hits, \d+ of them gone now$/ }),
  ).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(hits(page).first()).toBeFocused();
  await expect(hits(page).first()).toContainText('hidden now');
  await page.keyboard.press('Enter');
  await expect(page.locator('.line:focus .bubble-text')).toContainText('lantern');
  await waitForMeasuring(page);
  await expect(page.locator('.line:focus .bubble-text')).toBeInViewport({ ratio: 0.9 });
});

test('only what is gone, whole words, no hit, and Escape back to where the focus was', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  const field = named(page, 'searchbox', 'Search everything that ever was');
  const chosen = page.getByRole('option', { selected: true });
  await expect(chosen).toBeVisible();
  await chosen.focus();
  await find(app);
  await expect(field).toBeFocused();
  await noteCounts(page);
  await page.keyboard.type('light');
  const count = page.locator('.search-count');
  await expect(count).toHaveText(/^(?:The first )?[\d,]+ hits, \d+ of them gone now$/);
  expect(await readCounts(page), 'what was said before').not.toContain('Nothing was found');
  const all = await count.innerText();
  await tabTo(page, named(page, 'checkbox', 'Only what is gone now'));
  await page.keyboard.press('Space');
  await expect(hits(page).first()).toContainText(/gone now|hidden now/);
  for (const row of await hits(page).all()) await expect(row).toContainText(/gone now|hidden now/);
  await page.keyboard.press('Space');
  await tabTo(page, named(page, 'checkbox', 'Whole words'));
  await page.keyboard.press('Space');
  await expect(count).not.toHaveText(all);
  await expect(count).toHaveText(/hits/);
  await tabTo(page, field);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('xyzzy');
  await expect(count).toHaveText('Nothing was found');
  await page.keyboard.press('Escape');
  await expect(page.locator('.search-page')).toBeHidden();
  await expect(chosen).toBeFocused();
  await expect(field).toHaveValue('');
});

/** Notes from now on what the window says about the number of hits, however briefly. */
async function noteCounts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const said = new Set<string>();
    Reflect.set(window, 'said', said);
    const note = () => said.add(document.querySelector('.search-count')?.textContent ?? '');
    new MutationObserver(note).observe(document.body, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
}

function readCounts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => [...Reflect.get(window, 'said')]);
}

async function look(app: ElectronApplication, page: Page, path: string): Promise<void> {
  for (const [width, height] of [
    [1200, 760],
    [900, 600],
  ] as const)
    for (const theme of ['light', 'dark'] as const) {
      await resize(app, page, { width, height });
      await setTheme(app, page, theme);
      await page.screenshot({ path: `${path}-${width}-${theme}.png` });
      await expectNothingCutOff(page, `${path} at ${width}, ${theme}`);
    }
}
