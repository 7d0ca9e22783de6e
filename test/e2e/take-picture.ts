import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { resize } from './resize.ts';
import { setTheme } from './set-theme.ts';
import { waitUntilDrawn } from './wait-until-drawn.ts';

const folder = join(import.meta.dirname, '../../test-results/screenshots');

const SIZES = [
  { name: '900', width: 900, height: 600, zoom: 1 },
  { name: '1200', width: 1200, height: 760, zoom: 1 },
  { name: '1920', width: 1920, height: 1080, zoom: 1 },
  { name: '200-percent', width: 1200, height: 760, zoom: 2 },
  { name: '900-200-percent', width: 900, height: 600, zoom: 2 },
] as const;

const views = process.env.VIEWS?.split(',');

/** Takes a picture of what is shown now. `subject`: what has to be in sight in any size. */
export type Take = (name: string, subject?: Locator) => Promise<void>;

/** Takes what is shown now in each size and theme, and leaves the window at 1200 by 760. */
export function taker(app: ElectronApplication, page: Page): Take {
  return async (name, subject) => {
    if (views !== undefined && !views.includes(name)) return;
    for (const size of SIZES) {
      await resize(app, page, size);
      for (const theme of ['light', 'dark'] as const) {
        await setTheme(app, page, theme);
        await subject?.evaluate((element) => element.scrollIntoView({ block: 'nearest' }));
        await waitUntilDrawn(page);
        const path = join(folder, `${name}-${size.name}-${theme}.png`);
        if (size.zoom === 1) await page.screenshot({ path });
        else await writeFile(path, await captureZoomed(page), 'base64');
      }
    }
    await resize(app, page, SIZES[1]);
  };
}

/**
 * The whole window as PNG in base64. Playwright itself would cut off what the zoom puts outside its own measure, and
 * Electron's `capturePage` may give what was shown before the size or the colours changed.
 */
async function captureZoomed(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'png' });
  await session.detach();
  return data;
}
