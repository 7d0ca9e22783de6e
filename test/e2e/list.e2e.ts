import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { button, hero, linesOf, named, text } from './find.ts';
import { expect, type Place, test } from './fixtures.ts';
import { pressOn, tabTo } from './keyboard.ts';
import { resize } from './resize.ts';

/** Where the focus is, and which lines are chosen, by their places in the list. */
type State = { readonly focus: number; readonly chosen: readonly number[] };
type Case = State & { readonly does: string; readonly keys: readonly (string | Click)[] };
type Click = { readonly line: number; readonly with: readonly ('Shift' | 'Control')[] };

const START = 3;
const LAST = 8;
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const click = (line: number, ...modifiers: Click['with']): Click => ({ line, with: modifiers });

// All begin on the fourth of nine lines, which was just clicked.
const CASES: readonly Case[] = [
  { does: 'goes down', keys: ['ArrowDown'], focus: 4, chosen: [4] },
  { does: 'goes up', keys: ['ArrowUp'], focus: 2, chosen: [2] },
  { does: 'goes to the first line', keys: ['Home'], focus: 0, chosen: [0] },
  { does: 'goes to the last line', keys: ['End'], focus: LAST, chosen: [LAST] },
  { does: 'stops at the first line', keys: ['Home', 'ArrowUp'], focus: 0, chosen: [0] },
  { does: 'stops at the last line', keys: ['End', 'ArrowDown'], focus: LAST, chosen: [LAST] },
  { does: 'goes a page down, which is all', keys: ['PageDown'], focus: LAST, chosen: [LAST] },
  { does: 'goes a page up, which is all', keys: ['PageUp'], focus: 0, chosen: [0] },
  { does: 'extends', keys: ['Shift+ArrowDown', 'Shift+ArrowDown'], focus: 5, chosen: [3, 4, 5] },
  {
    does: 'extends to the other side of where it began',
    keys: ['Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowUp', 'Shift+ArrowUp', 'Shift+ArrowUp'],
    focus: 2,
    chosen: [2, 3],
  },
  { does: 'extends to the first line', keys: ['Control+Shift+Home'], focus: 0, chosen: upTo(0, START) },
  { does: 'extends to the last line', keys: ['Control+Shift+End'], focus: LAST, chosen: upTo(START, LAST) },
  { does: 'extends by a page', keys: ['Shift+PageDown'], focus: LAST, chosen: upTo(START, LAST) },
  { does: 'goes without choosing', keys: ['Control+ArrowDown'], focus: 4, chosen: [3] },
  { does: 'goes up without choosing', keys: ['Control+ArrowUp', 'Control+ArrowUp'], focus: 1, chosen: [3] },
  { does: 'goes a page without choosing', keys: ['Control+PageDown'], focus: LAST, chosen: [3] },
  {
    does: 'adds a line',
    keys: ['Control+ArrowDown', 'Control+ArrowDown', 'Control+Space'],
    focus: 5,
    chosen: [3, 5],
  },
  {
    does: 'takes a line out again',
    keys: ['Control+ArrowDown', 'Control+Space', 'Control+Space'],
    focus: 4,
    chosen: [3],
  },
  { does: 'keeps the only chosen line', keys: ['Control+Space'], focus: START, chosen: [START] },
  {
    does: 'extends from the line that was added last',
    keys: ['Control+ArrowDown', 'Control+ArrowDown', 'Control+Space', 'Shift+ArrowDown'],
    focus: 6,
    chosen: [3, 5, 6],
  },
  { does: 'chooses only this line', keys: ['Control+ArrowDown', 'Space'], focus: 4, chosen: [4] },
  {
    does: 'extends to this line',
    keys: ['Control+ArrowDown', 'Control+ArrowDown', 'Shift+Space'],
    focus: 5,
    chosen: [3, 4, 5],
  },
  { does: 'chooses all', keys: ['Control+a'], focus: START, chosen: upTo(0, LAST) },
  { does: 'chooses one after all', keys: ['Control+a', 'ArrowDown'], focus: 4, chosen: [4] },
  { does: 'keeps what is chosen', keys: ['Shift+ArrowDown', 'Escape'], focus: 4, chosen: [3, 4] },
  {
    does: 'keeps what is chosen while words are typed that no line begins with',
    keys: ['Shift+ArrowDown', 'c', 'h', 'x', 'Space', 'o', 'Space'],
    focus: 4,
    chosen: [3, 4],
  },
  {
    does: 'chooses the line at which another key ended what was typed',
    keys: ['Shift+ArrowDown', 'c', 'h', 'Control+ArrowDown', 'Space'],
    focus: 5,
    chosen: [5],
  },
  { does: 'does nothing with Alt', keys: ['Alt+ArrowDown', 'Alt+Home'], focus: START, chosen: [START] },
  { does: 'chooses a clicked line', keys: [click(6)], focus: 6, chosen: [6] },
  { does: 'adds a clicked line', keys: [click(6, 'Control')], focus: 6, chosen: [3, 6] },
  {
    does: 'takes a clicked line out',
    keys: [click(6, 'Control'), click(3, 'Control')],
    focus: 3,
    chosen: [6],
  },
  { does: 'keeps the only one, clicked', keys: [click(3, 'Control')], focus: 3, chosen: [3] },
  { does: 'extends to a clicked line', keys: [click(6, 'Shift')], focus: 6, chosen: upTo(3, 6) },
  {
    does: 'extends to a clicked line on the other side',
    keys: [click(6, 'Shift'), click(1, 'Shift')],
    focus: 1,
    chosen: [1, 2, 3],
  },
  {
    does: 'extends from the clicked line that was added last',
    keys: [click(6, 'Control'), click(8, 'Shift')],
    focus: 8,
    chosen: [3, 6, 7, 8],
  },
  {
    does: 'goes on from a range',
    keys: [click(6, 'Shift'), 'ArrowDown'],
    focus: 7,
    chosen: [7],
  },
];

