import type { Locator, Page } from '@playwright/test';

/*
 * Parts of the window, as a person names them. A string means exactly that name. To match only a part of a name, pass a
 * regular expression.
 */

type Scope = Page | Locator;
type Role = Parameters<Page['getByRole']>[0];

export function button(scope: Scope, name: string | RegExp): Locator {
  return named(scope, 'button', name);
}

export function named(scope: Scope, role: Role, name: string | RegExp): Locator {
  return scope.getByRole(role, { name, exact: true });
}

/** The smallest part whose whole text is `words`. */
export function text(scope: Scope, words: string | RegExp): Locator {
  return scope.getByText(words, { exact: true });
}

/** The lines of the list of snapshots that are drawn. */
export function linesOf(page: Page): Locator {
  return named(page, 'listbox', 'Snapshots').getByRole('option');
}

/** The card on top of a page: what happened, or which snapshot it is. */
export function hero(page: Page): Locator {
  return page.locator('.hero').first();
}

/** The sentence of the view *Details*, which is opened if another one is shown. */
export async function story(page: Page): Promise<Locator> {
  const tab = named(page, 'tab', 'Details');
  await hero(page).waitFor();
  if ((await tab.count()) > 0) await tab.click();
  return page.locator('.story');
}

/** The sentence that says to which moment the database was restored, until that is undone. */
export function restoredBanner(page: Page): Locator {
  return text(named(page, 'region', 'State of the folder'), /^Restored to/);
}

/** The button that opens the confirmation of a restore: on the first screen, or on the page of any other snapshot. */
export const RESTORE = /^(?:Bring them back|Restore…)$/;
/** The button that confirms a restore. It says how much it does. */
export const CONFIRM = /^(?:Bring back|Restore) .*\d/;
/** The receipt of the demo’s restore. */
export const BACK = /^20 messages are back in Lighthouse\.$/;
