import type { ElectronApplication, Page } from '@playwright/test';
import { expect } from './fixtures.ts';

type Size = { readonly width: number; readonly height: number; readonly zoom?: number };

/** Makes the window's contents that large, in pixels of the screen, and waits until the page is laid out for it. */
export async function resize(
  app: ElectronApplication,
  page: Page,
  { width, height, zoom = 1 }: Size,
): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, [w, h, factor]) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setContentSize(w, h);
      window?.webContents.setZoomFactor(factor);
    },
    [width, height, zoom] as const,
  );
  await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(width / zoom);
}