/** By the lines' places among those that are drawn. */
function readState(lines: Locator): Promise<State> {
  return lines.evaluateAll((all) => ({
    focus: all.findIndex((line) => line.matches(':focus')),
    chosen: all.flatMap((line, place) => (line.getAttribute('aria-selected') === 'true' ? [place] : [])),
  }));
}

async function act(page: Page, lines: Locator, key: string | Click): Promise<void> {
  if (typeof key === 'string') await page.keyboard.press(key);
  else await lines.nth(key.line).click({ modifiers: [...key.with] });
}

/** As high as all nine lines are. */
async function openTall({ launch }: Place, data: string): Promise<Page> {
  const { app, page } = await launch({ data });
  await expect(hero(page)).toBeVisible();
  await resize(app, page, { width: 1200, height: 1_000 });
  return page;
}

test('keys and clicks choose lines as in any list of files', async ({ place, demo }) => {
  const page = await openTall(place, demo);
  const lines = linesOf(page);
  await expect(lines).toHaveCount(LAST + 1);
  for (const { does, keys, focus, chosen } of CASES)
    await test.step(does, async () => {
      await lines.nth(START).click();
      for (const key of keys) await act(page, lines, key);
      await expect.poll(() => readState(lines), does).toEqual({ focus, chosen });
    });
});

test('Enter and a double click restore, a tap and a screen reader’s click choose', async ({
  place,
  demo,
}) => {
  const page = await openTall(place, demo);
  const lines = linesOf(page);
  const dialog = page.getByRole('alertdialog');
  const expectAsked = async () => {
    await expect(dialog).toContainText(/^(?:Bring|Restore|Move)/);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect.poll(() => readState(lines)).toEqual({ focus: START, chosen: [START] });
  };
  await lines.nth(START).click();
  await page.keyboard.press('Enter');
  await expectAsked();
  await lines.nth(START).dblclick();
  await expectAsked();

  await test.step('with the line that has the focus, also where another one was chosen', async () => {
    for (const key of ['Enter', 'Delete']) {
      await lines.nth(START - 1).click();
      await page.keyboard.press('Control+ArrowDown');
      await expect.poll(() => readState(lines)).toEqual({ focus: START, chosen: [START - 1] });
      await page.keyboard.press(key);
      await expectAsked();
    }
  });

  await lines.nth(5).evaluate((line) => line instanceof HTMLElement && line.click());
  await expect.poll(() => readState(lines)).toMatchObject({ chosen: [5] });
  await expect(dialog).toBeHidden();

  const finger = await touching(page);
  await finger.down(lines.nth(1));
  await finger.up();
  await expect.poll(() => readState(lines)).toMatchObject({ chosen: [1] });
  await expect(dialog).toBeHidden();
});

test('a finger that rests on a line chooses it beside others, and further taps add to them', async ({
  place,
  demo,
}) => {
  const page = await openTall(place, demo);
  const lines = linesOf(page);
  const menu = named(page, 'menu', 'Snapshot');
  const finger = await touching(page);
  const tap = async (line: number) => {
    await finger.down(lines.nth(line));
    await finger.up();
  };
  const hold = async (line: number) => {
    await finger.down(lines.nth(line));
    await page.waitForTimeout(HELD_MS);
    await finger.up();
  };
  const expectChosen = (...chosen: readonly number[]) =>
    expect.poll(async () => (await readState(lines)).chosen).toEqual(chosen);
  await lines.nth(START).click();
  await hold(5);
  await expectChosen(START, 5);
  await expect(menu).toBeHidden();
  await tap(1);
  await expectChosen(1, START, 5);
  await tap(START);
  await expectChosen(1, 5);
  await hold(7);
  await expectChosen(1, 5, 7);

  await test.step('until one is left, or something else chooses', async () => {
    await tap(1);
    await tap(5);
    await expectChosen(7);
    await tap(2);
    await expectChosen(2);
    await hold(2);
    await tap(4);
    await expectChosen(2, 4);
    await button(page, 'Show only one').click();
    await expectChosen(2);
    await tap(6);
    await expectChosen(6);
  });

  await test.step('but one that moves scrolls', async () => {
    await finger.down(lines.nth(5));
    await finger.move(-60);
    await page.waitForTimeout(HELD_MS);
    await finger.up();
    await expectChosen(6);
    await expect(menu).toBeHidden();
  });
});

