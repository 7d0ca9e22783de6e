import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

/**
 * Waits until all messages that are shown are read, and take the same height for some frames: lines are measured once they
 * are drawn.
 */
export async function waitForMeasuring(page: Page): Promise<void> {
  const feed = page.getByRole('feed');
  await expect(async () => {
    await expect(feed).toHaveAttribute('aria-busy', 'false');
    const growth = await feed.evaluate(async (list) => {
      const before = list.clientHeight;
      for (let frame = 0; frame < 30; frame += 1) await new Promise(requestAnimationFrame);
      return list.clientHeight - before;
    });
    expect(growth).toBe(0);
    await expect(feed).toHaveAttribute('aria-busy', 'false', { timeout: 1 });
  }).toPass();
}
