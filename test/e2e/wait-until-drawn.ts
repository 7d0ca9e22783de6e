import type { Page } from '@playwright/test';

/** Waits until what is laid out now is on the screen, which follows by a frame. */
export async function waitUntilDrawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
