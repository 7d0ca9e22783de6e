import AxeBuilder from '@axe-core/playwright';
import type { ElectronApplication, Page } from '@playwright/test';
import { expect } from './fixtures.ts';
import { setTheme } from './set-theme.ts';

/** The rules that axe applies to colours. The themes differ in nothing else. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'] as const;

/** Fails if axe finds anything in what is shown now, in light and in dark. */
export async function expectAccessible(app: ElectronApplication, page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(app, page, theme);
    const axe = new AxeBuilder({ page }).setLegacyMode(true);
    if (theme === 'light') axe.options({ rules: { 'label-content-name-mismatch': { enabled: true } } });
    else axe.withRules([...OF_COLOURS]);
    const { violations } = await axe.analyze();
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`),
    );
    expect(found, `${name}, ${theme}`).toEqual([]);
  }
}