test('the menu of two chosen snapshots compares them, also from beside a search', async ({ place, demo }) => {
  const page = await openTall(place, demo);
  const lines = linesOf(page);
  const compare = named(page, 'menuitem', 'Compare');
  await lines.nth(START).click();
  await page.keyboard.press('Shift+F10');
  await expect(named(page, 'menuitem', 'Restore…')).toBeVisible();
  await expect(compare).toBeHidden();
  await page.keyboard.press('Escape');
  await named(page, 'searchbox', 'Search everything that ever was').click();
  await expect(page.locator('.search-page')).toBeVisible();
  await lines.nth(START).click();
  await lines.nth(START + 1).click({ modifiers: ['Shift'] });
  await page.keyboard.press('Shift+F10');
  await page.keyboard.press('Enter');
  await expect(text(page, /^What led from “/)).toBeVisible();
  await expect(button(page, 'Compare')).toBeDisabled();
  await expect(lines.nth(START + 1)).toBeFocused();

  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+F10');
  await expect(named(page, 'menuitem', 'Prune…')).toBeVisible();
  await expect(compare).toBeHidden();
  await page.keyboard.press('Escape');
  await page.getByRole('option').filter({ hasText: 'damaged' }).click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+F10');
  await expect(compare).toHaveAttribute('aria-disabled', 'true');
});

test('the list is one stop of Tab, where the focus was', async ({ place, demo }) => {
  const page = await openTall(place, demo);
  const lines = linesOf(page);
  await lines.nth(START).click();
  await page.keyboard.press('Control+ArrowDown');
  const left = () => page.evaluate(() => document.activeElement?.closest('[role=listbox]') === null);
  await page.keyboard.press('Tab');
  expect(await left()).toBe(true);
  await page.keyboard.press('Shift+Tab');
  await expect.poll(() => readState(lines)).toEqual({ focus: 4, chosen: [START] });
  await page.keyboard.press('Shift+Tab');
  expect(await left()).toBe(true);
  await tabTo(page, lines.nth(4));

  await test.step('or on the line that was chosen elsewhere since', async () => {
    await pressOn(named(page, 'toolbar', 'Snapshots on the timeline').getByRole('button').first(), 'Enter');
    await expect.poll(() => readState(lines)).toMatchObject({ chosen: [LAST] });
    await tabTo(page, lines.nth(LAST));
  });
});

test('when the line with the focus goes away, the next one has it, and after the last the one before', async ({
  place,
  demo,
}) => {
  const page = await openTall(place, demo);
  const lines = linesOf(page);
  await expect(lines).toHaveCount(LAST + 1);
  const idOf = async (line: number) => (await lines.nth(line).getAttribute('data-key')) ?? '';
  const remove = async (id: string) => {
    for (const ending of ['json', 'db']) rmSync(join(demo, 'snapshots', `${id}.${ending}`), { force: true });
  };
  await lines.nth(START).click();
  const [gone, next] = [await idOf(START), await idOf(START + 1)];
  await remove(gone);
  await expect(page.locator(`[data-key="${gone}"]`)).toHaveCount(0);
  await expect(page.locator(`[data-key="${next}"]`)).toBeFocused();

  await page.keyboard.press('End');
  const [last, before] = [await idOf(LAST - 1), await idOf(LAST - 2)];
  await remove(last);
  await expect(page.locator(`[data-key="${last}"]`)).toHaveCount(0);
  await expect(page.locator(`[data-key="${before}"]`)).toBeFocused();
});

/** Longer than a finger has to rest. */
const HELD_MS = 800;

/** A finger that touches lines. */
async function touching(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  let at = { x: 0, y: 0 };
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd') =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [at] });
  return {
    down: async (line: Locator) => {
      const { x = 0, y = 0 } = (await line.boundingBox()) ?? {};
      at = { x: x + 60, y: y + 10 };
      await send('touchStart');
    },
    move: async (by: number) => {
      at = { ...at, y: at.y + by };
      await send('touchMove');
    },
    up: () => send('touchEnd'),
  };
}
