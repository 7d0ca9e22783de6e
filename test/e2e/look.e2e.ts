import type { ElectronApplication, Page, TestInfo } from '@playwright/test';
import { expectNothingCutOff } from './cut-off.ts';
import { button, CONFIRM, hero, RESTORE } from './find.ts';
import { expect, test } from './fixtures.ts';
import { startHost } from './host.ts';

const SIZES = [
  { width: 1200, height: 760 },
  { width: 900, height: 600 },
];

test('at 900 by 600 nothing is cut off or scrolls sideways, in either theme', async ({
  place,
  demo,
}, info) => {
  const { app, page } = await place.launch();
  await expect(button(page, 'Try the demo')).toBeVisible();
  await look(app, page, info, 'welcome');

  await test.step('a folder in use, with a full header, and its dialogs', async () => {
    const host = await startHost(demo);
    const { app: other, page: window } = await place.launch({
      data: demo,
      args: [`--user-data-dir=${place.folder}/other-user`],
    });
    await expect(hero(window)).toBeVisible();
    await expect(window.locator('.head-facts')).toContainText(`(process ${host.pid})`);
    await look(other, window, info, 'folder');
    for (const [name, open, confirm] of [
      ['restore', RESTORE, CONFIRM],
      ['take', 'Take snapshot', 'Take snapshot'],
      ['prune', 'Prune…', 'Move to the trash'],
    ] as const) {
      await button(window, open).click();
      await expect(button(window.getByRole('alertdialog'), confirm)).toBeVisible();
      await look(other, window, info, name);
      await window.keyboard.press('Escape');
      await expect(window.getByRole('alertdialog')).toBeHidden();
    }
    await window.getByRole('option').filter({ hasText: 'damaged' }).click();
    await expect(window.getByRole('alert')).toBeVisible();
    await look(other, window, info, 'damaged');
    host.kill();
  });
});

async function look(app: ElectronApplication, page: Page, info: TestInfo, name: string): Promise<void> {
  for (const { width, height } of SIZES) {
    await app.evaluate(
      ({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w, h),
      [width, height] as const,
    );
    await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(width);
    for (const theme of ['light', 'dark'] as const) {
      await app.evaluate(({ nativeTheme }, source) => {
        nativeTheme.themeSource = source;
      }, theme);
      await expect
        .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
        .toBe(theme === 'dark');
      await page.screenshot({ path: info.outputPath(`${name}-${width}-${theme}.png`) });
      await expectNothingCutOff(page, `${name} at ${width} by ${height}, ${theme}`);
    }
  }
}
