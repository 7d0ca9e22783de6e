import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { named } from './find.ts';
import { expect, test } from './fixtures.ts';

/** A name that only the code that draws a line of the list has in it. */
const ONLY_IN_A_LINE = 'snap-detail';

test('what draws the list is kept compiled for the starts to come', async ({ place, demo }) => {
  // The first time Chromium only notes that the code is used again and again.
  for (let time = 0; time < 2; time += 1) {
    const { app, page } = await place.launch({ data: demo });
    await expect(named(page, 'listbox', 'Snapshots').getByRole('option').first()).toBeVisible();
    await page.waitForTimeout(4_000);
    if (time === 1) await expect.poll(() => keptCode(place.folder)).toContain(ONLY_IN_A_LINE);
    await app.close();
  }
});

/** All that Chromium has compiled and kept. */
function keptCode(folder: string): string {
  const files = globSync(join(folder, 'user/Code Cache/js/*'), { withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
    .join('');
}
