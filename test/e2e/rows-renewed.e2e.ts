import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Locator, Page } from '@playwright/test';
import { named, story, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { listKind } from './judge.ts';
import { replyLate } from './late-reply.ts';

/** The rows are compared again meanwhile, and it takes so long to find the row with the cursor there. */
const LATE_MS = 1_500;

const tables = (page: Page) => named(page, 'listbox', 'Tables');

async function openMemories(page: Page): Promise<Locator> {
  await expect(await story(page)).toBeVisible();
  await named(page, 'tab', 'Rows').click();
  await named(tables(page), 'option', 'memories 11 differing rows').click();
  const grid = named(page, 'grid', 'Rows of memories that differ');
  await expect(grid.getByRole('row').nth(1)).toContainText('Back');
  await grid.focus();
  return grid;
}

/** Makes memories the same as in the snapshot again, so that they differ no longer. */
function bringBack(dir: string, snapshot: string, id: number): void {
  const dump = JSON.parse(readFileSync(join(dir, 'snapshots', `${snapshot}.json`), 'utf8'));
  const row: Record<string, string | number | null> = dump.memories.find(
    (memory: { readonly id: number }) => memory.id === id,
  );
  const db = new DatabaseSync(join(dir, 'chat.db'));
  db.exec('PRAGMA foreign_keys = OFF');
  db.prepare(
    `INSERT INTO memories (${Object.keys(row).join()}) VALUES (${Object.keys(row).fill('?').join()})`,
  ).run(...Object.values(row));
  db.close();
}

/** Lets the window compare again, and waits until it has: what follows from that comes later. */
async function renew(page: Page, dir: string): Promise<void> {
  const db = new DatabaseSync(join(dir, 'chat.db'));
  db.exec("UPDATE bots SET name = name || '!'");
  db.close();
  await expect(named(tables(page), 'option', /^bots /)).toBeVisible();
}

test('a row that is opened just before newer rows are drawn stays open, and says that it is behind', async ({
  place,
  demo,
}) => {
  const { app, page } = await place.launch({ data: demo });
  const grid = await openMemories(page);
  await replyLate(app, 'rows.place', LATE_MS);
  await renew(page, demo);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(named(dialog, 'heading', /^Row 1 of 11 in memories/)).toBeVisible();
  await expect(text(dialog, /^The data has changed since\./)).toBeVisible();
  await page.waitForTimeout(2 * LATE_MS);
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(grid).toBeFocused();
});

test('the menu of a row means that row, also once the row differs no longer', async ({ place, demo }) => {
  const { page } = await place.launch({ data: demo });
  const grid = await openMemories(page);
  const first = grid.locator('[data-place="0:0"]');
  const id = await first.innerText();
  await page.keyboard.press('Shift+F10');
  await expect(named(page, 'menu', 'Row')).toBeVisible();
  bringBack(demo, listKind(demo, 'rewind')[0] ?? '', Number(id));
  await page.waitForTimeout(LATE_MS);
  await page.keyboard.press('Enter');
  const value = page.getByRole('dialog').locator('.cell-detail .whole');
  await expect(value).toHaveText(id);
  await page.keyboard.press('Escape');
  await expect(grid).toBeFocused();
  await expect(grid).toHaveAttribute('aria-rowcount', '11');
  await expect(first).not.toHaveText(id);
});
