import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { hero, named } from './find.ts';
import { expect, type Place, test } from './fixtures.ts';
import { countSnapshots, listKind } from './judge.ts';
import { pressShortcut, tabTo } from './keyboard.ts';
import { addCheckpoints } from './many.ts';
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

const linesOf = (page: Page) => named(page, 'listbox', 'Snapshots').getByRole('option');

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
    await expect(dialog).toContainText(/^(?:Bring|Restore)/);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect.poll(() => readState(lines)).toEqual({ focus: START, chosen: [START] });
  };
  await lines.nth(START).click();
  await page.keyboard.press('Enter');
  await expectAsked();
  await lines.nth(START).dblclick();
  await expectAsked();

  await lines.nth(5).evaluate((line) => line instanceof HTMLElement && line.click());
  await expect.poll(() => readState(lines)).toMatchObject({ chosen: [5] });
  await expect(dialog).toBeHidden();

  const { x = 0, y = 0 } = (await lines.nth(1).boundingBox()) ?? {};
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  await session.send('Input.dispatchTouchEvent', {
    type: 'touchStart',
    touchPoints: [{ x: x + 60, y: y + 10 }],
  });
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expect.poll(() => readState(lines)).toMatchObject({ chosen: [1] });
  await expect(dialog).toBeHidden();
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

test.describe('in a list that is longer than the window', () => {
  const ADDED = 200;

  /** Whether a line is seen whole, below the heading that stays on top. */
  const isInSight = (line: Locator) =>
    line.evaluate((part) => {
      const { left, right, top, bottom } = part.getBoundingClientRect();
      const list = part.closest('[role=listbox]')?.getBoundingClientRect();
      const x = (left + right) / 2;
      const isSeen = (y: number) => part.contains(document.elementFromPoint(x, y));
      return (
        list !== undefined &&
        top >= list.top - 1 &&
        bottom <= list.bottom + 1 &&
        isSeen(top + 4) &&
        isSeen(bottom - 4)
      );
    });
  const focused = (page: Page) => page.locator('[role=option]:focus');
  const placeOf = async (line: Locator) => Number(await line.getAttribute('aria-posinset'));

  for (const zoom of [1, 2])
    test(`the focus is in sight wherever keys lead, at ${zoom * 100} %`, async ({ place, demo }) => {
      addCheckpoints(demo, ADDED);
      const { app, page } = await place.launch({ data: demo });
      await expect(hero(page)).toBeVisible();
      await resize(app, page, { width: 1200, height: 760, zoom });
      const all = countSnapshots(demo);
      const lines = linesOf(page);
      await lines.first().click();
      const at = () => placeOf(focused(page));
      const expectAt = async (line: number) => {
        await expect.poll(at).toBe(line);
        await expect
          .poll(() => isInSight(focused(page)), { message: `line ${line} is in sight`, timeout: 5_000 })
          .toBe(true);
        await expect(focused(page)).toHaveAttribute('aria-setsize', String(all));
      };
      for (let step = 2; step <= 40; step += 1) {
        await page.keyboard.press('ArrowDown');
        await expectAt(step);
      }
      for (let step = 39; step >= 20; step -= 1) {
        await page.keyboard.press('ArrowUp');
        await expectAt(step);
      }
      await page.keyboard.press('End');
      await expectAt(all);
      await page.keyboard.press('ArrowUp');
      await expectAt(all - 1);
      await page.keyboard.press('PageUp');
      await expect.poll(at).toBeLessThan(all - 1);
      const above = await at();
      await expectAt(above);
      await page.keyboard.press('PageDown');
      await expect.poll(at).toBeGreaterThan(above);
      await expectAt(await at());
      await page.keyboard.press('Home');
      await expectAt(1);
      await expect(page.locator('.group-head').first()).toBeInViewport({ ratio: 1 });

      // As many as fit, and they follow each other.
      const places = await lines.evaluateAll((some) =>
        some.map((one) => Number(one.getAttribute('aria-posinset'))),
      );
      expect(places).toEqual(places.map((_, line) => line + 1));
      expect(places.length).toBeLessThan(60);
    });

  test('the focus stays on its line while another part of the list is looked at, and typing finds far lines', async ({
    place,
    demo,
  }) => {
    addCheckpoints(demo, ADDED);
    const { app, page } = await place.launch({ data: demo });
    await expect(hero(page)).toBeVisible();
    const list = named(page, 'listbox', 'Snapshots');
    const lines = linesOf(page);
    const all = countSnapshots(demo);
    await lines.nth(2).click();
    const wheelTo = async (top: number) => {
      await list.evaluate((part, to) => part.scrollTo({ top: to }), top);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    };
    await wheelTo(5_000);
    await expect
      .poll(() => lines.last().evaluate((line) => Number(line.getAttribute('aria-posinset'))))
      .toBeGreaterThan(80);
    await expect(focused(page)).toHaveAttribute('aria-posinset', '3');
    await page.keyboard.press('ArrowDown');
    await expect(focused(page)).toHaveAttribute('aria-posinset', '4');
    await expect.poll(() => isInSight(focused(page))).toBe(true);

    await page.keyboard.press('End');
    await page.keyboard.type('before the rewind of lig');
    await expect(focused(page)).toContainText('Before the rewind of Lighthouse');
    await expect.poll(() => isInSight(focused(page))).toBe(true);

    await page.keyboard.press('Control+a');
    await expect(named(page, 'heading', new RegExp(`^${all} `))).toBeVisible();
    await pressShortcut(app, 'F', 'find');
    await page.keyboard.press('Escape');
  });

  test('its day stays on top, and a reader in its middle stays where they are when snapshots come and go', async ({
    place,
    demo,
  }) => {
    addCheckpoints(demo, ADDED);
    const { page } = await place.launch({ data: demo });
    await expect(hero(page)).toBeVisible();
    const list = named(page, 'listbox', 'Snapshots');
    const lines = linesOf(page);
    /** The line in the middle of the list and where it is, and the heading on top with that of the line below it. */
    const look = () =>
      list.evaluate((part) => {
        const { left, right, top, bottom } = part.getBoundingClientRect();
        const at = (y: number) => document.elementFromPoint((left + right) / 2, y);
        const middle = at((top + bottom) / 2)?.closest<HTMLElement>('[data-key], .group-head');
        const below = at(top + 60)
          ?.closest('[role=group]')
          ?.getAttribute('aria-label');
        return {
          middle: middle?.dataset.key ?? middle?.textContent,
          y: Math.round(middle?.getBoundingClientRect().top ?? 0),
          heading: at(top + 4)?.closest('.group-head')?.textContent,
          below,
        };
      });
    const expectSteady = async (change: () => void, count: number) => {
      const before = await look();
      change();
      await expect(lines.first()).toHaveAttribute('aria-setsize', String(count));
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      expect(await look()).toEqual(before);
    };
    const all = countSnapshots(demo);
    await expect(lines.first()).toHaveAttribute('aria-setsize', String(all));
    for (const top of [900, 4_000, 8_000]) {
      await list.evaluate((part, to) => part.scrollTo({ top: to }), top);
      await expect.poll(async () => (await look()).middle).toBeTruthy();
      const { heading, below } = await look();
      expect(heading, `at ${top}`).toBe(below);
    }
    const [newest = ''] = listKind(demo, 'periodic');
    const file = (id: string) => join(demo, 'snapshots', `${id}.json`);
    const added = file('periodic/20990101T000000Z');
    await expectSteady(() => copyFileSync(file(newest), added), all + 1);
    await expectSteady(() => rmSync(added), all);
  });
});
