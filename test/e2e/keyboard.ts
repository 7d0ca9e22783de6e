import { expect, type Page } from '@playwright/test';

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

/** Presses Tab until something with this name has the focus, visibly. Fails when the keyboard can't get there. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const now = await describeFocus(page);
    if (name.test(now)) {
      await expectVisibleFocus(page);
      return;
    }
    seen.push(now.slice(0, 40));
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${name}; it went: ${seen.join(' | ')}`);
}

/** Whoever uses the keyboard must see where they are. */
async function expectVisibleFocus(page: Page): Promise<void> {
  const outlined = await page.evaluate(() => {
    const focused = document.activeElement;
    const candidates = [focused, focused?.closest('[data-focus-visible]')];
    return candidates.some((one) => one != null && getComputedStyle(one).outlineStyle !== 'none');
  });
  expect(outlined, `the focus on “${await describeFocus(page)}” can be seen`).toBe(true);
}
