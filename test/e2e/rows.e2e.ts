import { copyFileSync, cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { button, named, story, text } from './find.ts';
import { expect, type Place, test } from './fixtures.ts';
import { countSnapshots, listKind } from './judge.ts';
import { pressOn } from './keyboard.ts';
import { replyLate } from './late-reply.ts';
import { resize } from './resize.ts';

const grid = (page: Page) => page.getByRole('grid');
const tables = (page: Page) => named(page, 'listbox', 'Tables');

async function openRows(page: Page): Promise<void> {
  await expect(await story(page)).toBeVisible();
  await named(page, 'tab', 'Rows').click();
  await expect(grid(page)).toBeVisible();
}

/** Starts Snapback on a data folder and shows the rows of what the first screen names. */
async function launchRows(place: Place, data: string) {
  const { app, page } = await place.launch({ data });
  await openRows(page);
  return { app, page };
}

/** The same with the rows of the table in which the demo's differ most; its grid. */
async function launchMemories(place: Place, demo: string) {
  const { app, page } = await launchRows(place, demo);
  await named(tables(page), 'option', 'memories 11 differing rows').click();
  const memories = named(page, 'grid', 'Rows of memories that differ');
  await expect(memories).toBeVisible();
  return { app, page, memories };
}

/** The cell that has the focus inside the grid. */
function activeCell(page: Page): Promise<string> {
  return grid(page).evaluate((element) => {
    const id = element.getAttribute('aria-activedescendant');
    return (id === null ? null : document.getElementById(id)?.textContent) ?? '';
  });
}

test('what differs is read row by row, by keyboard alone', async ({ place, demo }) => {
  const { app, page } = await place.launch({ data: demo });
  await expect(await story(page)).toBeVisible();
  const tab = named(page, 'tab', 'Details');
  await tab.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(grid(page)).toBeVisible();
  await pressOn(named(tables(page), 'option', 'memories 11 differing rows'), 'Space');
  await expect(named(page, 'grid', 'Rows of memories that differ')).toHaveAttribute('aria-rowcount', '12');
  await expect(text(page, '11 rows')).toBeVisible();
  await grid(page).focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => activeCell(page)).toMatch(/^[a-z]+$/);

  await test.step('the head sorts', async () => {
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect(
      named(page, 'columnheader', 'id ↑').or(page.locator('[aria-sort="ascending"]')),
    ).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(page.locator('[aria-sort="descending"]')).toBeVisible();
    await page.keyboard.press('ArrowDown');
    const id = async () => Number(await activeCell(page));
    await expect.poll(id).toBeGreaterThan(0);
    const first = await id();
    await page.keyboard.press('ArrowDown');
    expect(await id()).toBeLessThan(first);
  });

  await test.step('one row large, and a value in the clipboard', async () => {
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toBeVisible();
    await expectAccessible(app, page, 'one row');
    const id = await dialog.locator('.cell-detail .whole').innerText();
    await pressOn(button(dialog, 'Copy value'), 'Enter');
    await expect.poll(() => app.evaluate(({ clipboard }) => clipboard.readText())).toBe(id);
    await pressOn(button(dialog, 'Next row'), 'Enter');
    await expect(named(dialog, 'heading', /^Row 3 of 11/)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(grid(page)).toBeFocused();
  });

  await test.step('a filter and the kinds of change', async () => {
    await named(page, 'searchbox', 'Filter rows by text').fill('SLEPT');
    await expect(text(page, '1 of 11 rows')).toBeVisible();
    await named(page, 'searchbox', 'Filter rows by text').fill('nothing like it');
    await expect(text(page, 'No row holds that text.')).toBeVisible();
    await named(tables(page), 'option', /^scenes/).click();
    await pressOn(named(page, 'radio', 'Changed 1'), 'Space');
    await expect(text(page, '1 row')).toBeVisible();
    await button(page, 'Only columns that change').click();
    await expect(grid(page).locator('ins')).not.toHaveCount(0);
    await expectAccessible(app, page, 'rows');
  });
});

test('an open row stays as it is while the chat app writes, and says so; the rows are renewed once it is closed', async ({
  place,
  demo,
}) => {
  const { app, page, memories } = await launchMemories(place, demo);
  await memories.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(named(dialog, 'heading', /^Row 1 of 11 in memories/)).toBeVisible();
  const value = dialog.locator('.cell-detail .whole');
  const id = await value.innerText();
  write(demo, `DELETE FROM memories WHERE id < ${id}; UPDATE bots SET name = name || '!';`);
  await expect(text(dialog, /^The data has changed since\./)).toBeVisible();
  await expect(value).toHaveText(id);
  await expectAccessible(app, page, 'a row that was read before');
  await pressOn(button(dialog, 'Next row'), 'Enter');
  await expect(named(dialog, 'heading', /^Row 2 of 11 in memories/)).toBeVisible();
  await expect(value).not.toHaveText(id);
  await expect(value).toBeVisible();
  await expect(named(tables(page), 'option', /^bots /)).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(named(tables(page), 'option', /^bots /)).toBeVisible();
  await expect(grid(page)).toBeFocused();
});

test('keys choose the rows that were seen while the chat app writes: the cursor and the choice stay on their rows', async ({
  place,
  demo,
}) => {
  const { app, page, memories } = await launchMemories(place, demo);
  await expect(memories.getByRole('row').nth(1)).toContainText('Back');
  const ids = (rows: Locator) => rows.locator('[data-place$=":0"]').allInnerTexts();
  const chosen = memories.getByRole('row', { selected: true });
  const all = (await ids(memories.getByRole('row'))).slice(1);
  expect(all).toHaveLength(11);
  await memories.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  for (const key of ['Shift+ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key);
  await expect(text(page, '3 rows chosen')).toBeVisible();
  // So that keys come while the rows are looked for in the new comparison.
  await replyLate(app, 'rows.named', 400);

  await test.step('a range goes on from where it began', async () => {
    write(demo, "UPDATE bots SET name = name || '!'");
    await expect(named(tables(page), 'option', /^bots /)).toBeVisible();
    await page.keyboard.press('Shift+ArrowUp');
    await expect(text(page, '2 rows chosen')).toBeVisible();
    await expect.poll(() => ids(chosen)).toEqual(all.slice(1, 3));
  });

  await test.step('the cursor goes along with its row', async () => {
    write(demo, `DELETE FROM memories WHERE id IN (SELECT id FROM memories WHERE id < ${all[0]} LIMIT 40)`);
    await expect(named(tables(page), 'option', 'memories 51 differing rows')).toBeVisible();
    await page.keyboard.press('Shift+ArrowDown');
    await expect(text(page, '3 rows chosen')).toBeVisible();
    await expect.poll(() => ids(chosen)).toEqual(all.slice(1, 4));
    await expect(memories).toHaveAttribute('aria-rowcount', '52');
    await expect.poll(() => activeCell(page)).toBe(all[3]);
    await expect(memories.locator('.rows-row.active')).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('Space');
    await expect(text(page, '2 rows chosen')).toBeVisible();
    await expect.poll(() => ids(chosen)).toEqual(all.slice(1, 3));
  });

  await test.step('what is chosen before the next comparison is drawn is not chosen again by the next key', async () => {
    write(demo, "UPDATE bots SET name = name || '!'");
    for (const count of [3, 2, 3]) {
      await page.keyboard.press('Space');
      await expect(text(page, `${count} rows chosen`)).toBeVisible();
    }
    await expect.poll(() => ids(chosen)).toEqual(all.slice(1, 4));
  });

  await test.step('a row that differs no longer is not chosen, and the cursor stays in the table', async () => {
    await page.keyboard.press('Control+ArrowDown');
    write(demo, 'DELETE FROM memories');
    await expect.poll(() => memories.getAttribute('aria-rowcount').then(Number)).toBeGreaterThan(52);
    await expect.poll(() => activeCell(page)).toBe(all.at(-1));
    await expect(memories.locator('.rows-row.active')).toBeInViewport({ ratio: 1 });
    await expect(text(page, '3 rows chosen')).toBeVisible();
  });

  await test.step('the cursor stays in sight in a lower window and in larger letters', async () => {
    for (const size of [
      { width: 1200, height: 1000 },
      { width: 900, height: 600 },
      { width: 900, height: 600, zoom: 1.5 },
      { width: 1200, height: 760 },
    ]) {
      await page.keyboard.press('Control+ArrowUp');
      for (let row = 0; row < 7; row += 1) await page.keyboard.press('ArrowDown');
      await expect(memories.locator('.rows-row.active')).toBeInViewport({ ratio: 1 });
      await resize(app, page, size);
      await expect(memories.locator('.rows-row.active')).toBeInViewport({ ratio: 1, timeout: 5_000 });
    }
  });
});

test('the rows are there in a window of any size, and no scrollbar where all of them fit', async ({
  place,
  demo,
}) => {
  const { app, page } = await launchRows(place, demo);
  // Where letters are as high as here, parts of pixels are left for the grid in some of these.
  for (const height of [1_080, 1_081, 1_082, 1_083])
    for (const zoom of [1, 1.25, 1.5]) {
      await named(page, 'tab', 'Details').click();
      await resize(app, page, { width: 1_920, height: Math.round(height * zoom), zoom });
      await named(page, 'tab', 'Rows').click();
      await expect(grid(page).locator('.rows-row').first()).toBeVisible();
      const isScrolling = () => grid(page).evaluate((e) => e.scrollHeight > e.clientHeight);
      await expect.poll(isScrolling, `at ${height} and ${zoom}`).toBe(false);
    }
});

test('two chosen snapshots are compared with each other, and one with any other', async ({ place, demo }) => {
  const { app, page } = await launchRows(place, demo);
  await button(page, 'Compare with…').click();
  const dialog = named(page, 'dialog', 'Compare with which snapshot?');
  await expect(dialog.getByRole('option').first()).toBeVisible();
  await expectAccessible(app, page, 'choosing what to compare with');
  await page.keyboard.press('Enter');
  await expect(text(page, /^What leads from “/)).toBeVisible();
  await expect(tables(page)).toBeVisible();
  await button(page, 'Compare with now').click();
  await expect(text(page, /^What a restore of this snapshot/)).toBeVisible();

  const list = named(page, 'listbox', 'Snapshots');
  await list.getByRole('option').last().click();
  await page.keyboard.press('Shift+ArrowUp');
  await button(page, 'Compare').click();
  await expect(text(page, /^What led from “/)).toBeVisible();
  await expect(tables(page)).toBeVisible();
  await expectAccessible(app, page, 'two snapshots compared');

  await test.step('also once the chat app has taken another one', async () => {
    const [newest = ''] = listKind(demo, 'periodic');
    const file = (id: string) => join(demo, 'snapshots', `${id}.json`);
    copyFileSync(file(newest), file('periodic/20990101T000000Z'));
    await expect(list.getByRole('option').first()).toHaveAttribute(
      'aria-setsize',
      String(countSnapshots(demo)),
    );
    await expect(tables(page)).toBeVisible();
  });
});

/** Makes so many rows of the demo differ. */
function fill(dir: string, rows: number): void {
  write(
    dir,
    `INSERT INTO memories (bot_id, chat_id, scene_id, text, significance, created_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    SELECT 'mara', 'lighthouse', 1, 'row ' || i, 0.5, '2026-11-25' FROM n;`,
  );
}

function write(dir: string, sql: string): void {
  const db = new DatabaseSync(join(dir, 'chat.db'));
  db.exec(`PRAGMA foreign_keys = OFF; ${sql}`);
  db.close();
}

test('the last of a million rows is reached by key, wheel and scrollbar, at four pixels for one', async ({
  place,
  demo,
}) => {
  const large = join(place.folder, 'large');
  cpSync(demo, large, { recursive: true, preserveTimestamps: true });
  fill(large, 1_000_000);
  const { app, page } = await place.launch({ data: large, args: ['--force-device-scale-factor=2'] });
  await expect(await story(page)).toBeVisible();
  await setZoom(app, 2);
  await openRows(page);
  await named(tables(page), 'option', /^memories/).click();
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '1000001');
  expect(await page.evaluate(() => devicePixelRatio)).toBe(4);
  const last = grid(page).locator('[aria-rowindex="1000001"]');
  await grid(page).focus();
  await page.keyboard.press('Control+End');
  await expectInside(last, grid(page));
  await page.keyboard.press('Control+a');
  await expect(text(page, /^More than 10,000 rows can’t be chosen one by one/)).toBeVisible();
  await expect(grid(page).getByRole('row', { selected: true })).toHaveCount(0);
  await page.keyboard.press('Control+Home');
  await expect(last).toBeHidden();
  await grid(page).evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await expectInside(last, grid(page));
  await page.keyboard.press('Control+Home');
  await grid(page).hover();
  await page.mouse.wheel(0, 900);
  // By its own pixels, not by the large steps of the scrollbar.
  const firstDrawn = () => grid(page).locator('.rows-row').first().getAttribute('aria-rowindex').then(Number);
  await expect.poll(firstDrawn).toBeGreaterThan(5);
  expect(await firstDrawn()).toBeLessThan(60);
});

async function setZoom(app: ElectronApplication, factor: number): Promise<void> {
  await app.evaluate(({ BrowserWindow }, zoom) => {
    BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(zoom);
  }, factor);
}

async function expectInside(cell: Locator, frame: Locator): Promise<void> {
  await expect(cell).toBeVisible();
  const [inner, outer] = [await cell.boundingBox(), await frame.boundingBox()];
  if (inner === null || outer === null) throw new Error('It is not shown.');
  expect(inner.y + inner.height).toBeLessThanOrEqual(outer.y + outer.height + 1);
}

test('a snapshot is exported to the place that the system asked for, and nothing is overwritten', async ({
  place,
  demo,
}) => {
  const { app, page } = await launchRows(place, demo);
  const to = join(place.folder, 'memories.csv');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, to);
  await button(page, 'Export…').click();
  const dialog = named(page, 'alertdialog', 'Export this snapshot');
  await expect(dialog).toBeVisible();
  await expectAccessible(app, page, 'export');
  await pressOn(named(dialog, 'radio', /^CSV/), 'Space');
  await named(dialog, 'combobox', 'What to export').selectOption('memories');
  await pressOn(button(dialog, 'Export…'), 'Enter');
  const done = named(page, 'alertdialog', 'Exported');
  await expect(done).toContainText('501 rows of 1 table exported');
  expect(readFileSync(to, 'utf8').split('\r\n')).toHaveLength(503);
  await pressOn(button(done, 'Done'), 'Enter');
  await expect(done).toBeHidden();
  await button(page, 'Export…').click();
  await pressOn(named(dialog, 'radio', /^JSON/), 'Space');
  await pressOn(button(dialog, 'Export…'), 'Enter');
  await expect(dialog.getByRole('alert')).toContainText('memories.csv');
});

test('without the database two snapshots can still be compared', async ({ place, demo }) => {
  rmSync(join(demo, 'chat.db'));
  const { page } = await place.launch({ data: demo });
  await named(page, 'tab', 'Rows').click();
  await expect(
    text(page, 'Without the database, this snapshot can be compared with another one'),
  ).toBeVisible();
  await button(page, 'Compare with…').click();
  await page.getByRole('dialog').getByRole('option').first().press('Enter');
  await expect(tables(page)).toBeVisible();
});
