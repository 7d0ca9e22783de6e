import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { button, hero, named, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { countSnapshots, listKind } from './judge.ts';
import { pressShortcut, tabTo } from './keyboard.ts';

const MANY = 3_000;
const HOUR_MS = 3_600_000;

test('three thousand snapshots can be browsed by keyboard, filtered, acted on from the list, and pruned in one go', async ({
  place,
  demo,
}, info) => {
  test.setTimeout(600_000);
  const [newest = ''] = listKind(demo, 'periodic');
  const whole = JSON.parse(readFileSync(join(demo, 'snapshots', `${newest}.json`), 'utf8'));
  const tables = Object.entries(whole).filter(([, rows]) => Array.isArray(rows));
  const small = JSON.stringify({
    last_event_id: 0,
    ...Object.fromEntries(tables.map(([name]) => [name, []])),
  });
  for (let at = 0; at < MANY; at += 1) {
    const name = new Date(Date.UTC(2025, 0, 1) + at * HOUR_MS)
      .toISOString()
      .slice(0, 19)
      .replace(/[-:]/g, '');
    writeFileSync(join(demo, 'snapshots/periodic', `${name}Z.json`), small);
  }
  const { app, page } = await place.launch({ data: demo });
  await expect(hero(page)).toBeVisible();
  const lines = named(page, 'listbox', 'Snapshots').getByRole('option');

  await test.step('only the lines on the screen are built, and all can be reached', async () => {
    expect(await lines.count()).toBeLessThan(40);
    await lines.first().click();
    await page.keyboard.press('End');
    await expect(page.locator('.group-head', { hasText: '1 Jan 2025' })).toBeVisible();
    await expect(page.locator('[data-key="periodic/20250101T000000Z"]')).toBeFocused();
    await page.keyboard.press('Home');
    await expect(lines.first()).toBeFocused();
  });

  await test.step('the arrow keys respond at once, even while files are being checked', async () => {
    const byTime = ['rewind', 'periodic']
      .flatMap((kind) => listKind(demo, kind))
      .toSorted((a, b) => b.slice(b.indexOf('/')).localeCompare(a.slice(a.indexOf('/'))));
    const beganAt = performance.now();
    for (let step = 0; step < 10; step += 1) await page.keyboard.press('ArrowDown');
    await expect(page.locator(`[data-key="${byTime[10]}"]`)).toBeFocused();
    expect(performance.now() - beganAt).toBeLessThan(10_000);
  });

  const filter = named(page, 'searchbox', 'Filter the list');
  const expectListed = (number: number) =>
    expect(lines.first()).toHaveAttribute('aria-setsize', String(number));
  const ofOneDay = ['31 jan 2025', 24] as const;

  await test.step('a filter shows what it names: a chat, a kind, a day, and how to see all again', async () => {
    const all = countSnapshots(demo);
    await expectListed(all);
    await tabTo(page, filter);
    await page.keyboard.type('rewind of orchard');
    await expect(lines).toHaveCount(2);
    await expect(lines.filter({ hasText: 'Before the rewind of Orchard' })).toHaveCount(2);
    await filter.fill('no such thing');
    await expect(text(page, 'No snapshot matches the filter.')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(filter).toHaveValue('');
    await expectListed(all);
    await named(page, 'radio', 'Before rewinds').click();
    await expectListed(listKind(demo, 'rewind').length);
    await named(page, 'radio', 'All').click();
    await filter.fill(ofOneDay[0]);
    await expectListed(ofOneDay[1]);
    await page.screenshot({ path: info.outputPath('filtered.png') });
    await button(page, 'Clear the filter').click();
    await expectListed(all);
    await expect(filter).toBeFocused();
  });

  const dialog = page.getByRole('alertdialog');
  const menu = named(page, 'menu', 'Snapshot');
  const id = 'periodic/20250131T220000Z';
  const line = page.locator(`[data-key="${id}"]`);
  const expectBack = async () => {
    await expect(dialog).toBeHidden();
    await expect(line).toBeFocused();
  };

  await test.step('a line’s menu opens by the right button, Shift+F10 and the menu key, and each entry works', async () => {
    await filter.fill(ofOneDay[0]);
    await expectListed(ofOneDay[1]);
    await line.click({ button: 'right' });
    await expect(line).toHaveAttribute('aria-selected', 'true');
    await expect(named(menu, 'menuitem', 'Restore…')).toBeFocused();
    await expect(menu.getByRole('menuitem')).toHaveText(['Restore…', 'Reveal in folder', 'Prune…']);
    await page.screenshot({ path: info.outputPath('menu.png') });
    await page.keyboard.press('Escape');
    await expectBack();

    await app.evaluate(({ shell }) => {
      shell.showItemInFolder = (path) => Object.assign(globalThis, { shown: path });
    });
    await page.keyboard.press('Shift+F10');
    await named(menu, 'menuitem', 'Reveal in folder').press('Enter');
    await expect
      .poll(() => app.evaluate(() => Reflect.get(globalThis, 'shown')))
      .toBe(join(demo, 'snapshots', `${id}.json`));
    await expectBack();

    await page.keyboard.press('ContextMenu');
    await named(menu, 'menuitem', 'Restore…').press('Enter');
    await expect(dialog).toContainText(/^(?:Bring|Restore)/);
    await page.keyboard.press('Escape');
    await expectBack();

    await line.click({ button: 'right' });
    await named(menu, 'menuitem', 'Prune…').click();
    await expect(button(dialog, 'Move 1 snapshot to the trash')).toBeEnabled();
    await page.keyboard.press('Escape');
    await expectBack();

    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+F10');
    await expect(menu.getByRole('menuitem')).toHaveText(['Compare', 'Prune…']);
    await page.keyboard.press('Escape');
    await expect(menu).toBeHidden();
    await line.click();
  });

  await test.step('Enter asks to restore, Delete to prune, Ctrl+Z puts back, and Ctrl+F searches', async () => {
    await expect(line).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(dialog).toContainText(/^(?:Bring|Restore)/);
    await page.keyboard.press('Escape');
    await expectBack();
    await page.keyboard.press('Delete');
    await expect(button(dialog, 'Move 1 snapshot to the trash')).toBeEnabled();
    await button(dialog, 'Move 1 snapshot to the trash').click();
    await expect(text(page, /^1 snapshot, .* moved to the trash/)).toBeVisible();
    await expect(line).toBeHidden();
    // It is neither what was typed into the filter that is undone, nor nothing.
    await pressShortcut(app, 'Z', 'undo');
    await expect(line).toBeVisible();
    await expect(filter).toHaveValue(ofOneDay[0]);
    await line.click();
    await pressShortcut(app, 'F', 'find');
    await expect(named(page, 'searchbox', 'Search everything that ever was')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(hero(page)).toBeVisible();
    await filter.fill('');
  });

  await test.step('all of them are pruned in one go', async () => {
    await button(page, 'Prune…').click();
    await button(page, 'Move 3,000 snapshots to the trash').click();
    // Each move is on the disk before the next one begins: how long that takes says the disk.
    await expect(text(page, /^3,000 snapshots, .* moved to the trash/)).toBeVisible({ timeout: 300_000 });
    expect(listKind(demo, 'periodic')).toHaveLength(5);
  });
});
