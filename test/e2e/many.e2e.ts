import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { button, hero, named, text } from './find.ts';
import { expect, test } from './fixtures.ts';
import { listKind } from './judge.ts';

const MANY = 2_000;
const HOUR_MS = 3_600_000;

test('two thousand snapshots can be browsed by keyboard and pruned in one go', async ({ place, demo }) => {
  test.setTimeout(400_000);
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
  const { page } = await place.launch({ data: demo });
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

  await test.step('all of them are pruned in one go', async () => {
    await button(page, 'Prune…').click();
    await button(page, 'Move 2,000 snapshots to the trash').click();
    // Each move is on the disk before the next one begins: how long that takes says the disk.
    await expect(text(page, /^2,000 snapshots, .* moved to the trash/)).toBeVisible({ timeout: 200_000 });
    expect(listKind(demo, 'periodic')).toHaveLength(5);
  });
});
