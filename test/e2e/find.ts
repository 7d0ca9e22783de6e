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
