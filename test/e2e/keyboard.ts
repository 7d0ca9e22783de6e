import { type ElectronApplication, expect, type Locator, type Page } from '@playwright/test';

const MOST_STEPS = 80;

/** What has the focus: its role and name as a screen reader gets them, near enough. */
async function describeFocus(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return '';
    const labelled = (element.getAttribute('aria-labelledby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' ')
      .trim();
    const input = element instanceof HTMLInputElement ? element.closest('label')?.textContent : null;
    const name = element.getAttribute('aria-label') ?? (labelled || input || element.textContent || '');
    return name.trim();
  });
}

/** Presses a key on `target` once it can be used: a key on a greyed-out button does nothing. */
export async function pressOn(target: Locator, key: string): Promise<void> {
  await expect(target).toBeEnabled();
  await target.press(key);
}

/** Presses the shortcut of a menu command once that is enabled: Ctrl, or Cmd, and a key. Playwright’s own keys only reach the page. */
export async function pressShortcut(app: ElectronApplication, key: string, command: string): Promise<void> {
  const isEnabled = () =>
    app.evaluate(({ Menu }, id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.enabled, command);
  await expect.poll(isEnabled).toBe(true);
  const modifier = process.platform === 'darwin' ? 'meta' : 'control';
  await app.evaluate(
    ({ BrowserWindow }, [keyCode, held]) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      for (const type of ['keyDown', 'keyUp'] as const)
        contents?.sendInputEvent({ type, keyCode, modifiers: [held] });
    },
    [key, modifier] as const,
  );
}

/** Waits for `target`, then presses Tab until it has the focus, visibly. Fails if the keyboard cannot get there. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeEnabled();
  const seen: string[] = [];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (await hasFocus(target)) return expectVisibleFocus(page);
    seen.push((await describeFocus(page)).slice(0, 40));
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${target}; it went: ${seen.join(' | ')}`);
}

function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement);
}

/** Whoever uses the keyboard must see where they are. */
async function expectVisibleFocus(page: Page): Promise<void> {
  const isOutlined = () =>
    page.evaluate(() => {
      const focused = document.activeElement;
      const candidates = [focused, focused?.closest('[data-focus-visible]')];
      return candidates.some((one) => one != null && getComputedStyle(one).outlineStyle !== 'none');
    });
  await expect.poll(isOutlined, `the focus on “${await describeFocus(page)}” can be seen`).toBe(true);
}
