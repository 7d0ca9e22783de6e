import { describe, expect, test } from 'vitest';
import { listSources, readText } from './support/imports.ts';

/*
 * Playwright takes a string as a part of the name: “Put back” also finds “Put back…”, and a test fails once that button
 * appears. So the tests of the window name its parts only with the functions of `find.ts`, which take the whole name.
 */

const FINDER = 'test/e2e/find.ts';
const BY_NAME = /\.getBy(?!Role\()\w+\(|\.getByRole\([^()]*\bname\b/;

describe('the tests of the window', () => {
  test('name its parts exactly', () => {
    const files = listSources('test').filter((file) => /\.e2e\.ts$|^test\/e2e\//.test(file));
    expect(files).toContain(FINDER);
    expect(files.filter((file) => BY_NAME.test(readText(file)))).toEqual([FINDER]);
  });

  test.each([
    "page.getByRole('button', { name: 'Put back' })",
    "dialog.getByRole('button', { name })",
    "page.getByRole('heading', {\n  level: 2,\n  name: 'two',\n})",
    "page.getByText('Put back')",
    "page.getByLabel('Age in days')",
  ])('%s would be found', (code) => {
    expect(code).toMatch(BY_NAME);
  });

  test.each([
    "page.getByRole('option', { selected: true })",
    "page.getByRole('alert').filter({ hasText: 'name' })",
    "button(page, 'Put back')",
  ])('%s is allowed', (code) => {
    expect(code).not.toMatch(BY_NAME);
  });
});
