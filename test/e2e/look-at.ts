import type { ElectronApplication, Page, TestInfo } from '@playwright/test';
import { expectAccessible } from './axe.ts';
import { expectNothingCutOff } from './cut-off.ts';
import { resize } from './resize.ts';

/** Looks at it in both sizes and themes and at 200 %: nothing is cut off, and axe finds nothing. */
export async function look(
  app: ElectronApplication,
  page: Page,
  info: TestInfo,
  name: string,
): Promise<void> {
  for (const [width, height, zoom] of [
    [1200, 760, 1],
    [1200, 760, 2],
    [900, 600, 1],
  ] as const) {
    await resize(app, page, { width, height, zoom });
    await expectNothingCutOff(page, `${name} at ${width} by ${height}, ${zoom}`);
    if (zoom === 1) await page.screenshot({ path: info.outputPath(`${name}-${width}.png`) });
  }
  await expectAccessible(app, page, name);
  await page.screenshot({ path: info.outputPath(`${name}-dark.png`) });
}
