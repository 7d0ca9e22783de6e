import { expect, type Page } from '@playwright/test';

/** Waits until nothing is cut off: after a change of size the list is laid out in one of the next frames. */
export async function expectNothingCutOff(page: Page, where = 'cut off'): Promise<void> {
  await expect.poll(() => findCutOff(page), where).toEqual([]);
}

/** Parts that scroll sideways, and buttons that stick out of the window or of their dialog. */
function findCutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const all = [
      ...document.querySelectorAll<HTMLElement>('html, main, section, nav, header, [role], dl, table'),
    ];
    const sideways = all.filter((part) => {
      const scrolls = ['auto', 'scroll', 'visible'].includes(getComputedStyle(part).overflowX);
      return scrolls && part.clientWidth > 0 && part.scrollWidth > part.clientWidth + 1;
    });
    const outside = [...document.querySelectorAll<HTMLElement>('button')].filter((button) => {
      const frame = button.closest('[role=alertdialog]')?.getBoundingClientRect();
      const { left, right, width } = button.getBoundingClientRect();
      return (
        width > 1 &&
        (left < (frame?.left ?? 0) || right > Math.min(frame?.right ?? Infinity, window.innerWidth))
      );
    });
    return [...sideways, ...outside].map(
      (part) => `${part.tagName} ${part.className} ${part.textContent?.slice(0, 40)}`,
    );
  });
}
